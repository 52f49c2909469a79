"""Constraints of botocore's models, held against a request as AWS's front ends do.

Clients check only a part: what is required, the least length and the least value. The words are
those that answers of SageMaker, IAM, DynamoDB and CloudFormation are quoted with: a wrong pattern
comes before a wrong length, scalars of a list or map are told with all of their constraints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import regex
from botocore.model import ListShape, MapShape, Shape, StructureShape

# Processor time of all threads, of which a loaded machine gives the others much while one matches:
# after a fifth of a second a good name was refused once in fifteen thousand tests.
_SECONDS = 5.0
# Characters of a value; AWS shows all of it, which no log has room for.
_SHOWN = 1024
_NUMBERS = frozenset({"integer", "long", "float", "double"})
# Java's way to name the characters beyond the first plane.
_SURROGATES = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")

Limits = Mapping[str, Any]


def problems(params: Any, shape: Shape, stricter: Mapping[str, Limits]) -> list[str]:
    """Return what is wrong with `params`, each as `Value … failed to satisfy constraint: …`.

    `stricter` are limits that the service has and its model has not, by name of a member.
    """
    return list(_of(params, shape, "", stricter))


def _of(value: Any, shape: Shape, path: str, stricter: Mapping[str, Limits]) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        if isinstance(value, dict):
            yield from _of_structure(value, shape, path, stricter)
        return
    for one in _broken(value, shape, _limits(shape, path, stricter)):
        yield f"{_shown(value, shape)} at '{path}' failed to satisfy constraint: {one}"
    for words, inner, where in _items(value, shape, path):
        if isinstance(inner, StructureShape | ListShape | MapShape):
            for name, item in where.items():
                yield from _of(item, inner, name, stricter)
        elif any(any(_broken(item, inner, inner.metadata)) for item in where.values()):
            told = f"{words} must satisfy constraint: [{', '.join(_all_constraints(inner))}]"
            yield f"{_shown(value, shape)} at '{path}' failed to satisfy constraint: {told}"


def _items(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, Shape, dict[str, Any]]]:
    """Return what is in a list or map, by its place, with its shape and AWS's word for it."""
    if isinstance(shape, ListShape) and isinstance(value, list):
        found = {f"{path}.{number}.member": item for number, item in enumerate(value, start=1)}
        yield "Member", shape.member, found
    if isinstance(shape, MapShape) and isinstance(value, dict):
        yield "Map keys", shape.key, {key: key for key in value}
        yield "Map value", shape.value, {f"{path}.{key}.member": one for key, one in value.items()}


def _of_structure(
    value: Mapping[str, Any], shape: StructureShape, path: str, stricter: Mapping[str, Limits]
) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            where = _below(path, name)
            yield f"Value null at '{where}' failed to satisfy constraint: Member must not be null"
    members = shape.members
    for name, item in value.items():
        member = members.get(name)
        if item is not None and member is not None:
            yield from _of(item, member, _below(path, name), stricter)


def _below(path: str, name: str) -> str:
    member = f"{name[:1].lower()}{name[1:]}"
    return f"{path}.{member}" if path else member


def _limits(shape: Shape, path: str, stricter: Mapping[str, Limits]) -> Limits:
    own = stricter.get(path.rpartition(".")[2])
    return {**shape.metadata, **own} if own else shape.metadata


def _broken(value: Any, shape: Shape, limits: Limits) -> Iterator[str]:
    """Return what AWS says of each constraint that `value` itself breaks."""
    kind = shape.type_name
    if kind in _NUMBERS:
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield from _beyond(value, limits, "value")
        return
    if kind == "string" and isinstance(value, str):
        known = shape.metadata.get("enum")
        if known and value not in known:
            yield f"Member must satisfy enum value set: [{', '.join(known)}]"
        pattern = limits.get("pattern")
        if pattern and not matches(str(pattern), value):
            yield f"Member must satisfy regular expression pattern: {pattern}"
    if isinstance(value, str | bytes | list | dict):
        yield from _beyond(len(value), limits, "length")


def _beyond(number: float, limits: Limits, noun: str) -> Iterator[str]:
    if "max" in limits and number > limits["max"]:
        yield f"Member must have {noun} less than or equal to {limits['max']}"
    if "min" in limits and number < limits["min"]:
        yield f"Member must have {noun} greater than or equal to {limits['min']}"


def _all_constraints(shape: Shape) -> Iterator[str]:
    limits, noun = shape.metadata, "value" if shape.type_name in _NUMBERS else "length"
    if "max" in limits:
        yield f"Member must have {noun} less than or equal to {limits['max']}"
    if "min" in limits:
        yield f"Member must have {noun} greater than or equal to {limits['min']}"
    if limits.get("enum"):
        yield f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]"
    if limits.get("pattern"):
        yield f"Member must satisfy regular expression pattern: {limits['pattern']}"


def _shown(value: Any, shape: Shape) -> str:
    if shape.metadata.get("sensitive") or isinstance(value, bytes):
        return "Value"
    return f"Value '{_java(value)[:_SHOWN]}'"


def _java(value: Any) -> str:
    """Return a value as Java prints it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_java, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_java(item)}' for key, item in value.items())}}}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def matches(pattern: str, text: str) -> bool:
    """Return whether the whole text matches; one that takes too long to tell does not."""
    try:
        return compiled(pattern).fullmatch(text, timeout=_SECONDS) is not None
    except TimeoutError:
        return False


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> Any:
    """Return a pattern of Java: its `\\w` is ASCII, its `\\p{L}` is not."""
    flags = 0 if r"\p{" in pattern else regex.ASCII
    return regex.compile(pattern.replace(*_SURROGATES), flags)
