"""The context of the running sandbox: address, region, account, folder and secret."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Context:
    """The running sandbox: its address, and the folder it may write in."""

    url: str
    region: str
    account: str
    folder: Path
    # The secret access key that callers sign with; as long as AWS's.
    secret: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    # Whether its account has the quotas of one that nobody has used yet.
    new_account: bool = False


class _Slot:
    """Holds the one context of this process."""

    context: Context | None = None


def current() -> Context:
    """Return the running sandbox's context; raises RuntimeError when none was started."""
    if _Slot.context is None:
        raise RuntimeError(
            "sandbox: no sandbox runs in this process; start one with Sandbox().start()"
        )
    return _Slot.context


def set_current(context: Context | None) -> None:
    """Make `context` the one that `current` returns; None forgets it."""
    _Slot.context = context


def is_set() -> bool:
    """Return whether a sandbox runs in this process."""
    return _Slot.context is not None


def is_new_account() -> bool:
    """Return whether the sandbox that runs in this process stands for a new account."""
    return _Slot.context is not None and _Slot.context.new_account
