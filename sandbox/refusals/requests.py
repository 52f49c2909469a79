"""Requests as the refusals see them: an operation with parameters, and where it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.model import StructureShape

from sandbox.requests import called, parameters, signed_requests
from sandbox.state import accounts
from sandbox.state.stores import Place

if TYPE_CHECKING:
    from sandbox.state.stores import Document


@dataclass(frozen=True)
class Request:
    """One call of an operation: by whom, where, and with what."""

    service: str
    operation: str
    params: Document
    shape: StructureShape
    place: Place
    protocol: str  # as botocore's models call it


def read(environ: Document, services: Mapping[str, Any]) -> Request | None:
    """Return the call that a WSGI request is; None for one of other services, or that is none."""
    _, region, key = signed_requests.scope(environ)
    asked = called.read(environ)
    shape = parameters.input_shape(asked)
    if not key or asked.service not in services or shape is None:
        return None
    try:
        params = parameters.read(environ, asked)
    except (ValueError, RecursionError):
        # What is no request of this protocol is refused by whoever has to answer it.
        return None
    place = Place(accounts.of_key(key), region)
    return Request(asked.service, asked.operation, params, shape, place, asked.protocol)
