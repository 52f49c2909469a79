"""The image is built inside the network of jobs and endpoints, with what that takes and no more."""

import json
from pathlib import Path
from typing import Any

import pytest

from config.network import build_problems
from tests.config.files import VALID, refusal
from tests.constructs_lib.conftest import Stacks, synthesise
from tests.constructs_lib.images.builds import project, run_build, script
from tests.templates.environments import EXISTING, make_environment

INSIDE = {
    "mode": "private",
    "builds_inside": True,
    "package_index": "https://pypi.example.com/simple",
    "pull_through": "ecr-public",
}
THERE = {"network": {**EXISTING["network"], "vpc_id": "vpc-11111111"}}


@pytest.fixture(scope="module")
def private() -> Stacks:
    return synthesise(network=INSIDE)


@pytest.fixture(scope="module")
def existing() -> Stacks:
    return synthesise(network={"builds_inside": True}, existing=THERE)


def rights(stacks: Stacks) -> list[dict[str, Any]]:
    """The statements of the build's role about EC2."""
    (policy,) = stacks.resources("Registry", "AWS::IAM::ManagedPolicy")
    statements = policy["PolicyDocument"]["Statement"]
    return [one for one in statements if "ec2:" in str(one["Action"])]


def test_it_runs_in_the_isolated_subnets_with_the_group_of_jobs(private: Stacks) -> None:
    found = json.dumps(project(private)["VpcConfig"])

    assert found.count("NetworkSubnet") == 2
    assert found.count("NetworkJobs") == 1
    assert "NetworkTrainingHosts" not in found
    assert json.dumps(project(private)["VpcConfig"]["VpcId"]).count("Fn::ImportValue") == 1


def test_it_runs_in_the_subnets_that_are_there(existing: Stacks) -> None:
    assert project(existing)["VpcConfig"] == {
        "VpcId": "vpc-11111111",
        "Subnets": EXISTING["network"]["subnet_ids"],
        "SecurityGroupIds": EXISTING["network"]["security_group_ids"],
    }


def test_its_role_may_do_what_codebuild_needs_and_for_codebuild_only(existing: Stacks) -> None:
    found = {str(one["Action"]): one for one in rights(existing)}

    permission = found["ec2:CreateNetworkInterfacePermission"]
    subnets = permission["Condition"]["ArnEquals"]["ec2:Subnet"]
    assert permission["Condition"]["StringEquals"] == {
        "ec2:AuthorizedService": "codebuild.amazonaws.com"
    }
    assert [json.dumps(one).rpartition("subnet/")[2][:15] for one in subnets] == [
        "subnet-11111111",
        "subnet-22222222",
    ]
    assert "network-interface/*" in json.dumps(permission["Resource"])
    creation = json.dumps(found["ec2:CreateNetworkInterface"]["Resource"])
    for named in ("network-interface/*", "subnet/subnet-11111111", "security-group/sg-11111111"):
        assert named in creation
    assert "network-interface/*" in json.dumps(found["ec2:DeleteNetworkInterface"]["Resource"])
    # The CDK puts what is about every resource into one statement.
    (everywhere,) = (one["Action"] for one in rights(existing) if one["Resource"] == "*")
    others = [action for action in everywhere if not action.startswith("ec2:Describe")]
    assert others == ["ecr:GetAuthorizationToken"]


def test_the_network_has_every_endpoint_that_a_build_calls(private: Stacks) -> None:
    services = json.dumps(
        [one["ServiceName"] for one in private.resources("Network", "AWS::EC2::VPCEndpoint")]
    )

    for service in ("ecr.api", "ecr.dkr", "kms", "logs", "s3", "sts"):
        assert f".{service}" in services


def test_in_the_isolated_network_nothing_is_taken_from_debian(
    private: Stacks, existing: Stacks, tmp_path: Path
) -> None:
    called = run_build(tmp_path, script=script(private), tag_exists=False)[-1]

    assert "--build-arg WITH_BINUTILS=no" in called
    assert "WITH_BINUTILS" not in script(existing)


def test_without_the_setting_it_runs_in_codebuilds_own_network() -> None:
    for stacks in (
        synthesise(network={"mode": "private"}),
        synthesise(existing=THERE),
        synthesise(),
    ):
        assert "VpcConfig" not in project(stacks)
        assert rights(stacks) == []


def test_only_the_setting_exports_the_networks_id(private: Stacks) -> None:
    def exported(stacks: Stacks) -> str:
        return json.dumps(
            [one for one in stacks.templates["Network"]["Outputs"].values() if "Export" in one]
        )

    plain = exported(synthesise(network={"mode": "private"}))
    assert len(json.loads(exported(private))) == len(json.loads(plain)) + 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[network]\nbuilds_inside = true\n", "there is no network to build in"),
        (
            '[network]\nmode = "private"\nbuilds_inside = true\npull_through = "ecr"\n',
            "the isolated network does not reach PyPI; add network.package_index",
        ),
        (
            '[network]\nmode = "private"\nbuilds_inside = true\npackage_index = "https://a.b/s"\n',
            "the isolated network does not reach ECR Public; add network.pull_through",
        ),
        (
            "[network]\nbuilds_inside = true\n[existing.network]\n"
            'subnet_ids = ["subnet-11111111", "subnet-22222222"]\n'
            'security_group_ids = ["sg-11111111"]\n',
            "CodeBuild asks for the VPC of the subnets; add existing.network.vpc_id",
        ),
        (
            '[network]\nbuilds_inside = true\nproxy = "http://a.b:3128"\n[existing.network]\n'
            'subnet_ids = ["subnet-11111111", "subnet-22222222"]\n'
            'security_group_ids = ["sg-11111111"]\nvpc_id = "vpc-11111111"\n',
            "Docker pulls the base image without the proxy; add network.pull_through",
        ),
    ],
)
def test_a_build_that_would_not_reach_what_it_needs_is_refused(
    tmp_path: Path, text: str, reason: str
) -> None:
    assert f"network.builds_inside: {reason}" in refusal(tmp_path, VALID + text)


def test_a_vpc_is_spelled_as_one(tmp_path: Path) -> None:
    text = (
        '[existing.network]\nsubnet_ids = ["subnet-11111111", "subnet-22222222"]\n'
        'security_group_ids = ["sg-11111111"]\nvpc_id = "main"\n'
    )

    assert "write vpc- and its hexadecimal number" in refusal(tmp_path, VALID + text)


def test_a_whole_file_has_no_problem() -> None:
    config = make_environment(network=INSIDE)

    assert [*build_problems(config.network, config.existing.network)] == []
