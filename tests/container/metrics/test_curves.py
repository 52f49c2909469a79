import numpy as np
import pytest
from sklearn import metrics as reference

from container.metrics.curves import calibration, ranking
from container.metrics.scored import Scored, Task
from tests.container.support.evaluated_models import BINARY, binary, multiclass


def test_the_roc_curve_is_scikit_learns() -> None:
    scored = binary(80)
    rates, recalls, _ = reference.roc_curve(scored.labels, scored.scores, drop_intermediate=False)

    found = ranking(scored)

    assert found is not None
    np.testing.assert_allclose(found.false_positive_rates, rates)
    np.testing.assert_allclose(found.recalls, recalls)


def test_precision_is_scikit_learns_at_every_recall() -> None:
    scored = binary(80)
    scored = Scored(BINARY, scored.labels, scored.scores.round(1))
    precisions, recalls, _ = reference.precision_recall_curve(scored.labels, scored.scores)

    found = ranking(scored)

    assert found is not None
    np.testing.assert_allclose(found.precisions[1:], precisions[:-1][::-1])
    np.testing.assert_allclose(found.recalls[1:], recalls[:-1][::-1])


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_rows_of_one_class_cannot_be_ranked(label: float) -> None:
    assert ranking(Scored(BINARY, np.full(5, label), np.linspace(0, 1, 5))) is None


def test_calibration_compares_what_was_promised_with_what_happened() -> None:
    scores = np.array([0.12, 0.18, 0.95, 1.0])
    scored = Scored(BINARY, np.array([0.0, 1.0, 1.0, 1.0]), scores)

    found = calibration(scored)

    assert found is not None
    assert found.promised.tolist() == pytest.approx([0.15, 0.975])
    assert found.happened.tolist() == [0.5, 1.0]
    assert found.counts.tolist() == [2, 2]
    assert found.expected_error == pytest.approx((0.35 + 0.025) / 2)


def test_probabilities_that_come_true_are_calibrated() -> None:
    found = calibration(binary(20_000))

    assert found is not None
    assert found.expected_error < 0.015


def test_of_several_classes_the_class_taken_is_judged() -> None:
    scored = multiclass(60)

    found = calibration(scored)

    assert found is not None
    hits = float((found.happened * found.counts).sum())
    assert hits == pytest.approx(float((scored.labels == scored.predicted).sum()))


@pytest.mark.parametrize(
    "scored",
    [
        Scored(BINARY, np.array([0.0, 1.0]), np.array([0.0, 1.0])),
        Scored(Task("multiclass", classes=3), np.array([0.0, 2.0]), np.array([0.0, 1.0])),
        Scored(Task("regression"), np.array([0.2, 0.4]), np.array([0.3, 0.5])),
    ],
    ids=["yes or no", "classes", "numbers"],
)
def test_answers_that_are_no_graded_probabilities_have_no_calibration(scored: Scored) -> None:
    assert calibration(scored) is None
