"""How an endpoint changes without a gap, and what a change keeps."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import endpoints
from sandbox.sagemaker.serving.failures import Unhealthy
from tests.sandbox.sagemaker.hosted import (
    HERE,
    LARGE,
    Variant,
    configuration,
    limited,
    made,
    row,
    told_of,
    variants,
)

OLD: dict[str, Any] = {"BlueGreenUpdatePolicy": {"TerminationWaitInSeconds": 60}}
NEW: dict[str, Any] = {"BlueGreenUpdatePolicy": {"TerminationWaitInSeconds": 0}}


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    yield from told_of(monkeypatch)


@pytest.mark.aws_row("R63")
def test_an_update_that_fails_leaves_what_is_live(told: list[str]) -> None:
    endpoint = made()
    (before,) = variants(endpoint)

    endpoint.update({}, configuration(row(Fail=Unhealthy("no ping")), name="two"))

    assert told[2:] == ["UPDATING", "IN_SERVICE"]
    assert variants(endpoint) == [before]
    assert before.ended == ""
    assert endpoint.document["EndpointConfigName"] == "one"
    assert endpoint.document["FailureReason"] == "no ping"
    assert "PendingDeploymentSummary" not in endpoint.document
    endpoint.update({}, configuration(row(), name="three"))
    assert "FailureReason" not in endpoint.document


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        ({}, set()),
        ({"RetainAllVariantProperties": False}, set()),
        ({"RetainAllVariantProperties": True}, {"InstanceCount", "Weight"}),
        (
            {
                "RetainAllVariantProperties": True,
                "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}],
            },
            {"InstanceCount"},
        ),
        (
            {
                "RetainAllVariantProperties": True,
                "ExcludeRetainedVariantProperties": [
                    {"VariantPropertyType": "DesiredInstanceCount"}
                ],
            },
            {"Weight"},
        ),
    ],
)
def test_an_update_replaces_every_variant_and_keeps_what_it_is_told_to(
    request_: dict[str, Any], kept: set[str]
) -> None:
    endpoint = made()
    (before,) = variants(endpoint)

    endpoint.update(request_, configuration(row(), row("B"), name="two"))

    first, second = variants(endpoint)
    assert (first.taken, second.taken) == ((True, kept), (False, kept))
    assert before.ended == "ended"
    assert endpoint.document["EndpointConfigName"] == "two"
    assert "PendingDeploymentSummary" not in endpoint.document


@pytest.mark.parametrize(
    ("given", "last"),
    [
        ({}, None),
        ({"RetainDeploymentConfig": True}, OLD),
        ({"DeploymentConfig": NEW}, NEW),
        ({"DeploymentConfig": NEW, "RetainDeploymentConfig": True}, NEW),
    ],
)
def test_the_last_deployment_is_kept_where_an_update_says_so(
    given: dict[str, Any], last: dict[str, Any] | None
) -> None:
    endpoint = made()
    endpoint.document["LastDeploymentConfig"] = OLD

    endpoint.update(given, configuration(row(), name="two"))

    assert endpoint.document.get("LastDeploymentConfig") == last


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack"])
@pytest.mark.aws_row("R45")
def test_an_endpoint_that_changes_is_not_changed_again(status: str) -> None:
    endpoint = made()
    endpoint.document["EndpointStatus"] = status

    with pytest.raises(ValidationError, match="Cannot update in-progress endpoint"):
        endpoint.update({}, configuration(row(), name="two"))
    with pytest.raises(ValidationError, match="Cannot update in-progress endpoint"):
        endpoint.set_weights([])


def test_a_quota_holds_at_every_change(monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, quotas={f"{LARGE} for endpoint usage": 2})
    endpoint = made()

    endpoint.update({}, configuration(row(), name="two"))
    with pytest.raises(JsonRESTError):
        endpoint.update({}, configuration(row(), row("B"), name="three"))
    with pytest.raises(JsonRESTError):
        endpoint.set_weights([{"VariantName": "A", "DesiredInstanceCount": 3}])
    configuration(row(), row("B"), name="four")
    with pytest.raises(JsonRESTError):
        endpoints.create(HERE, {"EndpointName": "x", "EndpointConfigName": "four"}, None)


def test_weights_and_counts_are_set_at_once(told: list[str]) -> None:
    endpoint = made()

    endpoint.set_weights([{"VariantName": "A", "DesiredWeight": 0.0, "DesiredInstanceCount": 3}])

    assert told[2:] == ["UPDATING", "IN_SERVICE"]
    (one,) = variants(endpoint)
    assert (one.document["CurrentWeight"], one.document["CurrentInstanceCount"]) == (0.0, 3)


def test_what_starts_after_its_endpoint_is_gone_is_ended(told: list[str]) -> None:
    endpoint = made()
    endpoint.end()
    told.clear()
    late: Any = Variant(row(), None)

    endpoint._switch(configuration(row(), name="two"), (late,))

    assert (late.ended, variants(endpoint), told) == ("ended", [], [])


def test_copies_that_cannot_start_leave_the_number_as_it_was_and_say_why(told: list[str]) -> None:
    endpoint = made(row(ScaleFail=Unhealthy("no ping")))
    ended: list[str] = []

    endpoint.set_weights([{"VariantName": "A", "DesiredInstanceCount": 3}], ended.append)

    (one,) = variants(endpoint)
    assert (one.document["DesiredInstanceCount"], one.document["CurrentInstanceCount"]) == (1, 1)
    assert (endpoint.document["FailureReason"], ended) == ("no ping", ["no ping"])
    assert told[2:] == ["UPDATING", "IN_SERVICE"]
    one.row.pop("ScaleFail")
    endpoint.set_weights([{"VariantName": "A", "DesiredInstanceCount": 2}], ended.append)
    assert (one.document["CurrentInstanceCount"], ended[1:]) == (2, [""])
    assert "FailureReason" not in endpoint.document


def test_a_type_that_is_not_free_keeps_an_endpoint_from_growing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = made()
    limited(monkeypatch, unavailable=(LARGE,))

    endpoint.set_weights([{"VariantName": "A", "DesiredInstanceCount": 2}])

    assert "InsufficientInstanceCapacity" in endpoint.document["FailureReason"]


def test_more_copies_than_run_on_this_machine_are_refused_by_name() -> None:
    endpoint = made()
    refused = "variant A would have 9 instances; each is a process on this machine, which runs 8 of"

    with pytest.raises(ValidationError, match=refused):
        endpoint.set_weights([{"VariantName": "A", "DesiredInstanceCount": 9}])
    with pytest.raises(ValidationError, match=refused):
        endpoint.update({}, configuration(row(InitialInstanceCount=9), name="two"))
    with pytest.raises(ValidationError, match=refused):
        endpoints.create(HERE, {"EndpointName": "x", "EndpointConfigName": "two"}, None)
    endpoint.set_weights([{"VariantName": "A", "DesiredInstanceCount": 8}])
    assert endpoint.document["EndpointStatus"] == "InService"


def test_an_update_starts_as_many_copies_as_it_keeps() -> None:
    endpoint = made()
    endpoint.set_weights([{"VariantName": "A", "DesiredInstanceCount": 3}])

    endpoint.update({"RetainAllVariantProperties": True}, configuration(row(), name="two"))
    assert variants(endpoint)[0].row["InitialInstanceCount"] == 3
    endpoint.update({}, configuration(row(InitialInstanceCount=1), name="three"))
    assert variants(endpoint)[0].row["InitialInstanceCount"] == 1


def test_a_new_fleet_gets_the_share_that_is_turned_on() -> None:
    endpoint = made(row(InitialInstanceCount=2))
    (old,) = variants(endpoint)
    new: Any = Variant(row(InitialInstanceCount=2), None)
    endpoint._green = {"A": new}

    for on, fewest, most in ((0, 0, 0), (1, 60, 140), (2, 200, 200)):
        new.turn_on(on)
        new.requests = old.requests = 0
        for _ in range(200):
            endpoint.take(None)
        assert fewest <= new.requests <= most
        assert new.requests + old.requests == 200
    assert endpoint.instances() == [{"InstanceType": LARGE, "InstanceCount": 2}] * 2
    assert {name: len(found) for name, found in endpoint.copies().items()} == {"A": 4}
