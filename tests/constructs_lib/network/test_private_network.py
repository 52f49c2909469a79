"""A private network: three zones, no way in, no way out but to AWS."""

import json
from pathlib import Path

import pytest

from tests.constructs_lib.conftest import Stacks
from tests.constructs_lib.network.security_groups import groups
from tests.templates.environments import add_platform, add_stage, make_environment, new_app


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


def test_nothing_reaches_a_job(kept: Stacks) -> None:
    jobs = groups(kept)["Jobs"]

    assert "SecurityGroupIngress" not in jobs
    (egress,) = jobs["SecurityGroupEgress"]
    assert (egress["IpProtocol"], egress["FromPort"], egress["ToPort"]) == ("tcp", 443, 443)
    # No route leads further than to AWS.
    assert egress["CidrIp"] == "0.0.0.0/0"


def test_jobs_are_told_where_to_run_as_sagemaker_takes_it(kept: Stacks) -> None:
    network = kept.platform.network
    assert network is not None

    assert set(network.vpc_config) == {"Subnets", "SecurityGroupIds"}
    assert len(network.vpc_config["Subnets"]) == 3
    assert network.vpc_config["SecurityGroupIds"] == [network.job_security_group_id]


def test_a_managed_environment_pays_for_no_network(usual: Stacks) -> None:
    assert usual.platform.network is None


def test_the_network_resolves_the_names_of_its_vpc_endpoints(kept: Stacks) -> None:
    (vpc,) = kept.resources("Network", "AWS::EC2::VPC")

    assert vpc["EnableDnsSupport"] is True
    assert vpc["EnableDnsHostnames"] is True


def test_every_subnet_has_the_route_to_s3_and_is_of_this_network(kept: Stacks) -> None:
    (table,) = kept.bodies("Network", "AWS::EC2::RouteTable")
    routed = kept.resources("Network", "AWS::EC2::SubnetRouteTableAssociation")
    (gateway,) = (
        one
        for one in kept.resources("Network", "AWS::EC2::VPCEndpoint")
        if one["VpcEndpointType"] == "Gateway"
    )

    assert [one["SubnetId"]["Ref"][:14] for one in routed] == [
        *("NetworkSubnet1", "NetworkSubnet2", "NetworkSubnet3"),
    ]
    assert [one["RouteTableId"] for one in routed] == gateway["RouteTableIds"] * 3
    assert gateway["ServiceName"] == "com.amazonaws.us-east-1.s3"
    for kind in ("AWS::EC2::Subnet", "AWS::EC2::SecurityGroup", "AWS::EC2::VPCEndpoint"):
        found = kept.resources("Network", kind)
        assert {str(one["VpcId"]) for one in found} == {str(table["Properties"]["VpcId"])}


def test_the_network_is_found_by_the_name_of_its_environment(kept: Stacks) -> None:
    (vpc,) = kept.resources("Network", "AWS::EC2::VPC")

    assert {"Key": "Name", "Value": "kiban-test"} in vpc["Tags"]
    assert vpc["CidrBlock"] == "10.9.0.0/20"
