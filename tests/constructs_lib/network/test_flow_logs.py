"""VPC flow logs of the private network."""

from tests.constructs_lib.conftest import Stacks


def test_every_connection_is_written_down(kept: Stacks) -> None:
    (flow,) = kept.resources("Network", "AWS::EC2::FlowLog")
    (group,) = kept.resources("Network", "AWS::Logs::LogGroup")

    assert flow["TrafficType"] == "ALL"
    assert group["RetentionInDays"] == 365
    assert "KmsKeyId" in group


def test_flow_logs_of_the_whole_network_reach_a_log_group(kept: Stacks) -> None:
    (flow,) = kept.resources("Network", "AWS::EC2::FlowLog")

    assert (flow["ResourceType"], flow["LogDestinationType"]) == ("VPC", "cloud-watch-logs")
    assert flow["ResourceId"]["Ref"].startswith("Network")
    assert flow["LogGroupName"]["Ref"].startswith("NetworkFlowLogs")
    assert "FlowLogsRole" in flow["DeliverLogsPermissionArn"]["Fn::GetAtt"][0]
