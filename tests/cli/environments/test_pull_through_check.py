"""`doctor` says whether the account's pull-through cache has the base image."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from cli.environments.pull_through_check import check_pull_through
from tests.templates.environments import make_environment

CACHED = make_environment(network={"pull_through": "ecr-public"})


@pytest.fixture
def ecr() -> Iterator[tuple[Any, Stubber]]:
    # The sandbox has no such rules: AWS's answers are played.
    client = boto3.client(
        "ecr",
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nobody",
    )
    with Stubber(client) as aws:
        yield client, aws


def answer(aws: Stubber, **rule: str) -> None:
    found = {"pullThroughCacheRules": [{"ecrRepositoryPrefix": "ecr-public", **rule}]}
    asked = {"ecrRepositoryPrefixes": ["ecr-public"]}
    aws.add_response("describe_pull_through_cache_rules", found, asked)


def test_a_file_without_a_cache_is_not_asked_about(ecr: tuple[Any, Stubber]) -> None:
    assert check_pull_through(make_environment(), ecr[0]) == []


@pytest.mark.parametrize("more", [{}, {"upstreamRepositoryPrefix": "ROOT"}])
def test_a_cache_of_ecr_public_is_fit(ecr: tuple[Any, Stubber], more: dict[str, str]) -> None:
    client, aws = ecr
    answer(aws, upstreamRegistryUrl="public.ecr.aws", **more)

    assert [one.level for one in check_pull_through(CACHED, client)] == ["ok"]


@pytest.mark.parametrize(
    ("rule", "note"),
    [
        (
            {"upstreamRegistryUrl": "registry-1.docker.io"},
            "ecr-public is a cache of registry-1.docker.io",
        ),
        (
            {"upstreamRegistryUrl": "public.ecr.aws", "upstreamRepositoryPrefix": "docker"},
            "ecr-public is a cache of public.ecr.aws/docker",
        ),
    ],
)
def test_a_cache_of_something_else_fails(
    ecr: tuple[Any, Stubber], rule: dict[str, str], note: str
) -> None:
    client, aws = ecr
    answer(aws, **rule)

    (found,) = check_pull_through(CACHED, client)
    assert (found.level, found.note) == ("fail", note)


def test_a_missing_rule_fails_with_the_command_that_makes_it(ecr: tuple[Any, Stubber]) -> None:
    client, aws = ecr
    aws.add_client_error(
        "describe_pull_through_cache_rules", "PullThroughCacheRuleNotFoundException"
    )

    (found,) = check_pull_through(CACHED, client)
    assert found.level == "fail"
    assert "--ecr-repository-prefix ecr-public --upstream-registry-url public" in found.advice


def test_a_rule_that_may_not_be_read_is_a_warning(ecr: tuple[Any, Stubber]) -> None:
    client, aws = ecr
    aws.add_client_error("describe_pull_through_cache_rules", "AccessDeniedException", "no")

    assert [one.level for one in check_pull_through(CACHED, client)] == ["warn"]
