"""Evaluation of bucket policies: statements with a Condition are skipped; moto cannot read it."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket


def _get_permission(bucket: Any, action: str, resource: str) -> Any:
    """Judge by the statements without Condition; `deny unless TLS` would deny everything here."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(bucket.policy)
    statements = document["Statement"]
    if isinstance(statements, dict):
        statements = [statements]
    plain = [statement for statement in statements if not statement.get("Condition")]
    if not plain:
        return PermissionResult.NEUTRAL
    policy = IAMPolicy(json.dumps({**document, "Statement": plain}))
    return policy.is_action_permitted(action, resource)


def install() -> None:
    """Replace moto's judgement."""
    FakeBucket.get_permission = _get_permission
