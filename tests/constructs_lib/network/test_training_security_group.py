"""The security group of multi-instance training."""

from tests.constructs_lib.conftest import Stacks, synthesise
from tests.constructs_lib.network.security_groups import groups


def test_instances_of_a_training_reach_each_other_and_nothing_else() -> None:
    training = {"training": {"instance_count": 2}}
    stacks = synthesise(network={"mode": "private"}, models={"churn": training})
    hosts = groups(stacks)["Machines"]
    template = stacks.templates["Network"]["Resources"]
    (group_id,) = (
        {"Fn::GetAtt": [logical_id, "GroupId"]}
        for logical_id, body in template.items()
        if body.get("Properties") == hosts
    )
    (ingress,) = stacks.resources("Network", "AWS::EC2::SecurityGroupIngress")
    (egress,) = stacks.resources("Network", "AWS::EC2::SecurityGroupEgress")

    assert "SecurityGroupIngress" not in hosts
    (nothing,) = hosts["SecurityGroupEgress"]
    assert (nothing["IpProtocol"], nothing["CidrIp"]) == ("icmp", "255.255.255.255/32")
    assert (nothing["FromPort"], nothing["ToPort"]) == (252, 86)
    # IPsec is neither TCP alone nor UDP alone.
    assert {rule["IpProtocol"] for rule in (ingress, egress)} == {"-1"}
    assert ingress["GroupId"] == ingress["SourceSecurityGroupId"] == group_id
    assert egress["GroupId"] == egress["DestinationSecurityGroupId"] == group_id


def test_where_every_model_trains_on_one_instance_the_group_has_no_member(kept: Stacks) -> None:
    network = kept.platform.network
    assert network is not None

    assert "Machines" in groups(kept)
    assert network.host_security_group_ids == []
