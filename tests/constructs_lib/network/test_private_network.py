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
    assert [(one["FromPort"], one["ToPort"]) for one in jobs["SecurityGroupEgress"]] == [(443, 443)]


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
