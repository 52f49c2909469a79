"""What CloudFormation says of a resource that is no longer as its template says."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.cloudformation import drift
from sandbox.cloudformation.drift import DriftDetection
from sandbox.handlers.resource import StackResource

QUEUE, KMS = "AWS::SQS::Queue", "AWS::KMS::Key"
AS_MADE = {"KmsMasterKeyId": "k", "MessageRetentionPeriod": "60"}


class Account:
    """An account with one queue, or an error in its place."""

    region = "us-east-1"

    def __init__(self, live: dict[str, Any] | Exception) -> None:
        self.live = live

    def client(self, service: str) -> Any:
        return self

    def get_queue_attributes(self, **arguments: Any) -> dict[str, Any]:
        if isinstance(self.live, Exception):
            raise self.live
        return {"Attributes": self.live, "ResponseMetadata": {"HTTPStatusCode": 200}}


def queue(**properties: Any) -> StackResource:
    return StackResource("stack", "id", "Queue", QUEUE, properties, physical_id="url")


def detected(live: dict[str, Any] | Exception, *resources: StackResource) -> DriftDetection:
    stack = SimpleNamespace(stack_id="id", resources={one.logical_id: one for one in resources})
    return DriftDetection(stack, Account(live))  # type: ignore[arg-type]


def failed(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetQueueAttributes")


def test_a_resource_as_its_template_says_is_in_sync() -> None:
    found = detected(AS_MADE, queue(**AS_MADE))

    assert found.describe() | {"StackDriftDetectionId": "", "Timestamp": ""} == {
        "StackId": "id",
        "StackDriftDetectionId": "",
        "StackDriftStatus": "IN_SYNC",
        "DetectionStatus": "DETECTION_COMPLETE",
        "DriftedStackResourceCount": 0,
        "Timestamp": "",
    }
    (one,) = found.drifts
    assert one["StackResourceDriftStatus"] == "IN_SYNC"
    assert json.loads(one["ExpectedProperties"]) == json.loads(one["ActualProperties"]) == AS_MADE


@pytest.mark.parametrize(
    ("template", "live", "difference"),
    [
        ({"MessageRetentionPeriod": 60}, "90", ("60", "90", "NOT_EQUAL")),
        ({"MessageRetentionPeriod": 60}, None, ("60", "null", "REMOVE")),
        ({"MessageRetentionPeriod": None}, "90", ("null", "90", "ADD")),
    ],
)
def test_a_changed_property_is_shown_as_it_was_and_as_it_is(
    template: dict[str, Any], live: str | None, difference: tuple[str, str, str]
) -> None:
    found = detected({"MessageRetentionPeriod": live}, queue(**template))

    assert (found.count, found.describe()["StackDriftStatus"]) == (1, "DRIFTED")
    (one,) = found.drifts
    (said,) = one["PropertyDifferences"]
    names = ("ExpectedValue", "ActualValue", "DifferenceType")
    assert tuple(said[name] for name in names) == difference
    assert said["PropertyPath"] == "/MessageRetentionPeriod"
    assert one["StackResourceDriftStatus"] == "MODIFIED"


def test_a_property_that_the_template_leaves_out_is_not_looked_at() -> None:
    found = detected({"MessageRetentionPeriod": "90", "KmsMasterKeyId": "k"}, queue())

    assert found.count == 0


def test_a_property_that_can_only_be_written_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drift, "write_only", lambda kind, region: ("MessageRetentionPeriod/Deep",))

    assert detected({"MessageRetentionPeriod": "90"}, queue(MessageRetentionPeriod=60)).count == 0


def test_a_type_that_cannot_be_read_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("AWS::CDK::Metadata", "AWS::EC2::EIP"):
        other = StackResource("stack", "id", "Other", kind, {})
        assert detected(AS_MADE, other).drifts == []

    monkeypatch.setattr(drift, "is_drift_detected", lambda kind, region: False)
    assert detected({"MessageRetentionPeriod": "9"}, queue(MessageRetentionPeriod=60)).drifts == []


@pytest.mark.parametrize(
    "error", [failed("AWS.SimpleQueueService.NonExistentQueue does not exist"), LookupError()]
)
def test_a_resource_that_is_gone_is_deleted(error: Exception) -> None:
    found = detected(error, queue(**AS_MADE))

    assert [one["StackResourceDriftStatus"] for one in found.drifts] == ["DELETED"]
    assert found.count == 1


@pytest.mark.parametrize("error", [failed("AccessDenied"), RuntimeError("a bug")])
def test_another_failure_is_no_drift(error: Exception) -> None:
    with pytest.raises(type(error)):
        detected(error, queue(**AS_MADE))


@pytest.mark.parametrize(
    ("error", "or_none", "is_empty"),
    [
        (failed("NoSuchEntity"), True, True),
        (failed("NoSuchEntity"), False, False),
        (failed("AccessDenied"), True, False),
        (RuntimeError("a bug: not found"), True, False),
    ],
)
def test_what_a_reader_does_without_may_be_missing_and_nothing_else(
    error: Exception, or_none: bool, is_empty: bool
) -> None:
    def call() -> Any:
        aws: Any = Account(error)
        return drift._call(aws, "sqs", "get_queue_attributes", {"QueueUrl": "u"}, or_none=or_none)

    if is_empty:
        assert call() == {}
    else:
        with pytest.raises(type(error)):
            call()
