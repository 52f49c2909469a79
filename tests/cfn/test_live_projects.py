"""A live build project is read in CloudFormation's property names."""

from typing import Any

from cfn.live.learning import project

PLACE = {"vpcId": "vpc-1", "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]}


def read(**live: Any) -> dict[str, Any]:
    found = {"projects": [{"serviceRole": "role", "source": {"type": "S3"}, **live}]}

    def call(*asked: Any, or_none: bool = False) -> dict[str, Any]:
        assert asked[:2] == ("codebuild", "batch_get_projects")
        return found

    return dict(project(call, "name"))


def test_the_network_of_a_build_is_read() -> None:
    assert read(vpcConfig=PLACE)["VpcConfig"] == {
        "VpcId": "vpc-1",
        "Subnets": ["subnet-1"],
        "SecurityGroupIds": ["sg-1"],
    }


def test_a_build_in_no_network_has_none() -> None:
    assert "VpcConfig" not in read()
    assert "VpcConfig" not in read(vpcConfig={})
