"""Bounds of a rise in cost beyond which a review asks a person, with their defaults."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CostBounds:
    """Rise of an environment's monthly cost, in percent of what it was and in dollars."""

    cost_rise_percent: int = 10
    cost_rise_usd: int = 20
