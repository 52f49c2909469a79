"""Bucket policies: the gateway judges requests by them, moto's own judgement is left out."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket


def _get_permission(bucket: Any, action: str, resource: str) -> Any:
    """Say nothing: moto knows neither conditions nor principals. See sandbox/iam/sessions.py."""
    return PermissionResult.NEUTRAL


def install() -> None:
    """Replace moto's judgement."""
    FakeBucket.get_permission = _get_permission
