"""Limits of an account: none unless given, and then refused in AWS's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ecr import builds
from sandbox.servicequotas import quotas
from sandbox.state.stores import Place
from tests.sandbox.runtime.cloud import ACCOUNT, REGION, ROLE, Cloud, fresh
from tests.sandbox.runtime.container_source import zipped

SMALL, MEDIUM = "L-9D07B6EF", "L-2DC20C30"


@pytest.fixture(autouse=True)
def unlimited_afterwards() -> Iterator[None]:
    yield
    quotas.reset()


def limit(cloud: Cloud, value: float, code: str = SMALL) -> None:
    cloud.client("service-quotas").request_service_quota_increase(
        ServiceCode="codebuild", QuotaCode=code, DesiredValue=value
    )


def create(cloud: Cloud, **settings: Any) -> None:
    cloud.client("codebuild").create_project(
        name=fresh("limited"),
        source={"type": "S3", "location": "bucket/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=ROLE,
        **settings,
    )


@pytest.mark.parametrize("allowed", [0, 1])
@pytest.mark.aws_row("R237")
def test_a_projects_limit_above_the_accounts_is_refused(cloud: Cloud, allowed: int) -> None:
    limit(cloud, allowed)

    with pytest.raises(ClientError) as refused:
        create(cloud, concurrentBuildLimit=allowed + 1)

    assert refused.value.response["Error"] == {
        "Code": "InvalidInputException",
        "Message": "Project-level concurrent build limit cannot exceed the account-level "
        f"concurrent build limit of {allowed}",
    }


def test_a_projects_limit_within_the_accounts_is_taken(cloud: Cloud) -> None:
    limit(cloud, 2)

    create(cloud, concurrentBuildLimit=2)


def test_a_project_without_a_limit_is_taken_by_an_account_without_builds(cloud: Cloud) -> None:
    limit(cloud, 0)

    create(cloud)


@pytest.mark.aws_row("R238")
def test_an_account_without_builds_refuses_the_first_one(cloud: Cloud) -> None:
    project = cloud.project(zipped({"README": "limited"}))
    limit(cloud, 0)

    with pytest.raises(ClientError) as refused:
        cloud.client("codebuild").start_build(projectName=project)

    assert refused.value.response["Error"] == {
        "Code": "AccountLimitExceededException",
        "Message": "Cannot have more than 0 builds in queue for the account",
    }


@pytest.mark.aws_row("R239")
def test_an_account_with_one_build_takes_it_and_refuses_a_second(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builds.Build, "start", lambda build: None)
    project = cloud.project(zipped({"README": "one at a time"}))
    limit(cloud, 1)
    client = cloud.client("codebuild")

    first = client.start_build(projectName=project)["build"]
    with pytest.raises(ClientError, match="Cannot have more than 1 builds in queue"):
        client.start_build(projectName=project)

    builds.BUILDS.pop(Place(ACCOUNT, REGION), first["id"])
    second = client.start_build(projectName=project)["build"]
    builds.BUILDS.pop(Place(ACCOUNT, REGION), second["id"])


def test_a_limit_of_another_size_limits_nothing(cloud: Cloud) -> None:
    limit(cloud, 0, MEDIUM)

    build = cloud.build(cloud.project(zipped({"README": "other size"})), fresh("other-size"))

    assert build["buildStatus"] == "SUCCEEDED"


def test_a_quota_is_listed_once_it_has_a_value(cloud: Cloud) -> None:
    client = cloud.client("service-quotas")
    assert client.list_service_quotas(ServiceCode="codebuild")["Quotas"] == []
    with pytest.raises(ClientError, match="NoSuchResource"):
        client.get_service_quota(ServiceCode="codebuild", QuotaCode=SMALL)

    limit(cloud, 1)

    (listed,) = client.list_service_quotas(ServiceCode="codebuild")["Quotas"]
    assert listed["QuotaName"] == "Concurrently running builds for Linux/Small environment"
    got = client.get_service_quota(ServiceCode="codebuild", QuotaCode=SMALL)["Quota"]
    assert (listed["Value"], got["Value"]) == (1.0, 1.0)


def test_an_unknown_quota_cannot_be_set(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="NoSuchResource"):
        limit(cloud, 1, "L-00000000")
