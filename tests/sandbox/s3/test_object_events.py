"""What EventBridge is told of objects."""

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.eventbridge import events
from sandbox.s3 import object_events
from sandbox.state.stores import Place


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(events, "put", lambda place, event: found.append((place, event)))
    return found


def sent(name: str, versioned: bool = False, **key: Any) -> None:
    bucket = SimpleNamespace(
        name="b",
        arn="arn:b",
        account_id="111122223333",
        region_name="eu-west-1",
        versioning_status="Enabled" if versioned else None,
    )
    usual = {"name": "k", "size": 3, "etag": '"abc"', "version_id": "v1"}
    one = SimpleNamespace(**{**usual, **key})
    object_events._send("123456789012", bucket, name, one)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("s3:ObjectCreated:Put", "PutObject"),
        ("ObjectCreated:Post", "POST Object"),
        ("ObjectCreated:Copy", "CopyObject"),
        ("ObjectCreated:CompleteMultipartUpload", "CompleteMultipartUpload"),
        ("ObjectCreated:Other", "Other"),
    ],
)
def test_a_new_object_is_told_of_in_its_buckets_account(
    name: str, reason: str, told: list[Any]
) -> None:
    sent(name)

    ((place, event),) = told
    assert place == Place("111122223333", "eu-west-1")
    assert (event.detail_type, event.resources) == ("Object Created", ["arn:b"])
    assert event.detail["reason"] == reason
    assert event.detail["requester"] == "123456789012"
    assert "deletion-type" not in event.detail
    del event.detail["object"]["sequencer"]
    assert event.detail["object"] == {"key": "k", "size": 3, "etag": "abc"}


@pytest.mark.parametrize(
    ("what", "kind"),
    [("Delete", "Permanently Deleted"), ("DeleteMarkerCreated", "Delete Marker Created")],
)
def test_an_object_that_goes_is_told_of(what: str, kind: str, told: list[Any]) -> None:
    sent(f"s3:ObjectRemoved:{what}")

    ((_, event),) = told
    assert (event.detail_type, event.detail["deletion-type"]) == ("Object Deleted", kind)
    assert event.detail["reason"] == "DeleteObject"


@pytest.mark.parametrize("name", ["s3:ObjectRestore:Post", "s3:ObjectTagging:Put", "Other"])
def test_nothing_else_is_told_of(name: str, told: list[Any]) -> None:
    sent(name)

    assert told == []


def test_an_upload_in_parts_is_told_of_once(told: list[Any]) -> None:
    sent("s3:ObjectCreated:Put", multipart=object())
    assert told == []

    sent("s3:ObjectCreated:CompleteMultipartUpload", multipart=object())
    sent("s3:ObjectCreated:Put", multipart=None)
    assert len(told) == 2


@pytest.mark.parametrize(
    ("versioned", "version", "shown"),
    [(True, "v1", True), (True, None, False), (False, "v1", False)],
)
def test_a_version_is_named_where_there_are_some(
    versioned: bool, version: str | None, shown: bool, told: list[Any]
) -> None:
    sent("s3:ObjectCreated:Put", versioned=versioned, version_id=version)

    assert ("version-id" in told[0][1].detail["object"]) is shown


def test_a_deleted_object_may_have_no_size(told: list[Any]) -> None:
    gone = SimpleNamespace(name="k", version_id="v1")

    found = object_events._object(SimpleNamespace(versioning_status="Enabled"), gone)

    assert found.keys() == {"key", "sequencer", "version-id"}
