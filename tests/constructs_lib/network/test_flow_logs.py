"""VPC flow logs of the private network."""

from tests.constructs_lib.conftest import Stacks


def test_every_connection_is_written_down(kept: Stacks) -> None:
    (flow,) = kept.resources("Network", "AWS::EC2::FlowLog")
    (group,) = kept.resources("Network", "AWS::Logs::LogGroup")

    assert flow["TrafficType"] == "ALL"
    assert group["RetentionInDays"] == 365
    assert "KmsKeyId" in group
