"""What a check is: a sentence that must hold, why SageMaker needs it, and a function that looks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Severity = Literal["must", "should"]
Subject = TypeVar("Subject")


class Violation(Exception):
    """The sentence of a check does not hold; the text is one line of what was seen instead."""


class NotApplicable(Exception):
    """A check that cannot run here; the text is the reason."""


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """One sentence about a container.

    `must` is what AWS's `page` demands or an endpoint or job needs to work at all, `should` is what
    keeps it working. A patient check mostly waits, with a server of its own: others run meanwhile.
    """

    title: str
    severity: Severity
    page: str
    look: Callable[[Subject], None]
    is_patient: bool = False

    @property
    def name(self) -> str:
        """What `--only` and `conformance.toml` call it."""
        return self.look.__name__.replace("_", "-")

    @property
    def why(self) -> str:
        """What goes wrong on SageMaker without it."""
        return " ".join((self.look.__doc__ or "").split())


class Checks(Generic[Subject]):
    """The checks that look at the same kind of subject, in the order in which they run."""

    def __init__(self) -> None:
        self._all: list[Check[Subject]] = []

    def __iter__(self) -> Iterator[Check[Subject]]:
        return iter(self._all)

    def must(
        self, title: str, page: str, *, patient: bool = False
    ) -> Callable[[Callable[[Subject], None]], Callable[[Subject], None]]:
        """Register a function; its docstring says why SageMaker needs the sentence to hold."""
        return self._registering(title, page, "must", patient)

    def should(
        self, title: str, page: str, *, patient: bool = False
    ) -> Callable[[Callable[[Subject], None]], Callable[[Subject], None]]:
        """Like `must`, for what a container can work without until something goes wrong."""
        return self._registering(title, page, "should", patient)

    def _registering(
        self, title: str, page: str, severity: Severity, patient: bool
    ) -> Callable[[Callable[[Subject], None]], Callable[[Subject], None]]:
        def register(look: Callable[[Subject], None]) -> Callable[[Subject], None]:
            self._all.append(Check(title, severity, page, look, patient))
            return look

        return register
