"""Tables of the report, by comparisons of a few rows."""

import re

import numpy as np
import pytest

from container.evaluation.confidence.intervals import Confidence, Interval
from container.evaluation.report.tables import classes, confusions, importance, metrics
from container.evaluation.results.importance import Importance
from container.evaluation.results.model_comparison import ModelComparison
from container.metrics.scored import Scored, Task
from tests.container.support.evaluated_models import BINARY, REGRESSION, judged

SCORED = Scored(BINARY, np.array([0.0, 0, 1, 1]), np.array([0.2, 0.6, 0.4, 0.9]))
NUMBERS = Scored(REGRESSION, np.array([1.0, 2, 3]), np.array([1.0, 2, 4]))


def comparison(
    candidate: Scored = SCORED,
    champion: Scored | None = None,
    confidence: Confidence | None = None,
    **metrics: float,
) -> ModelComparison:
    ours = judged(candidate, metrics or {"auc": 0.75})
    theirs = None if champion is None else judged(champion, {"auc": 0.5})
    return ModelComparison(ours, theirs, None, confidence or Confidence(4))


def cells(markup: str) -> list[list[str]]:
    """The text of each cell, row by row; a note stands behind a bar."""
    rows = re.findall(r"<tr>(.*?)</tr>", markup, re.DOTALL)
    plain = [re.sub("<small>", "|", row) for row in rows]
    return [
        [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)]
        for row in plain
    ]


CALIBRATION = ["calibration error|expected (ECE), lower is better", "0.3750"]


def test_a_metric_is_shown_with_its_direction_and_its_interval() -> None:
    found = comparison(confidence=Confidence(4, {"auc": Interval(0.75, 0.5, 1)}))

    assert cells(metrics(found)) == [
        ["metric", "candidate"],
        ["auc|higher is better", "0.7500|0.5000 to 1.000"],
        CALIBRATION,
    ]
    assert "Metrics on 4 held-out rows, with 95 % intervals" in metrics(found)


@pytest.mark.parametrize(
    ("difference", "shown"),
    [
        (None, "\N{EN DASH}"),
        (Interval(0.25, 0.1, 0.4), "+0.2500 better|+0.1000 to +0.4000"),
        (Interval(-0.25, -0.4, -0.1), "\u22120.2500 worse|\u22120.4000 to \u22120.1000"),
        (Interval(0.25, -0.1, 0.4), "+0.2500 unclear|\u22120.1000 to +0.4000"),
    ],
)
def test_a_difference_is_shown_with_what_it_means(difference: Interval | None, shown: str) -> None:
    given = {} if difference is None else {"auc": difference}
    found = comparison(champion=SCORED, confidence=Confidence(4, difference=given))

    assert cells(metrics(found)) == [
        ["metric", "candidate", "champion", "difference"],
        ["auc|higher is better", "0.7500", "0.5000", shown],
        [*CALIBRATION, "0.3750", ""],
    ]


def test_a_metric_that_the_champion_lacks_is_a_dash() -> None:
    found = comparison(champion=SCORED, f1=0.5)

    assert cells(metrics(found))[1] == [
        "f1|macro: the mean over classes; higher is better",
        "0.5000",
        "\N{EN DASH}",
        "\N{EN DASH}",
    ]


def test_numbers_have_no_calibration() -> None:
    found = comparison(NUMBERS, rmse=0.5)

    assert cells(metrics(found)) == [["metric", "candidate"], ["rmse|lower is better", "0.5000"]]


def test_a_champion_without_probabilities_has_no_calibration() -> None:
    certain = Scored(BINARY, SCORED.labels, np.array([0.0, 1, 0, 1]))

    assert cells(metrics(comparison(champion=certain)))[-1] == [*CALIBRATION, "\N{EN DASH}", ""]
    assert cells(metrics(comparison(certain, SCORED)))[-1][0].startswith("auc")


@pytest.mark.parametrize(
    ("quantiles", "name"),
    [((0.1, 0.5, 0.9), "coverage (meant: 0.8)"), ((0.5,), "coverage"), ((), "coverage")],
)
def test_a_coverage_says_what_was_meant(quantiles: tuple[float, ...], name: str) -> None:
    scored = Scored(
        Task("quantiles", quantiles=quantiles), np.zeros(2), np.zeros((2, max(len(quantiles), 1)))
    )

    assert cells(metrics(comparison(scored, coverage=0.5)))[1] == [name, "0.5000"]
    assert cells(metrics(comparison(scored, pinball=0.5)))[1][0].startswith("pinball")


def test_a_confusion_matrix_counts_rows_and_marks_the_hits() -> None:
    (found,) = confusions(comparison())

    assert cells(found) == [
        ["true class", "taken for 0", "taken for 1"],
        ["class 0", "1", "1"],
        ["class 1", "1", "1"],
    ]
    assert re.findall(r'<td( class="hit")?>', found) == [' class="hit"', "", "", ' class="hit"']
    assert "Confusion matrix of the candidate, rows" in found
    assert len(confusions(comparison(champion=SCORED))) == 2


@pytest.mark.parametrize(("count", "tables"), [(25, 1), (26, 0)])
def test_more_classes_than_fit_have_no_confusion_matrix(count: int, tables: int) -> None:
    scored = Scored(Task("multiclass", classes=count), np.zeros(1), np.eye(count)[:1])

    assert len(confusions(comparison(scored, merror=0.5))) == tables


def test_numbers_have_no_classes() -> None:
    assert confusions(comparison(NUMBERS, rmse=0.5)) == []
    assert classes(comparison(NUMBERS, rmse=0.5)) == []


def test_each_class_has_precision_and_recall_beside_the_champions() -> None:
    always = Scored(BINARY, SCORED.labels, np.full(4, 0.9))
    (alone,) = classes(comparison())
    (both,) = classes(comparison(champion=always))

    assert cells(alone) == [
        ["class", "rows", "precision", "recall", "F1"],
        ["class 0", "2", "0.500", "0.500", "0.500"],
        ["class 1", "2", "0.500", "0.500", "0.500"],
    ]
    assert cells(both)[1:] == [
        ["class 0", "2", *["0.500|champion 0.000"] * 3],
        [
            *("class 1", "2", "0.500|champion 0.500", "0.500|champion 1.000"),
            "0.500|champion 0.667",
        ],
    ]


@pytest.mark.parametrize("count", [3, 30, 31])
def test_the_most_important_features_are_listed(count: int) -> None:
    found = comparison()
    names = [f"f{number}" for number in range(count)]
    values = Importance(names, np.arange(count, 0, -1.0), np.array(0), 50)
    model = judged(SCORED, {"auc": 0.75})
    object.__setattr__(model, "importance", values)
    object.__setattr__(found, "candidate", model)

    (markup,) = importance(found)

    rows = cells(markup)
    assert rows[0] == ["feature", "contribution"]
    assert [row[0] for row in rows[1:]] == names[:30]
    assert f"{min(count, 30)} of {count} features, on 50 held-out rows" in markup


def test_a_model_without_explanations_has_no_important_features() -> None:
    found = comparison()
    object.__setattr__(found.candidate, "importance", None)

    assert importance(found) == []
