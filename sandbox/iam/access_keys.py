"""Access keys that callers may sign with: the sandbox's own, and those that IAM and STS issued."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from sandbox.state import context

# An account's number is the key of a person of that account, this word one of the sandbox's own.
_OWN = re.compile(r"\d{12}|sandbox")


@dataclass(frozen=True)
class AccessKey:
    """What a caller with an access key must know; a session's has a token and an end."""

    secret: str
    token: str | None = None
    expires_at: datetime | None = None

    @property
    def has_expired(self) -> bool:
        """Whether the session of this key is over."""
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC)


def find(key: str) -> AccessKey | None:
    """Return the access key with this id, or None for one that nobody here issued."""
    if _OWN.fullmatch(key):
        return AccessKey(context.current().secret)
    for backend in _backends(iam_backends):
        issued = backend.access_keys.get(key)
        if issued is not None and issued.status == "Active":
            return _session(key) if issued.role_arn else AccessKey(issued.secret_access_key)
    return None


def _session(key: str) -> AccessKey | None:
    for backend in _backends(sts_backends):
        for role in reversed(backend.assumed_roles):
            if role.access_key_id == key:
                ends = role.expiration.replace(tzinfo=UTC)
                return AccessKey(role.secret_access_key, role.session_token, ends)
    return None


def _backends(services: Any) -> list[Any]:
    # Other requests may be adding accounts meanwhile.
    return [one for account in list(services.values()) for one in list(account.values())]
