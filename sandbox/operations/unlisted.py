"""Refusal of operations that nobody checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.operations import checked
from sandbox.requests import errors

if TYPE_CHECKING:
    from sandbox.requests.called import Called

CODE = "NotImplemented"
_STATUS = "501 Not Implemented"


def serve(called: Called, start: errors.StartResponse) -> list[bytes] | None:
    """Answer a request of an operation that is not on the list; None for every other."""
    service, operation, protocol = called
    if checked.answers(service, operation):
        return None
    return errors.answer(start, _STATUS, protocol, CODE, checked.refusal(service, operation))
