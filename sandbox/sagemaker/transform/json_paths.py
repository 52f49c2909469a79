"""JSONPath expressions of DataProcessing, in the operators that batch transform supports.

https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html has the table.
jsonpath-ng, which moto brings, takes more (`$..a`), does not take AWS's own example `$[0,5:]`,
loses the names of `$['id','SageMakerOutput']` and finds nothing where AWS reports an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

_NAME = r"'(?:[^'\\]|\\.)*'"
_INDEX = r"-?\d+:-?\d+|-?\d+:|:-?\d+|:|-?\d+"
_STEP = re.compile(
    rf"\.(?P<name>[^.,:?@()\[\]*'\"\s]+)|\.(?P<all>\*)|\.?\[\s*(?:(?P<every>\*)"
    rf"|(?P<names>{_NAME}(?:\s*,\s*{_NAME})*)"
    rf"|(?P<indexes>(?:{_INDEX})(?:\s*,\s*(?:{_INDEX}))*))\s*\]"
)


class PathError(Exception):
    """An expression that is none, or that selects what a record does not have; one line."""


@dataclass(frozen=True)
class JsonPath:
    """A parsed expression; `names_members`: it can only be applied to JSON objects."""

    text: str
    steps: Sequence[Callable[[Any], Any]]
    names_members: bool

    @property
    def selects_all(self) -> bool:
        """Whether it is `$`, which takes a record as it is."""
        return not self.steps

    def select(self, value: Any) -> Any:
        """Return what the expression selects of `value`; raises PathError when it is not there.

        Several members of an object are an object, several elements an array.
        """
        for number, step in enumerate(self.steps):
            value = step(value)
            if isinstance(value, _Several):
                rest = JsonPath(self.text, self.steps[number + 1 :], self.names_members)
                return [rest.select(one) for one in value]
        return value


class _Several(list[Any]):
    """The results of a step that selects several elements; what follows applies to each."""


def parse(text: str) -> JsonPath:
    """Return the expression `text`; raises PathError for an operator that is not supported."""
    if not text.startswith("$"):
        raise PathError(f"{text!r} does not begin with $")
    steps: list[Callable[[Any], Any]] = []
    names_members, position = False, 1
    while position < len(text):
        found = _STEP.match(text, position)
        if found is None:
            raise PathError(f"{text!r} has an operator that is not supported: {text[position:]!r}")
        names_members |= bool(found["name"] or found["names"])
        steps.append(_step(found))
        position = found.end()
    return JsonPath(text, tuple(steps), names_members)


def _step(found: re.Match[str]) -> Callable[[Any], Any]:
    if found["all"] or found["every"]:
        return _each
    if found["indexes"]:
        parts = [part.strip() for part in found["indexes"].split(",")]
        if len(parts) == 1 and ":" not in parts[0]:
            return lambda value: _element(value, int(parts[0]))
        return lambda value: _Several(one for part in parts for one in _elements(value, part))
    if found["name"]:
        return lambda value: _member(value, found["name"])
    names = [re.sub(r"\\(.)", r"\1", name[1:-1]) for name in re.findall(_NAME, found["names"])]
    if len(names) == 1:
        return lambda value: _member(value, names[0])
    return lambda value: {name: _member(value, name) for name in names}


def _each(value: Any) -> _Several:
    if isinstance(value, dict):
        return _Several(value.values())
    if isinstance(value, list):
        return _Several(value)
    raise PathError("* is applied to what is neither an object nor an array")


def _member(value: Any, name: str) -> Any:
    if not isinstance(value, dict) or name not in value:
        raise PathError(f"there is no attribute {name!r}")
    return value[name]


def _element(value: Any, index: int) -> Any:
    length = _length(value)
    if not -length <= index < length:
        raise PathError(f"index {index} is not within the {length} elements")
    return value[index]


def _elements(value: Any, part: str) -> Sequence[Any]:
    """Return the elements that `part`, an index or a slice without its end, selects."""
    if ":" not in part:
        return [_element(value, int(part))]
    length = _length(value)
    start, end = (int(bound) if bound else None for bound in part.split(":"))
    for bound, most in ((start, length - 1), (end, length)):
        if bound is not None and not -length <= bound <= most:
            raise PathError(f"slice {part} is not within the {length} elements")
    elements: Sequence[Any] = value[start:end]
    return elements


def _length(value: Any) -> int:
    if not isinstance(value, list):
        raise PathError("an index is applied to what is no array")
    return len(value)
