"""What the pictures of classes draw, read back from their figures."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

from container.evaluation.pictures import confusion, probabilities, ranking
from container.evaluation.results.model_comparison import ModelComparison
from container.metrics.scored import Scored, Task
from tests.container.support.drawings import (
    CHAMPION,
    INK,
    LABELS,
    OTHER,
    SCORED,
    Drawing,
    compared,
)
from tests.container.support.evaluated_models import BINARY


def written(drawing: Drawing) -> list[tuple[str, str, float]]:
    """Each number in a picture of cells, with its colour and its size."""
    return [(t.get_text(), to_hex(t.get_color()), t.get_fontsize()) for t in drawing.panes[0].texts]


def test_a_confusion_matrix_has_its_counts_in_letters_that_are_seen() -> None:
    found = Drawing(confusion.confusion, compared())

    white = "#ffffff"
    # 3 of 4 and 1 of 2 are the shares; above 0.55 a cell is dark.
    assert written(found) == [("3", white, 12), ("1", INK, 12), ("1", INK, 12), ("1", INK, 12)]
    assert found.texts == ["Confusion matrix", "6 held-out rows: 4 of class 0, 2 of class 1"]
    assert found.picture.alt.startswith("Confusion matrix of the candidate on 6 held-out rows")
    assert "66.7% lie on the diagonal" in found.picture.alt
    (image,) = found.panes[0].images
    assert image.get_array().tolist() == [[0.75, 0.25], [0.5, 0.5]]
    assert image.get_clim() == (0, 1)
    assert not any(spine.get_visible() for spine in found.panes[0].spines.values())
    assert not any(line.get_visible() for line in found.panes[0].get_xgridlines())


def test_the_champions_counts_are_small_and_below() -> None:
    found = Drawing(confusion.confusion, compared(champion=OTHER))

    small = [(text, colour) for text, colour, size in written(found) if size == 9]
    assert small == [("1", "#ffffff"), ("3", CHAMPION), ("0", CHAMPION), ("2", CHAMPION)]
    assert found.texts[1].endswith("; small numbers: champion")
    places = [text.get_position()[1] for text in found.panes[0].texts[:2]]
    assert places == [-0.12, 0.22]


@pytest.mark.parametrize(
    ("classes", "champions", "size", "count"),
    [(6, True, 12, 72), (7, False, 7.5, 49), (15, False, 7.5, 225), (16, False, 0, 0)],
)
def test_many_classes_leave_no_room_for_two_numbers_or_for_any(
    classes: int, champions: bool, size: float, count: int
) -> None:
    labels = np.arange(classes, dtype=float)
    scored = Scored(Task("multiclass", classes=classes), labels, np.eye(classes))

    found = Drawing(confusion.confusion, compared(scored, scored))

    assert len(written(found)) == count
    assert ("champion" in found.texts[1]) is champions
    if count:
        assert written(found)[0][2] == size


def test_classes_are_called_by_their_names() -> None:
    named = replace(SCORED, task=replace(BINARY, class_names=("no", "yes\n" + "x" * 99)))

    found = Drawing(confusion.confusion, compared(named))

    assert found.texts[1].startswith("6 held-out rows: 4 of class no, 2 of class yes?xxx")
    ticks = [tick.get_text() for tick in found.panes[0].get_xticklabels()]
    assert ticks[0] == "no"
    assert ticks[1].endswith("x…")
    assert "of class no" in Drawing(probabilities.by_true_class, compared(named)).picture.alt
    curve = Drawing(ranking.roc, compared(named)).panes[0]
    assert curve.get_xlabel().startswith("false positive rate (share of class no taken for class y")


def test_a_calibration_has_a_mark_for_each_decile_and_its_rows_below() -> None:
    found = Drawing(probabilities.reliability, compared())

    upper, below = found.panes
    assert found.legend == ["perfectly calibrated", "candidate, ECE 0.317"]
    assert below.get_yscale() == "log"
    assert below.get_xlabel() == "probability of class 1"
    assert [line.get_ydata().tolist() for line in below.get_lines()] == [[1, 1, 1, 1, 1, 1]]
    assert upper.get_xlim() == below.get_xlim() == (-0.02, 1.02)
    assert below.yaxis.get_major_formatter()(1_000, 0) == "1\u202f000"
    assert upper.collections[0].get_zorder() == 3
    both = Drawing(probabilities.reliability, compared(champion=OTHER))
    assert [line.get_color() for line in both.panes[1].get_lines()] == ["#0072B2", "#D55E00"]


def test_without_graded_probabilities_there_is_no_calibration() -> None:
    certain = Scored(BINARY, LABELS, np.round(SCORED.scores))

    assert Drawing(probabilities.reliability, compared(certain)).picture is None
    several = Scored(Task("multiclass", classes=2), LABELS, np.column_stack([SCORED.scores] * 2))
    found = Drawing(probabilities.reliability, compared(several))
    assert found.panes[1].get_xlabel() == "probability of the class taken"


def test_scores_are_shown_by_their_class_with_the_threshold_between() -> None:
    found = Drawing(probabilities.by_true_class, compared())

    (pane,) = found.panes
    assert sorted(found.legend) == ["class 0", "class 1", "threshold"]
    assert pane.get_ylabel() == "% of the class"
    assert pane.get_xlabel() == "score of class 1"
    assert found.picture.alt.endswith("Medians: candidate, 0.250 of class 0 and 0.650 of class 1.")
    fills = {patch.get_label(): patch.get_fill() for patch in pane.patches}
    assert fills == {"class 0": True, "class 1": False}
    both = Drawing(probabilities.by_true_class, compared(champion=OTHER))
    assert [each.get_ylabel() for each in both.panes] == [
        "candidate's, % of the class",
        "champion's, % of the class",
    ]


def test_log_odds_are_shown_from_the_lowest_to_the_highest() -> None:
    odds = Scored(Task("binary", classes=2, threshold=0.0), LABELS, SCORED.scores * 20 - 10)
    found = Drawing(probabilities.by_true_class, compared(odds))
    beside = Drawing(probabilities.by_true_class, compared(odds, SCORED))
    equal = Scored(odds.task, LABELS, np.ones(6))

    low, high = found.panes[0].get_xlim()
    assert low < -7
    assert high > 7
    assert found.panes[0].get_xlabel() == "score (log-odds of class 1)"
    assert beside.panes[0].get_xlim()[1] < 2
    assert Drawing(probabilities.by_true_class, compared(equal)).picture is not None


def test_a_roc_curve_has_the_models_own_threshold_on_it() -> None:
    found = Drawing(ranking.roc, compared(auc=0.75))

    curve, mark, chance, _ = found.panes[0].get_lines()
    assert curve.get_label() == "candidate, AUC 0.750 (0.500 to 1.000)"
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (0.25, 0.5)
    assert chance.get_label() == "chance, AUC 0.5"
    assert found.legend[-1] == "at the threshold 0.5"
    assert found.picture.alt.startswith("ROC curve on 6 held-out rows: 4 of class 0, 2 of class 1")
    assert Drawing(ranking.roc, compared(error=0.5)).legend[0] == "candidate"


def test_precision_is_drawn_beside_what_chance_would_give() -> None:
    found = Drawing(ranking.precision_recall, compared(champion=OTHER))

    assert found.legend[:2] == [
        "candidate, average precision 0.833",
        "champion, average precision 0.750",
    ]
    assert "chance, 0.333" in found.legend
    marks = [line for line in found.panes[0].get_lines() if line.get_markersize() == 8]
    assert (marks[0].get_xdata()[0], marks[0].get_ydata()[0]) == (0.5, 0.5)


def test_a_model_that_takes_no_row_is_precise() -> None:
    never = Scored(BINARY, LABELS, SCORED.scores / 2)
    found = Drawing(ranking.precision_recall, compared(never))

    marks = [line for line in found.panes[0].get_lines() if line.get_markersize() == 8]
    assert (marks[0].get_xdata()[0], marks[0].get_ydata()[0]) == (0, 1)


@pytest.mark.parametrize("draw", [ranking.roc, ranking.precision_recall])
def test_rows_of_one_class_cannot_be_ranked(draw: Callable[[ModelComparison], Any]) -> None:
    one = Scored(BINARY, np.zeros(3), np.array([0.1, 0.2, 0.9]))

    assert Drawing(draw, compared(one, auc=0.5)).picture is None


def test_classes_without_a_threshold_are_the_models_own() -> None:
    task = Task("binary", classes=2)
    found = Drawing(ranking.roc, compared(Scored(task, LABELS, np.round(SCORED.scores))))

    assert found.legend[-1] == "the model's own classes"
