"""Training on a single host, behind the interface of several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn


@dataclass(frozen=True)
class SingleHost:
    """A training on this machine alone."""

    rank: int = 0
    names: Sequence[str] = ("algo-1",)
    address: str = "127.0.0.1"
    timeout_seconds: float = 900.0

    def exchange(self, value: Any) -> list[Any]:
        """See Hosts."""
        return [value]

    def gone(self) -> list[str]:
        """See Hosts."""
        return []

    def fail_for_loss(self) -> NoReturn:
        """See Hosts; there is no other host to lose."""
        raise RuntimeError("a single host loses no other")

    def missing(self) -> list[str]:
        """See Hosts."""
        return []
