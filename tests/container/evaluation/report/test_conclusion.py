import numpy as np
import pytest

from container.evaluation.confidence.intervals import Confidence, Interval
from container.evaluation.report.conclusion import Outcome, conclude, direction, outcome
from container.evaluation.results.model_comparison import ChampionError, ModelComparison
from container.evaluation.results.number_format import grouped, number, rows_text, signed
from container.metrics.scored import Scored
from tests.container.support.evaluated_models import BINARY, binary, compared, judged, regression


@pytest.mark.parametrize(
    ("name", "low", "high", "expected"),
    [
        ("auc", 0.01, 0.02, "better"),
        ("auc", -0.02, -0.01, "worse"),
        ("auc", -0.01, 0.01, "unclear"),
        ("auc", 0.0, 0.01, "unclear"),
        ("logloss", 0.01, 0.02, "worse"),
        ("rmse", -2.0, -1.0, "better"),
        ("coverage", 0.1, 0.2, None),
    ],
)
def test_the_interval_of_a_difference_says_who_is_better(
    name: str, low: float, high: float, expected: Outcome | None
) -> None:
    assert outcome(name, Interval((low + high) / 2, low, high)) == expected


def test_readers_are_told_which_way_is_better() -> None:
    assert direction("auc") == "higher is better"
    assert direction("mlogloss") == "lower is better"
    assert direction("interval_width") == ""


def test_a_better_candidate_is_called_better_with_the_numbers() -> None:
    comparison = compared(binary(separation=3), binary(separation=1))

    found = conclude(comparison)

    assert (found.outcome, found.title) == ("better", "Better than the champion")
    ours = number(comparison.candidate.metrics["auc"])
    assert found.text.startswith(f"auc is {ours} against the champion's 0.")
    assert "on the same 200 held-out rows" in found.text
    assert "All metrics: 5 better." in found.text


def test_a_worse_candidate_is_called_worse() -> None:
    assert conclude(compared(regression(noise=3), regression(noise=1))).outcome == "worse"


def test_luck_is_not_called_better() -> None:
    found = conclude(compared(binary(40), binary(40, seed=5)))

    assert found.outcome == "unclear"
    assert found.title == "No clear difference from the champion"


def test_without_a_champion_the_candidate_stands_alone() -> None:
    found = conclude(compared(binary()))

    assert found.outcome is None
    assert found.title == "No champion to compare with"
    assert "with 95 % confidence between" in found.text


def test_a_champion_that_failed_is_quoted() -> None:
    found = conclude(compared(binary(), champion_error=ChampionError("its archive is broken")))

    assert found.title == "The champion could not be evaluated"
    assert found.text.startswith("its archive is broken. The candidate's auc is")


def test_a_candidate_for_other_columns_is_called_that_in_the_first_line() -> None:
    error = ChampionError("its model takes 13 features but the candidate's takes 5", True)

    found = conclude(compared(binary(), champion_error=error))

    assert found.title.startswith("Takes other columns or has another task than the champion")
    assert "requests that work today may fail" in found.title
    assert found.text.startswith("its model takes 13 features but the candidate's takes 5.")


def test_rows_without_any_metric_are_said_to_have_none() -> None:
    scored = Scored(BINARY, np.ones(1), np.ones(1))
    comparison = ModelComparison(judged(scored, {}), None, None, Confidence(1))

    assert conclude(comparison).text == "No metric is defined on these 1 held-out row."


def test_metrics_without_direction_tell_nobody_apart() -> None:
    ours = judged(regression(), {"coverage": 0.9})
    difference = {"coverage": Interval(0.1, 0.05, 0.15)}
    comparison = ModelComparison(ours, ours, None, Confidence(120, difference=difference))

    assert conclude(comparison).title == "No metric tells them apart"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (0.99123, "0.9912"),
        (1.1105, "1.111"),
        (67.271, "67.27"),
        (2421.2, "2\u202f421"),
        (362_794.6, "362\u202f795"),
        (1.25e-5, "1.25e-05"),
        (-0.0106, "\N{MINUS SIGN}0.0106"),
        (3e13, "3.00e+13"),
    ],
)
def test_numbers_are_shown_as_people_read_them(value: float, shown: str) -> None:
    assert number(value) == shown


def test_differences_have_a_sign_and_rows_a_plural() -> None:
    assert (signed(0.5), signed(-0.5), signed(0)) == ("+0.5000", "\N{MINUS SIGN}0.5000", "0")
    assert (rows_text(1), rows_text(2)) == ("1 held-out row", "2 held-out rows")
    assert grouped(12_000) == "12\u202f000"
