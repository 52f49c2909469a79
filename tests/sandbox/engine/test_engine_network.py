"""VPC endpoints in the sandbox: what AWS changes in place is no other endpoint."""

from __future__ import annotations

import pytest
from moto.ec2.models import ec2_backends

from sandbox.state import clients
from tests.sandbox.engine.network_samples import GROUP, VPC
from tests.sandbox.engine.stacks import Stacks, Template, template

SUBNETS = {
    name: (
        "AWS::EC2::Subnet",
        {"VpcId": {"Ref": "Vpc"}, "CidrBlock": f"10.0.{number}.0/24"},
    )
    for number, name in enumerate(("One", "Two", "Three"))
}
OTHER_VPC = {"Other": VPC["Vpc"]}


def interface(*subnets: str, vpc: str = "Vpc") -> Template:
    properties = {
        "VpcId": {"Ref": vpc},
        "ServiceName": "com.amazonaws.us-east-1.kms",
        "VpcEndpointType": "Interface",
        "SubnetIds": [{"Ref": name} for name in subnets],
        "SecurityGroupIds": [{"Ref": "Group"}],
    }
    sample = {"Sample": ("AWS::EC2::VPCEndpoint", properties)}
    return template({**VPC, **OTHER_VPC, **GROUP, **SUBNETS, **sample})


@pytest.mark.parametrize("then", [("One", "Two", "Three"), ("One",), ("Two", "Three")])
def test_an_endpoint_gets_and_loses_subnets_in_place(stacks: Stacks, then: tuple[str, ...]) -> None:
    stacks.create("app", interface("One", "Two"))
    before = stacks.resources("app")

    assert stacks.update("app", interface(*then)) == "UPDATE_COMPLETE", stacks.reason("app")

    after = stacks.resources("app")
    assert after["Sample"] == before["Sample"]
    described = stacks.aws("ec2").describe_vpc_endpoints(VpcEndpointIds=[after["Sample"]])
    assert {*described["VpcEndpoints"][0]["SubnetIds"]} == {after[name] for name in then}


def test_an_endpoint_in_another_network_is_another_one(stacks: Stacks) -> None:
    stacks.create("app", interface("One"))
    before = stacks.resources("app")["Sample"]

    stacks.update("app", interface("One", vpc="Other"))

    assert stacks.resources("app")["Sample"] != before


def test_no_image_of_a_machine_is_made_for_a_network(stacks: Stacks) -> None:
    stacks.aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")

    assert ec2_backends[clients.ACCOUNT]["us-east-1"].amis == {}
