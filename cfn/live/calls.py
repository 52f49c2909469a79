"""Calls of an API by which live resources are read, and the shapes that their answers come in."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

Properties = dict[str, Any]


class Call(Protocol):
    """One call of one service; raises the error of its client.

    With `or_none` it returns an empty answer where AWS says that there is no such thing.
    """

    def __call__(
        self,
        service: str,
        operation: str,
        arguments: Mapping[str, Any] | None = None,
        /,
        *,
        or_none: bool = ...,
    ) -> Mapping[str, Any]:
        """Return the answer."""


Reader = Callable[[Call, str], Properties]
"""Reads a resource by its physical id; a property without a value is None."""


def capitalised(node: Any) -> Any:
    """Return a tree whose names begin as CloudFormation's do, as in `scanOnPush`."""
    if isinstance(node, Mapping):
        return {key[:1].upper() + key[1:]: capitalised(value) for key, value in node.items()}
    if isinstance(node, list):
        return [capitalised(item) for item in node]
    return node


def document(text: Any) -> Any:
    """Return a policy or definition that came as text."""
    return json.loads(text) if isinstance(text, str) and text else text or None


def chosen(answer: Mapping[str, Any], *names: str) -> Properties:
    """Return some members of an answer, None for those it does not have."""
    return {name: answer.get(name) for name in names}


def last_part(arn: str) -> str:
    """Return the name at the end of an ARN."""
    return arn.rpartition("/")[2]
