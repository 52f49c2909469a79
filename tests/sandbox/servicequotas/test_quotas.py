"""Quotas that an account can be given, and what Service Quotas says of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.responses import ServiceQuotasResponse

from sandbox.servicequotas import quotas
from sandbox.state import context
from sandbox.state.stores import Place

HERE, THERE = Place("123456789012", "us-east-1"), Place("123456789012", "eu-west-1")
# The codes of https://docs.aws.amazon.com/general/latest/gr/codebuild.html
CODES = {
    "L-9D07B6EF": "Small",
    "L-2DC20C30": "Medium",
    "L-4DDC4A99": "Large",
    "L-0397D009": "2XLarge",
}


class Asked(quotas.Response):
    """A request with this body."""

    def __init__(self, **body: Any) -> None:
        self.body = json.dumps(body)

    @property
    def _place(self) -> Place:
        return HERE


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    quotas.reset()
    yield
    quotas.reset()


def name(size: str) -> str:
    return f"Concurrently running builds for Linux/{size} environment"


@pytest.mark.parametrize(("code", "size"), CODES.items())
def test_a_quota_is_given_read_and_held_to_in_its_place(code: str, size: str) -> None:
    which = {"ServiceCode": "codebuild", "QuotaCode": code}
    assert quotas.value_of(HERE, "codebuild", name(size)) is None
    with pytest.raises(NoSuchResource):
        Asked(**which).get_service_quota()

    given = json.loads(Asked(**which, DesiredValue=0).request_service_quota_increase())

    assert given["RequestedQuota"] == {
        **which,
        "QuotaName": name(size),
        "DesiredValue": 0,
        "Status": "APPROVED",
    }
    assert quotas.value_of(HERE, "codebuild", name(size)) == 0.0
    assert quotas.value_of(THERE, "codebuild", name(size)) is None
    row = {**which, "QuotaName": name(size), "Value": 0.0}
    assert json.loads(Asked(**which).get_service_quota()) == {"Quota": row}
    assert json.loads(Asked(ServiceCode="codebuild").list_service_quotas()) == {"Quotas": [row]}
    assert json.loads(Asked(ServiceCode="vpc").list_service_quotas()) == {"Quotas": []}


@pytest.mark.parametrize("which", [("codebuild", "other"), ("vpc", name("Small"))])
def test_a_quota_that_is_not_known_is_an_error_of_the_program(which: tuple[str, str]) -> None:
    with pytest.raises(KeyError):
        quotas.value_of(HERE, *which)


def test_other_quotas_are_read_by_moto_and_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServiceQuotasResponse, "get_service_quota", lambda self: "moto")
    which = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}

    assert Asked(**which).get_service_quota() == "moto"
    with pytest.raises(NoSuchResource):
        Asked(**which, DesiredValue=1).request_service_quota_increase()


def test_a_new_account_builds_nothing_until_its_quota_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(context, "is_new_account", lambda: True)
    which = {"ServiceCode": "codebuild", "QuotaCode": "L-9D07B6EF"}

    assert quotas.value_of(HERE, "codebuild", name("Small")) == 0
    assert json.loads(Asked(**which).get_service_quota())["Quota"]["Value"] == 0

    Asked(**which, DesiredValue=1).request_service_quota_increase()
    assert quotas.value_of(HERE, "codebuild", name("Small")) == 1
