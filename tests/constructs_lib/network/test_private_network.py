"""A private network: three zones, no way in, no way out but to AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.network.vpc_endpoints import INTERFACES
from tests.constructs_lib.conftest import Stacks, synthesise
from tests.templates.environments import add_platform, add_stage, make_environment, new_app


def endpoints(stacks: Stacks, kind: str) -> list[dict[str, Any]]:
    found = stacks.resources("Network", "AWS::EC2::VPCEndpoint")
    return [one for one in found if one["VpcEndpointType"] == kind]


def groups(stacks: Stacks) -> dict[str, dict[str, Any]]:
    """Security groups by the first word of their description."""
    found = stacks.resources("Network", "AWS::EC2::SecurityGroup")
    return {one["GroupDescription"].split(" ")[0].strip(",:"): one for one in found}


def test_a_subnet_lies_in_each_zone_that_was_asked_for(kept: Stacks) -> None:
    subnets = kept.resources("Network", "AWS::EC2::Subnet")

    assert [one["CidrBlock"] for one in subnets] == ["10.9.0.0/22", "10.9.4.0/22", "10.9.8.0/22"]
    assert [one["AvailabilityZone"]["Fn::Select"][0] for one in subnets] == [0, 1, 2]
    assert not any(one["MapPublicIpOnLaunch"] for one in subnets)


def test_zones_are_not_looked_up_even_when_the_account_is_known() -> None:
    config = make_environment(platform={"account": "111122223333"}, network={"mode": "private"})
    app = new_app()
    add_platform(add_stage(app, config), config)

    app.synth()
    manifests = list(Path(app.outdir).rglob("manifest.json"))

    assert len(manifests) == 2
    assert [one for one in manifests if "missing" in json.loads(one.read_text())] == []


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::EC2::InternetGateway",
        "AWS::EC2::NatGateway",
        "AWS::EC2::Route",
        "AWS::EC2::EIP",
        "AWS::EC2::VPCGatewayAttachment",
    ],
)
def test_there_is_no_way_out(kept: Stacks, kind: str) -> None:
    types = {body["Type"] for body in kept.templates["Network"]["Resources"].values()}

    assert "AWS::EC2::VPC" in types
    assert kind not in types


def test_every_service_that_jobs_and_notebooks_call_has_a_door(kept: Stacks) -> None:
    names = {one["ServiceName"] for one in endpoints(kept, "Interface")}

    assert names == {f"com.amazonaws.us-east-1.{service}" for service in INTERFACES.values()}
    assert {"sagemaker.api", "sagemaker.runtime", "sts", "logs", "kms", "states"} <= {
        name.removeprefix("com.amazonaws.us-east-1.") for name in names
    }


def test_a_door_answers_under_the_services_usual_name(kept: Stacks) -> None:
    for one in endpoints(kept, "Interface"):
        assert one["PrivateDnsEnabled"] is True
        assert len(one["SubnetIds"]) == 3


def test_a_door_opens_for_principals_of_this_account(kept: Stacks) -> None:
    for one in endpoints(kept, "Interface"):
        (statement,) = one["PolicyDocument"]["Statement"]
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}
        }


def test_data_leaves_only_to_buckets_of_this_account(kept: Stacks) -> None:
    (gateway,) = endpoints(kept, "Gateway")
    own, layers = gateway["PolicyDocument"]["Statement"]

    assert own["Condition"] == {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
    assert layers["Action"] == "s3:GetObject"
    assert "prod-us-east-1-starport-layer-bucket/*" in str(layers["Resource"])
    assert len(gateway["RouteTableIds"]) == 1


def test_nothing_reaches_a_job(kept: Stacks) -> None:
    jobs = groups(kept)["Jobs"]

    assert "SecurityGroupIngress" not in jobs
    assert [(one["FromPort"], one["ToPort"]) for one in jobs["SecurityGroupEgress"]] == [(443, 443)]


def test_only_jobs_reach_the_doors_and_only_over_https(kept: Stacks) -> None:
    (rule,) = groups(kept)["AWS"]["SecurityGroupIngress"]

    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (443, 443, "tcp")
    assert rule["SourceSecurityGroupId"]["Fn::GetAtt"][0].startswith("NetworkJobs")


def test_every_connection_is_written_down(kept: Stacks) -> None:
    (flow,) = kept.resources("Network", "AWS::EC2::FlowLog")
    (group,) = kept.resources("Network", "AWS::Logs::LogGroup")

    assert flow["TrafficType"] == "ALL"
    assert group["RetentionInDays"] == 365
    assert "KmsKeyId" in group


def test_jobs_are_told_where_to_run_as_sagemaker_takes_it(kept: Stacks) -> None:
    network = kept.platform.network
    assert network is not None

    assert set(network.vpc_config) == {"Subnets", "SecurityGroupIds"}
    assert len(network.vpc_config["Subnets"]) == 3
    assert network.vpc_config["SecurityGroupIds"] == [network.job_security_group_id]


def test_a_managed_environment_pays_for_no_network(usual: Stacks) -> None:
    assert usual.platform.network is None


def test_machines_that_train_together_reach_each_other_and_nobody_else() -> None:
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
    assert [rule["CidrIp"] for rule in hosts["SecurityGroupEgress"]] == ["255.255.255.255/32"]
    assert ingress["GroupId"] == ingress["SourceSecurityGroupId"] == group_id
    assert egress["GroupId"] == egress["DestinationSecurityGroupId"] == group_id


def test_where_every_model_trains_on_one_machine_no_group_lets_machines_meet(
    kept: Stacks,
) -> None:
    assert "Machines" not in groups(kept)
