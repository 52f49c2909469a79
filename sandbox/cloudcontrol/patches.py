"""JSON Patch (RFC 6902) over the properties of a resource."""

from __future__ import annotations

import copy
import json
from typing import Any

from sandbox.refusals.forms import Refused

_OPERATIONS = ("add", "remove", "replace")


def read(text: str) -> list[dict[str, Any]]:
    """Return the operations of a patch document; raises Refused for what is none."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(map(_is_operation, found)):
        raise Refused("InvalidRequestException", "sandbox: PatchDocument is no JSON Patch")
    for one in found:
        if one["op"] not in _OPERATIONS:
            raise Refused(
                "UnsupportedActionException",
                f"sandbox: operation {one['op']} of a patch is not emulated; "
                f"use {', '.join(_OPERATIONS)}",
            )
    return found


def changed(operations: list[dict[str, Any]]) -> set[str]:
    """Return the properties that a patch changes, or something in them."""
    return {_parts(one["path"])[0] for one in operations}


def apply(operations: list[dict[str, Any]], properties: dict[str, Any]) -> dict[str, Any]:
    """Return `properties` with a patch; raises Refused for a path that leads nowhere."""
    result = copy.deepcopy(properties)
    for one in operations:
        *way, last = _parts(one["path"])
        try:
            place: Any = result
            for part in way:
                place = place[int(part) if isinstance(place, list) else part]
            _apply(one, place, last)
        except (LookupError, TypeError, ValueError):
            raise Refused(
                "InvalidRequestException", f"sandbox: nothing to {one['op']} at {one['path']}"
            ) from None
    return result


def _apply(one: dict[str, Any], place: Any, last: str) -> None:
    if isinstance(place, list):
        index = len(place) if last == "-" else int(last)
        if one["op"] == "add" and 0 <= index <= len(place):
            place.insert(index, one["value"])
            return
        place[index]  # raises IndexError
        place[index : index + 1] = [one["value"]] if one["op"] == "replace" else []
        return
    if one["op"] != "add":
        place[last]  # raises KeyError
    if one["op"] == "remove":
        del place[last]
    else:
        place[last] = one["value"]


def _is_operation(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("op"), str):
        return False
    is_place = isinstance(one.get("path"), str) and one["path"].startswith("/")
    return is_place and (one["op"] == "remove" or "value" in one)


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]
