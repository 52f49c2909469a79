"""The machines of one training, and how they tell each other what they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OneHost:
    """A training on this machine alone."""

    rank: int = 0
    names: Sequence[str] = ("algo-1",)

    def exchange(self, value: Any) -> list[Any]:
        """See Hosts."""
        return [value]
