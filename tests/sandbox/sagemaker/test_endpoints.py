"""How an endpoint is created, asked, described and deleted."""

from collections.abc import Iterator
from typing import Any

import pytest
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


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    yield from told_of(monkeypatch)


def test_an_endpoint_is_in_service_when_its_variants_are(told: list[str]) -> None:
    endpoint = made(row(), row("B"))

    assert told == ["CREATING", "IN_SERVICE"]
    described = endpoint.describe()
    assert described["EndpointStatus"] == "InService"
    assert [one["VariantName"] for one in described["ProductionVariants"]] == ["A", "B"]
    assert "DataCaptureConfig" not in described
    assert endpoint.instances() == [{"InstanceType": LARGE, "InstanceCount": 1}] * 2


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unhealthy("no ping"), "no ping"),
        (ValidationError(message="wrong"), "wrong"),
        (KeyError("x"), "InternalServerError: sandbox: KeyError: 'x'"),
        (Unhealthy("y" * 2_000), "y" * 1_024),
    ],
)
def test_an_endpoint_that_never_serves_fails_with_its_reason(
    error: Exception, reason: str, told: list[str]
) -> None:
    endpoint = made(row(Fail=error))

    assert told == ["CREATING", "FAILED"]
    assert reason in endpoint.document["FailureReason"]
    assert len(endpoint.document["FailureReason"]) <= 1_024
    with pytest.raises(ValidationError, match="Cannot update failed endpoint"):
        endpoint.update({}, configuration(row(), name="two"))


def test_a_type_that_is_not_free_fails_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, unavailable=(LARGE,))

    assert "Unable to provision" in made().document["FailureReason"]
    assert "InternalServerError" not in endpoints.ENDPOINTS.all()[0].document["FailureReason"]


@pytest.mark.parametrize(
    ("weights", "target", "taken"),
    [
        ((1.0, 0.0), None, "A"),
        ((0.0, 1.0), None, "B"),
        ((0.0, 0.0), None, "A"),
        ((-1.0, 1.0), None, "B"),
        ((1.0, 0.0), "B", "B"),
        ((1.0, 1.0), "C", None),
    ],
)
def test_a_request_goes_to_a_variant_by_weight_or_by_name(
    weights: tuple[float, float], target: str | None, taken: str | None
) -> None:
    endpoint = made(row(Weight=weights[0]), row("B", Weight=weights[1]))

    found: Any = endpoint.take(target)

    assert (found and found.name) == taken
    assert [one.requests for one in variants(endpoint)].count(1) == (taken is not None)


@pytest.mark.parametrize(("switch", "status"), [(True, "Started"), (False, "Stopped")])
def test_capture_is_described_and_used_when_it_is_on(switch: bool, status: str) -> None:
    rules = {"EnableCapture": switch, "InitialSamplingPercentage": 5, "DestinationS3Uri": "s3://b"}

    endpoint = made(DataCaptureConfig=rules)

    assert endpoint.describe()["DataCaptureConfig"] == {
        "EnableCapture": switch,
        "CaptureStatus": status,
        "CurrentSamplingPercentage": 5,
        "DestinationS3Uri": "s3://b",
        "KmsKeyId": "",
    }
    assert endpoint.capture == (rules if switch else None)
    del rules["EnableCapture"]
    assert endpoint.describe()["DataCaptureConfig"]["EnableCapture"] is False


@pytest.mark.parametrize(("way", "how"), [("end", "ended"), ("abandon", "abandoned")])
def test_an_endpoint_that_goes_takes_all_its_variants_with_it(way: str, how: str) -> None:
    endpoint = made(row(), row("B"))
    live = variants(endpoint)
    starting: Any = Variant(row("C"), None)
    endpoint._starting = [starting]

    getattr(endpoint, way)()

    assert [one.ended for one in (*live, starting)] == [how] * 3
    assert variants(endpoint) == []


@pytest.mark.aws_row("R50", "R51")
def test_a_name_is_taken_once_and_its_configuration_exists() -> None:
    made()

    with pytest.raises(ValidationError, match=r'existing endpoint "arn:aws:.*/churn"'):
        endpoints.create(HERE, {"EndpointName": "Churn", "EndpointConfigName": "one"}, None)
    with pytest.raises(ValidationError, match="Could not find endpoint configuration"):
        endpoints.create(HERE, {"EndpointName": "Other", "EndpointConfigName": "none"}, None)
    with pytest.raises(ValidationError, match="endpointName"):
        endpoints.create(HERE, {"EndpointName": "-", "EndpointConfigName": "one"}, None)


def test_tags_and_the_deployment_of_a_request_are_kept() -> None:
    configuration(row())
    request = {
        "EndpointName": "Churn",
        "EndpointConfigName": "one",
        "Tags": [{"Key": "k", "Value": "v"}],
        "DeploymentConfig": "d",
    }

    endpoint = endpoints.create(HERE, request, None)

    assert endpoint.tags == {"k": "v"}
    assert endpoint.document["LastDeploymentConfig"] == "d"


@pytest.mark.parametrize("status", ["Creating", "Updating"])
def test_an_endpoint_that_changes_is_not_deleted(status: str) -> None:
    endpoint = made()
    endpoint.document["EndpointStatus"] = status

    with pytest.raises(ValidationError, match="Cannot update in-progress endpoint"):
        endpoint.delete()
    assert variants(endpoint)


@pytest.mark.parametrize("status", ["InService", "Failed"])
def test_an_endpoint_that_is_deleted_tells_so_and_ends(status: str, told: list[str]) -> None:
    endpoint = made()
    (one,) = variants(endpoint)
    endpoint.document["EndpointStatus"] = status

    endpoint.delete()

    assert (one.ended, variants(endpoint), told[-1]) == ("ended", [], "DELETING")
