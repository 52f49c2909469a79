"""Message by which the first host names lost hosts to the others, which see the first one alone."""

import contextlib
from collections.abc import Iterable, Sequence
from typing import Any

from container.hosts.host_connection import HostConnection

_GONE = "gone"
_SECONDS = 5.0


def tell_gone(gone: Sequence[str], others: Iterable[HostConnection]) -> None:
    """Name the lost hosts to the others, as far as these can still be reached."""
    for other in others:
        with contextlib.suppress(OSError):
            other.send({_GONE: list(gone)}, _SECONDS)


def told_gone(first: HostConnection) -> list[str]:
    """Return whom the first host named before it ended; what it sent before that is skipped."""
    with contextlib.suppress(OSError, ValueError):
        while not (gone := named_gone(first.receive(_SECONDS))):
            pass
        return gone
    return []


def named_gone(answer: Any) -> list[str]:
    """Return the lost hosts, where the first host names them instead of an answer."""
    return answer.get(_GONE, []) if isinstance(answer, dict) else []


def lost_text(gone: Sequence[str]) -> str:
    """Return the line that a host fails with."""
    return f"{', '.join(gone)}: is gone; look into the logs of that host"
