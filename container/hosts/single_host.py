"""Training on a single host, behind the interface of several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


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

    def missing(self) -> list[str]:
        """See Hosts."""
        return []
