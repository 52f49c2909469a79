"""What the pictures of numbers and of features draw, read back from their figures."""

from typing import Any

import numpy as np
import pytest

from container.evaluation.confidence.intervals import Confidence
from container.evaluation.pictures import contributions, numbers
from container.evaluation.results.importance import Importance
from container.evaluation.results.model_comparison import ModelComparison
from container.metrics.scored import Scored
from tests.container.support.drawings import NUMBERS, SCORED, Drawing, compared
from tests.container.support.evaluated_models import REGRESSION, judged


def test_numbers_are_drawn_as_cells_and_the_mean_of_each_tenth() -> None:
    found = Drawing(numbers.predicted_and_actual, compared(NUMBERS))

    (pane,) = found.panes
    (cells,) = pane.collections
    assert 36 <= len(cells.get_offsets()) < 100
    assert cells.get_alpha() == 0.25
    tenths, diagonal = pane.get_lines()
    assert len(tenths.get_xdata()) == 10
    assert diagonal.get_label() == "predicted = actual"
    assert pane.get_aspect() == 1
    assert pane.get_xlim() == pane.get_ylim()
    assert found.picture.alt.endswith("candidate, root mean squared error 2.236.")
    few = Drawing(numbers.predicted_and_actual, compared(Scored(REGRESSION, *np.ones((2, 3)))))
    assert len(few.panes[0].get_lines()[0].get_xdata()) == 3


def test_residuals_are_drawn_by_prediction_and_as_a_histogram() -> None:
    found = Drawing(numbers.residuals, compared(NUMBERS, NUMBERS))

    upper, below = found.panes
    assert upper.get_ylim() == (-3, 3)
    assert [line.get_label() for line in upper.get_lines()[:2]] == ["candidate", "champion"]
    ours, theirs = below.patches
    assert (ours.get_fill(), theirs.get_fill()) == (True, False)
    assert (ours.get_alpha(), theirs.get_alpha()) == (0.45, 1)
    assert max(theirs.get_path().vertices[:, 1]) == 50
    assert "candidate, mean 1, standard deviation 2" in found.picture.alt
    exact = Scored(REGRESSION, np.ones(5), np.ones(5))
    assert Drawing(numbers.residuals, compared(exact)).panes[0].get_ylim() == (-1, 1)


def weighing(count: int, *, missing: bool = False, champion: bool = False) -> ModelComparison:
    def model(names: list[str]) -> Any:
        made = judged(SCORED)
        values = Importance(names, np.arange(len(names), 0, -1.0), np.array(0), 50)
        object.__setattr__(made, "importance", values)
        return made

    names = [f"f{number}" for number in range(count)]
    theirs = model(names[1:] if missing else names) if champion else None
    return ModelComparison(model(names), theirs, None, Confidence(6))


@pytest.mark.parametrize(("count", "bars"), [(3, 3), (15, 15), (16, 15)])
def test_the_most_important_features_have_a_bar_each(count: int, bars: int) -> None:
    found = Drawing(contributions.feature_importance, weighing(count))

    pane = found.panes[0]
    assert [bar.get_width() for bar in pane.patches] == list(range(count, count - bars, -1))
    assert {bar.get_height() for bar in pane.patches} == {0.7}
    assert [label.get_text() for label in pane.get_yticklabels()][:2] == ["f0", "f1"]
    assert pane.get_ylim() == (bars - 0.4, -0.6)
    assert found.legend == []
    assert f"{bars} of {count} features" in found.texts[1]
    assert f"first: f0 {count}, f1 {count - 1}, f2 {count - 2}." in found.picture.alt


@pytest.mark.parametrize("missing", [False, True])
def test_the_champion_has_bars_beside_if_it_has_the_same_features(missing: bool) -> None:
    found = Drawing(contributions.feature_importance, weighing(3, missing=missing, champion=True))

    assert len(found.panes[0].patches) == (3 if missing else 6)
    assert found.legend == ([] if missing else ["candidate", "champion"])
    bars = found.panes[0].patches
    assert bars[0].get_y() + bars[0].get_height() / 2 == pytest.approx(0 if missing else -0.2)


def test_a_model_without_explanations_has_no_bars() -> None:
    given = weighing(3)
    object.__setattr__(given.candidate, "importance", None)

    assert Drawing(contributions.feature_importance, given).picture is None
