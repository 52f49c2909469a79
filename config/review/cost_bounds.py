"""Bounds of a rise in cost beyond which a review asks a person, with their defaults."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class CostBounds:
    """Rise of an environment's monthly cost, in percent of what it was and in dollars."""

    cost_rise_percent: int = 10
    cost_rise_usd: int = 20

    @classmethod
    def of(cls, written: Any) -> CostBounds:
        """Return the bounds that a synthesis has written; raises ValueError for what is none.

        What only a later revision knows is left to it.
        """
        is_table = isinstance(written, dict)
        names = [one.name for one in fields(cls) if is_table and one.name in written]
        if not is_table or not all(_is_bound(written[name]) for name in names):
            raise ValueError(f"the bounds of a review are {str(written)[:60]!r}")
        return cls(**{name: written[name] for name in names})


def _is_bound(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
