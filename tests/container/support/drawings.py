"""Pictures of a comparison of a few rows, as figures."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from container.evaluation.confidence.intervals import Confidence, Interval
from container.evaluation.pictures import confusion, contributions, numbers, probabilities, ranking
from container.evaluation.pictures.canvas import picture_style
from container.evaluation.results.model_comparison import ModelComparison
from container.metrics.scored import Scored
from tests.container.support.evaluated_models import BINARY, REGRESSION, judged

MODULES = (confusion, contributions, numbers, probabilities, ranking)
CANDIDATE, CHAMPION, INK = "#0072b2", "#d55e00", "#1f2328"
LABELS = np.array([0.0, 0, 0, 0, 1, 1])
SCORED = Scored(BINARY, LABELS, np.array([0.1, 0.2, 0.3, 0.6, 0.4, 0.9]))
OTHER = Scored(BINARY, LABELS, np.array([0.1, 0.6, 0.7, 0.8, 0.7, 0.9]))
NUMBERS = Scored(REGRESSION, np.arange(100.0), np.arange(100.0) + np.tile([1.0, -3], 50))


class Drawing:
    """The figure of the last picture, and the picture."""

    def __init__(self, draw: Callable[[ModelComparison], Any], comparison: ModelComparison) -> None:
        figures: list[Figure] = []

        def keep(figure: Figure) -> bytes:
            figures.append(figure)
            return b""

        with pytest.MonkeyPatch.context() as patch, picture_style():
            for module in MODULES:
                patch.setattr(module, "png", keep)
            self.picture = draw(comparison)
        # Any: matplotlib types what a pane holds by classes above those that it draws.
        self.panes: list[Any] = list(figures[0].axes) if figures else []
        self.texts = [text.get_text() for text in figures[0].texts] if figures else []

    @property
    def legend(self) -> list[str]:
        legend = self.panes[0].get_legend()
        return [str(text.get_text()) for text in legend.get_texts()] if legend else []


def compared(
    candidate: Scored = SCORED, champion: Scored | None = None, **metrics: float
) -> ModelComparison:
    interval = {"auc": Interval(0.75, 0.5, 1)}
    return ModelComparison(
        judged(candidate, metrics or None),
        None if champion is None else judged(champion),
        None,
        Confidence(6, interval, interval if champion else {}),
    )
