import numpy as np
import pytest
from sklearn import metrics as reference

from container.evaluation.results.assessment import assess
from container.metrics.quality import statistics
from container.metrics.scored import Scored, Task
from tests.container.support.evaluated_models import binary, judged, multiclass, regression


def described(scored: Scored) -> dict[str, object]:
    return statistics(scored, assess(judged(scored), None).deviations)


@pytest.mark.parametrize(
    ("scored", "key", "names"),
    [
        (
            binary(),
            "binary_classification_metrics",
            "accuracy auc f0_5 f1 f2 false_negative_rate false_positive_rate precision recall "
            "true_negative_rate true_positive_rate",
        ),
        (
            multiclass(),
            "multiclass_classification_metrics",
            "accuracy weighted_f0_5 weighted_f1 weighted_f2 weighted_precision weighted_recall",
        ),
        (regression(), "regression_metrics", "mae mse r2 rmse"),
    ],
)
def test_each_task_has_its_numbers_with_their_deviations(
    scored: Scored, key: str, names: str
) -> None:
    document = described(scored)

    assert sorted(document) == sorted(["version", "dataset", key])
    found = document[key]
    assert isinstance(found, dict)
    numbers = {name: each for name, each in found.items() if "value" in each}
    assert sorted(numbers) == names.split()
    for name, each in numbers.items():
        assert 0 < each["standard_deviation"] < 0.5, name


def test_the_deviation_of_an_error_is_that_of_a_mean() -> None:
    scored = regression(400)
    errors = np.abs(scored.labels - scored.scores)

    found = described(scored)["regression_metrics"]

    assert isinstance(found, dict)
    assert found["mae"]["value"] == pytest.approx(errors.mean())
    assert found["mae"]["standard_deviation"] == pytest.approx(errors.std() / 20, rel=0.1)


def test_without_resamples_the_deviation_is_the_text_that_model_monitor_writes() -> None:
    found = statistics(binary(), {})["binary_classification_metrics"]

    assert found["recall"]["standard_deviation"] == "NaN"


def test_numbers_of_several_classes_are_scikit_learns() -> None:
    scored = multiclass(90, classes=4)

    found = described(scored)["multiclass_classification_metrics"]

    assert isinstance(found, dict)
    expected = reference.fbeta_score(scored.labels, scored.predicted, beta=2, average="weighted")
    assert found["weighted_f2"]["value"] == pytest.approx(expected)
    assert found["confusion_matrix"]["0"]["0"] == int(
        ((scored.labels == 0) & (scored.predicted == 0)).sum()
    )


def test_curves_have_no_more_points_than_fit_a_picture() -> None:
    found = statistics(binary(5_000), {})["binary_classification_metrics"]

    curve = found["receiver_operating_characteristic_curve"]
    assert len(curve["true_positive_rates"]) == 101
    assert (curve["true_positive_rates"][0], curve["true_positive_rates"][-1]) == (0, 1)


def test_the_median_of_quantiles_is_described_as_a_number() -> None:
    scored = regression()
    task = Task("quantiles", quantiles=(0.1, 0.5, 0.9))
    columns = np.column_stack([scored.scores - 1, scored.scores, scored.scores + 1])

    found = statistics(Scored(task, scored.labels, columns), {})

    expected = float(np.abs(scored.labels - scored.scores).mean())
    assert found["regression_metrics"]["mae"]["value"] == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["ranking", "survival"])
def test_tasks_that_model_monitor_does_not_know_have_a_row_count_only(kind: str) -> None:
    scored = Scored(Task(kind), np.ones(4), np.ones(4))

    assert statistics(scored, {}) == {"version": 0.0, "dataset": {"item_count": 4}}
