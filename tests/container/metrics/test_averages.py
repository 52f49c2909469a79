"""Which average over classes a metric is."""

from container.hyperparameters.metric_names import COMPUTED
from container.hyperparameters.reference import hyperparameter_reference
from container.metrics.averages import AVERAGES, averages, meaning
from container.metrics.evaluator import classification_metric, confusion
from tests.container.support.evaluated_models import multiclass

NUMBERS = {"accuracy", "mse", "mae", "rmse", "r2"}


def test_every_computed_metric_of_classes_is_a_known_average() -> None:
    assert set(AVERAGES) == COMPUTED - NUMBERS
    assert averages(["auc", "f1", "precision"]) == {"f1": "macro", "precision": "binary"}


def test_averages_are_what_they_are_called() -> None:
    scored = multiclass(rows=90)
    matrix = confusion(scored.labels.astype("f4"), scored.predicted, 3)
    hits, support, taken = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    by_class = {"f1": 2 * hits / (support + taken), "precision": hits / taken}
    by_class |= {"recall": hits / support, "balanced_accuracy": hits / support}

    for name, average in AVERAGES.items():
        each = by_class[name.partition("_")[0] if name not in by_class else name]
        expected = {"macro": each.mean(), "micro": hits.sum() / matrix.sum(), "binary": each[1]}
        assert abs(classification_metric(name, matrix) - expected[average]) < 1e-12, name


def test_the_words_name_the_class() -> None:
    assert meaning("f1", "yes") == "macro: the mean over classes"
    assert meaning("recall", "yes") == "binary: of class yes"
    assert meaning("auc", "yes") == ""
    assert "| `f1` | largest | this container | macro: the mean over classes |" in (
        hyperparameter_reference()
    )
