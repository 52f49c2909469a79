"""Conversion of parameters between the PascalCase of Step Functions and the case of each API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.response import StreamingBody

if TYPE_CHECKING:
    from sandbox.state.stores import Document


class UnknownField(Exception):
    """A parameter that the API does not have; AWS refuses the whole definition."""


def to_api(value: Any, shape: Shape | None, where: str = "") -> Any:
    """Return `value` with the names and scalar types of `shape`.

    Raises UnknownField, which says where and what is possible.
    """
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return _struct_to_api(value, shape, where)
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [to_api(item, shape.member, where) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: to_api(item, shape.value, f"{where}.{key}") for key, item in value.items()}
    if shape is not None and shape.type_name == "string" and not isinstance(value, str | None):
        return json.dumps(value)
    if shape is not None and shape.type_name in ("integer", "long") and isinstance(value, float):
        return int(value)
    return value


def _struct_to_api(value: Document, shape: StructureShape, where: str) -> Document:
    names = {member.lower(): member for member in shape.members}
    converted = {}
    for key, item in value.items():
        name = names.get(key.lower())
        if name is None:
            known = ", ".join(sorted(_pascal(member) for member in shape.members))
            raise UnknownField(
                f'The field "{where}.{key}" is not supported by Step Functions; '
                f"{shape.name} has {known}"
            )
        converted[name] = to_api(item, shape.members[name], f"{where}.{key}")
    return converted


def from_api(value: Any, shape: Shape | None, *, epoch: bool = False) -> Any:
    """Return the response `value` as a state sees it: PascalCase, text for streams, JSON only.

    Times become ISO 8601, or epoch milliseconds when `epoch`, as the optimised integrations show.
    """
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            _pascal(key): from_api(item, shape.members.get(key), epoch=epoch)
            for key, item in value.items()
            if key != "ResponseMetadata"
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [from_api(item, shape.member, epoch=epoch) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: from_api(item, shape.value, epoch=epoch) for key, item in value.items()}
    return _scalar(value, epoch)


def _scalar(value: Any, epoch: bool) -> Any:
    if isinstance(value, StreamingBody):
        return value.read().decode(errors="replace")
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, datetime):
        if epoch:
            return int(value.timestamp() * 1000)
        return iso(value)
    return value


def iso(moment: datetime) -> str:
    """Return `moment` as Step Functions writes times: UTC, ISO 8601, milliseconds."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]
