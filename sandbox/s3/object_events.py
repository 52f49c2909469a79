"""S3 event notifications to EventBridge: one per object, with reason, ETag and version."""

from __future__ import annotations

import uuid
from typing import Any

from moto.s3 import notifications

from sandbox.eventbridge import events
from sandbox.state.stores import Document, Place

_REASONS = {
    "Put": "PutObject",
    "Post": "POST Object",
    "Copy": "CopyObject",
    "CompleteMultipartUpload": "CompleteMultipartUpload",
    "Delete": "DeleteObject",
    "DeleteMarkerCreated": "DeleteObject",
}


def _send(account_id: str, bucket: Any, event_name: Any, key: Any) -> None:
    name = str(getattr(event_name, "value", event_name)).removeprefix("s3:")
    kind, _, what = name.partition(":")
    # moto announces a multipart upload twice: as Put, and when it is complete.
    repeated = what == "Put" and getattr(key, "multipart", None)
    if kind not in ("ObjectCreated", "ObjectRemoved") or repeated:
        return
    detail: Document = {
        "version": "0",
        "bucket": {"name": bucket.name},
        "object": _object(bucket, key),
        "request-id": uuid.uuid4().hex[:16].upper(),
        "requester": account_id,
        "source-ip-address": "127.0.0.1",
        "reason": _REASONS.get(what, what),
    }
    change = "Object Created"
    if kind == "ObjectRemoved":
        change = "Object Deleted"
        marker = what == "DeleteMarkerCreated"
        detail["deletion-type"] = "Delete Marker Created" if marker else "Permanently Deleted"
    # The event goes to the account of the bucket, whichever account wrote the object.
    place = Place(bucket.account_id, bucket.region_name)
    events.put(place, events.Event("aws.s3", change, detail, [bucket.arn]))


def _object(bucket: Any, key: Any) -> Document:
    described: Document = {"key": key.name, "sequencer": uuid.uuid4().hex[:18].upper()}
    if hasattr(key, "etag"):
        described |= {"size": key.size, "etag": key.etag.strip('"')}
    if bucket.versioning_status and getattr(key, "version_id", None):
        described["version-id"] = key.version_id
    return described


def install() -> None:
    """Replace what moto sends to EventBridge for a bucket."""
    notifications._send_event_bridge_message = _send
