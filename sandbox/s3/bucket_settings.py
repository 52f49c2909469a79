"""Bucket settings that moto refuses or does not show: access logs, and events to EventBridge."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

_CLOSING = "</NotificationConfiguration>"
_EMPTY = re.compile(r"(<NotificationConfiguration[^>]*)/>")
_TO_EVENTS = "<EventBridgeConfiguration></EventBridgeConfiguration>"
_moto_answers: Callable[[Any], Any] = S3Response.get_bucket_notification


def _may_log(target_bucket: Any, target_prefix: str | None) -> bool:
    """Let every bucket be a target: S3 looks at its policy when it delivers, not before."""
    return True


def _get_bucket_notification(response: Any) -> Any:
    """Answer GetBucketNotificationConfiguration with the member that moto leaves out."""
    status, headers, body = _moto_answers(response)
    found = response.backend.get_bucket_notification_configuration(response.bucket_name)
    if found and found.event_bridge is not None:
        text = body.decode() if isinstance(body, bytes) else str(body)
        text = _EMPTY.sub(rf"\1>{_CLOSING}", text)
        body = text.replace(_CLOSING, _TO_EVENTS + _CLOSING)
    return status, headers, body


def install() -> None:
    """Replace what moto does."""
    FakeBucket._log_permissions_enabled_policy = staticmethod(_may_log)
    S3Response.get_bucket_notification = _get_bucket_notification
