import numpy as np
import pytest
from sklearn import metrics as reference

from container.metrics.scored import Scored, Task
from container.metrics.weighted import confusion, confusions, values
from tests.container.support.evaluated_models import REGRESSION, binary, multiclass, regression


def once(scored: Scored, name: str) -> float:
    """The metric of the rows as they are."""
    return float(values(scored, [name], np.ones((1, scored.rows)))[name][0])


def with_ties(scored: Scored) -> Scored:
    return Scored(scored.task, scored.labels, scored.scores.round(1))


@pytest.mark.parametrize("scored", [binary(), with_ties(binary()), binary(share=0.05)])
def test_metrics_of_two_classes_equal_scikit_learns(scored: Scored) -> None:
    labels, scores = scored.labels, scored.scores.clip(1e-15, 1 - 1e-15)

    assert once(scored, "auc") == pytest.approx(reference.roc_auc_score(labels, scores))
    if scores.min() > 1e-15:
        assert once(scored, "logloss") == pytest.approx(reference.log_loss(labels, scores))
    assert once(scored, "accuracy") == pytest.approx(reference.accuracy_score(labels, scores > 0.5))
    assert once(scored, "error@0.25") == pytest.approx(
        1 - reference.accuracy_score(labels, scores.astype(np.float32) > 0.25)
    )
    assert once(scored, "f1_binary") == pytest.approx(reference.f1_score(labels, scores > 0.5))


def test_metrics_of_numbers_equal_scikit_learns() -> None:
    scored = regression()
    labels, scores = scored.labels, scored.scores

    assert once(scored, "rmse") == pytest.approx(
        reference.mean_squared_error(labels, scores) ** 0.5
    )
    assert once(scored, "mae") == pytest.approx(reference.mean_absolute_error(labels, scores))
    assert once(scored, "r2") == pytest.approx(reference.r2_score(labels, scores))
    assert once(scored, "mape") == pytest.approx(
        reference.mean_absolute_percentage_error(labels, scores)
    )


@pytest.mark.parametrize(
    ("scored", "names"),
    [
        (binary(60), ["auc", "aucpr", "logloss", "error", "accuracy", "f1", "recall"]),
        (with_ties(binary(60)), ["auc", "aucpr"]),
        (multiclass(60), ["mlogloss", "merror", "f1", "balanced_accuracy"]),
        (regression(60), ["rmse", "mae", "r2", "poisson-nloglik", "gamma-deviance"]),
    ],
)
def test_a_row_that_counts_twice_is_the_same_row_twice(scored: Scored, names: list[str]) -> None:
    counts = np.random.default_rng(4).integers(1, 4, scored.rows)
    repeated = scored.take(np.repeat(np.arange(scored.rows), counts))

    found = values(scored, names, counts[None, :].astype(np.float64))

    assert sorted(found) == sorted(names)
    for name in names:
        assert found[name][0] == pytest.approx(once(repeated, name)), name


def test_rows_that_count_nothing_are_not_there() -> None:
    scored = binary(40)
    weights = (np.arange(40) % 2).astype(np.float64)

    found = values(scored, ["auc", "f1"], weights[None, :])

    half = scored.take(np.arange(1, 40, 2))
    assert found["auc"][0] == pytest.approx(once(half, "auc"))
    assert found["f1"][0] == pytest.approx(once(half, "f1"))


def test_an_area_of_one_class_is_no_number() -> None:
    scored = binary(10)
    only_class_1 = scored.labels[None, :].copy()

    found = values(scored, ["auc", "aucpr"], only_class_1)

    assert np.isnan(found["auc"][0])
    assert np.isnan(found["aucpr"][0])


def test_a_metric_that_nobody_knows_is_left_out() -> None:
    assert values(binary(), ["charm"], np.ones((1, 200))) == {}
    assert values(regression(), ["ndcg"], np.ones((1, 120))) == {}


def test_matrices_of_several_variants_count_rows_by_true_and_taken_class() -> None:
    scored = multiclass(30)
    weights = np.vstack([np.ones(30), np.arange(30) % 2.0])

    both = confusions(scored, weights)

    assert both[0].tolist() == reference.confusion_matrix(scored.labels, scored.predicted).tolist()
    assert both[1].sum() == 15
    assert confusion(scored).tolist() == both[0].tolist()


def test_log_odds_become_probabilities_without_overflow() -> None:
    scored = Scored(
        Task("binary", classes=2, threshold=0.0), np.array([0.0, 1.0]), np.array([-900.0, 900.0])
    )

    assert scored.probabilities is not None
    assert scored.probabilities.tolist() == [0.0, 1.0]
    assert once(scored, "accuracy") == 1


@pytest.mark.parametrize(("scores", "expected"), [([3.0, 3.0], 1.0), ([3.0, 4.0], 0.0)])
def test_r2_of_equal_labels_is_1_or_0(scores: list[float], expected: float) -> None:
    scored = Scored(REGRESSION, np.array([3.0, 3.0]), np.array(scores))

    assert once(scored, "r2") == expected


def test_quantiles_are_judged_by_pinball_loss_coverage_and_width() -> None:
    task = Task("quantiles", quantiles=(0.1, 0.5, 0.9))
    labels = np.array([0.0, 5.0, 9.0, 20.0])
    scored = Scored(task, labels, np.tile([0.0, 5.0, 10.0], (4, 1)))

    assert once(scored, "coverage") == 0.75
    assert once(scored, "interval_width") == 10
    expected = np.mean(
        [
            reference.mean_pinball_loss(labels, scored.scores[:, i], alpha=q)
            for i, q in enumerate(task.quantiles)
        ]
    )
    assert once(scored, "pinball") == pytest.approx(expected)


def test_one_quantile_has_no_interval_to_cover() -> None:
    scored = Scored(Task("quantiles", quantiles=(0.5,)), np.zeros(3), np.zeros((3, 1)))

    assert sorted(values(scored, ["coverage", "interval_width", "pinball"], np.ones((1, 3)))) == [
        "pinball"
    ]
