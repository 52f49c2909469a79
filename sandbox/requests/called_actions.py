"""Action that moto carries out: the operation that was read of a request before.

moto itself takes the first `Action` that it finds in a form, an address, a JSON body or the
headers: a text with `&Action=` in it would call that one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import BaseResponse

from sandbox.requests import called

_moto_finds: Callable[[Any], str] = BaseResponse._get_action


def _find(response: Any) -> str:
    asked = called.kept(response.normalized_request.environ)
    if asked is None:
        # moto asks itself, as it does for the targets of its own rules.
        return _moto_finds(response)
    if asked.protocol.startswith("rest-"):
        # It keeps what the address says beside the name.
        found: str = response._get_action_from_method_and_request_uri(response.normalized_request)
        return found
    return asked.operation


def install() -> None:
    """Replace what moto does."""
    BaseResponse._get_action = _find
