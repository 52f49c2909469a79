"""Refusal of requests that AWS would refuse, in its words and in the protocol of the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.refusals import requests
from sandbox.refusals.constraints import problems
from sandbox.refusals.forms import FORMS, Refused
from sandbox.requests import errors

if TYPE_CHECKING:
    from sandbox.refusals.requests import Request
    from sandbox.state.stores import Document

Rule = Callable[["Request"], None]

# Of IAM: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html and others.
_STATUS = {
    "AccessDenied": "403 Forbidden",
    "DeleteConflict": "409 Conflict",
    "EntityAlreadyExists": "409 Conflict",
    "LimitExceeded": "409 Conflict",
    "NoSuchEntity": "404 Not Found",
}

RULES: dict[tuple[str, str], tuple[Rule, ...]] = {}
"""What else is refused of an operation of a service; `rules.install` fills it.

A rule raises Refused, and may rely on what the model requires.
"""


def serve(environ: Document, start: errors.StartResponse) -> list[bytes] | None:
    """Answer a request that AWS refuses; None for one that may go on."""
    request = requests.read(environ, FORMS)
    if request is None:
        return None
    try:
        check(request)
    except Refused as refused:
        status = _STATUS.get(refused.code, "400 Bad Request")
        return errors.answer(start, status, request.protocol, refused.code, str(refused))
    return None


def check(request: Request) -> None:
    """Raise Refused for a request that its model or a rule does not allow."""
    form = FORMS[request.service]
    if found := problems(request.params, request.shape, form.stricter):
        raise Refused(form.code, form.words(found))
    for rule in RULES.get((request.service, request.operation), ()):
        rule(request)
