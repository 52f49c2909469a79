"""An AWS of fixed answers, for readers."""

from collections.abc import Mapping
from typing import Any

from cfn.live.readers import READERS


class Answers:
    """Answers each operation with what it is given, and remembers what it was asked."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def __call__(
        self,
        service: str,
        operation: str,
        arguments: Mapping[str, Any] | None = None,
        /,
        *,
        or_none: bool = False,
    ) -> Mapping[str, Any]:
        """Return the answer; without one, nothing where that is asked for, else LookupError."""
        self.asked.append((service, operation, dict(arguments or {})))
        if operation not in self._answers:
            if or_none:
                return {}
            raise LookupError(f"{service} has no {operation}")
        answer = self._answers[operation]
        found: Mapping[str, Any] = answer.pop(0) if isinstance(answer, list) else answer
        return found


def read(kind: str, identity: str, **answers: Any) -> dict[str, Any]:
    """Read one resource from an AWS that answers so."""
    return READERS[kind](Answers(answers), identity)
