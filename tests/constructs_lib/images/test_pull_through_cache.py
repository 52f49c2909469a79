"""The base image comes from a pull-through cache of the account, and from there alone."""

import json
from typing import Any

import pytest

from constructs_lib.images.image_build import BUILD
from tests.constructs_lib.conftest import Stacks, synthesise
from tests.constructs_lib.images.builds import run_build, script, variables

IMPORTS = {"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"}


@pytest.fixture(scope="module")
def cached() -> Stacks:
    return synthesise(network={"pull_through": "company/public"})


def importing(stacks: Stacks) -> list[dict[str, Any]]:
    """The statements of the build's role about upstream images and new repositories."""
    (policy,) = stacks.resources("Registry", "AWS::IAM::ManagedPolicy")
    return [one for one in policy["PolicyDocument"]["Statement"] if IMPORTS & {*one["Action"]}]


def test_the_build_names_the_copy_in_the_own_registry(cached: Stacks) -> None:
    name = json.dumps(variables(cached)["BASE_IMAGE"])

    assert "AWS::AccountId" in name
    assert ".dkr.ecr.us-east-1." in name
    assert "/company/public/docker/library/python:3.12-slim-trixie" in name


def test_docker_is_given_the_name(cached: Stacks, tmp_path: Any) -> None:
    called = run_build(tmp_path, script=script(cached), tag_exists=False)[-1]

    assert called.startswith("docker buildx build --build-arg BASE_IMAGE --platform linux/amd64 ")


def test_the_role_may_have_that_one_repository_made_and_filled(cached: Stacks) -> None:
    (found,) = importing(cached)

    assert {*found["Action"]} == IMPORTS | {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    }
    assert ":repository/company/public/docker/library/python" in json.dumps(found["Resource"])
    assert "*" not in json.dumps(found["Resource"])


def test_without_the_setting_nothing_of_it_is_there(usual: Stacks) -> None:
    assert importing(usual) == []
    assert "BASE_IMAGE" not in variables(usual)
    assert script(usual) == BUILD


def test_the_image_stays_the_same(usual: Stacks, cached: Stacks) -> None:
    assert cached.platform.registry.image_tag == usual.platform.registry.image_tag
