"""Pictures of each task, in the order of the report."""

from collections.abc import Callable

from container.evaluation.pictures.canvas import picture_style
from container.evaluation.pictures.confusion import confusion
from container.evaluation.pictures.contributions import feature_importance
from container.evaluation.pictures.numbers import predicted_and_actual, residuals
from container.evaluation.pictures.probabilities import by_true_class, reliability
from container.evaluation.pictures.ranking import precision_recall, roc
from container.evaluation.results.model_comparison import ModelComparison
from container.evaluation.results.picture import ReportPicture

_PICTURES: dict[str, tuple[Callable[[ModelComparison], ReportPicture | None], ...]] = {
    "binary": (roc, precision_recall, reliability, by_true_class, feature_importance),
    "multiclass": (confusion, reliability, feature_importance),
    "regression": (predicted_and_actual, residuals, feature_importance),
}


def draw_pictures(comparison: ModelComparison) -> list[ReportPicture]:
    """Return all that there is something to show for."""
    with picture_style():
        drawn = [
            picture(comparison) for picture in _PICTURES.get(comparison.kind, (feature_importance,))
        ]
    return [picture for picture in drawn if picture]
