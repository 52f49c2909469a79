"""Limits of an account on builds, as a new account has them."""

from typing import Any

import pytest
from moto.codebuild.exceptions import InvalidInputException

from sandbox.ecr import build_limits
from sandbox.ecr.build_limits import AccountLimitExceededException
from sandbox.servicequotas import quotas
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
SMALL = {"computeType": "BUILD_GENERAL1_SMALL"}


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Values of the account, by the size of the machine."""
    found: dict[str, float] = {}

    def value_of(place: Place, service: str, name: str) -> float | None:
        assert (place, service) == (HERE, quotas.BUILDS)
        size = name.removeprefix("Concurrently running builds for Linux/").split(" ")[0]
        return found.get(size)

    monkeypatch.setattr(quotas, "value_of", value_of)
    return found


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("BUILD_GENERAL1_SMALL", "Small"),
        ("BUILD_GENERAL1_MEDIUM", "Medium"),
        ("BUILD_GENERAL1_LARGE", "Large"),
        ("BUILD_GENERAL1_2XLARGE", "2XLarge"),
    ],
)
def test_each_size_has_a_limit_of_its_own(kind: str, size: str, limit: dict[str, float]) -> None:
    limit[size] = 1.0
    project = {"environment": {"computeType": kind}}

    build_limits.check_start(HERE, project, 0)
    with pytest.raises(AccountLimitExceededException, match="Cannot have more than 1 builds"):
        build_limits.check_start(HERE, project, 1)


@pytest.mark.parametrize(
    ("account", "asked", "refused"),
    [(1.0, 1, False), (1.0, 2, True), (0.0, 1, True), (1.0, None, False), (None, 9, False)],
)
def test_a_project_may_not_have_more_than_its_account(
    account: float | None, asked: int | None, refused: bool, limit: dict[str, float]
) -> None:
    if account is not None:
        limit["Small"] = account
    request: dict[str, Any] = {"environment": SMALL}
    if asked is not None:
        request["concurrentBuildLimit"] = asked

    if refused:
        with pytest.raises(InvalidInputException, match=f"build limit of {account:.0f}"):
            build_limits.check_project(HERE, request)
    else:
        build_limits.check_project(HERE, request)


@pytest.mark.parametrize("environment", [None, {}, {"computeType": "BUILD_LAMBDA_1GB"}])
def test_another_machine_has_no_limit(environment: Any, limit: dict[str, float]) -> None:
    limit["Small"] = 0.0

    request = {"environment": environment, "concurrentBuildLimit": 9}
    build_limits.check_project(HERE, request)
    if environment is not None:
        build_limits.check_start(HERE, {"environment": environment}, 9)


def test_an_account_without_a_limit_builds_as_it_likes(limit: dict[str, float]) -> None:
    build_limits.check_start(HERE, {"environment": SMALL}, 99)
