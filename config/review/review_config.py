"""Settings of a review: the rise in cost that asks a person."""

from pydantic import Field

from config.review.cost_bounds import CostBounds
from config.section import Section


class ReviewConfig(Section):
    """Rise in cost that a review asks a person about; the bounds in force are the base's."""

    cost_rise_percent: int = Field(
        default=CostBounds.cost_rise_percent,
        ge=0,
        le=1_000,
        description="Rise of the monthly cost that asks, in percent of what it was.",
    )
    cost_rise_usd: int = Field(
        default=CostBounds.cost_rise_usd,
        ge=0,
        le=1_000_000,
        description="Rise of the monthly cost that asks, whatever it was.",
    )
