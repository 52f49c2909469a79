"""How an endpoint changes without a gap, and what a change keeps."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import endpoints
from sandbox.sagemaker.variants import Unhealthy
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
        ({"RetainDeploymentConfig": True}, "old"),
        ({"DeploymentConfig": "new"}, "new"),
        ({"DeploymentConfig": "new", "RetainDeploymentConfig": True}, "new"),
    ],
)
def test_the_last_deployment_is_kept_where_an_update_says_so(
    given: dict[str, Any], last: str | None
) -> None:
    endpoint = made()
    endpoint.document["LastDeploymentConfig"] = "old"

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
    late: Any = Variant(HERE, "churn", row(), None)

    endpoint._switch(configuration(row(), name="two"), (late,), set())

    assert (late.ended, variants(endpoint), told) == ("ended", [], [])
