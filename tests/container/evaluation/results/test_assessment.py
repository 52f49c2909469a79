import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from container.algorithm import create
from container.evaluation.confidence import resampling
from container.evaluation.confidence.intervals import Confidence
from container.evaluation.results.assessment import assess
from container.evaluation.results.evaluated_model import EvaluatedModel
from container.formats.dataset import Batch, Dataset
from container.formats.schema import Schema
from container.hosts.single_host import SingleHost
from container.metrics.scored import Scored, Task
from tests.container.support.evaluated_models import binary, judged, multiclass, regression
from tests.container.support.world import Rows, regression_rows, simple_rows


def judged_by_xgboost(job: dict[str, str], rows: Rows, *, weighted: bool = False) -> EvaluatedModel:
    """What XGBoost itself reports of a model on the rows it learned from."""
    features = rows[:, 1:].astype(np.float32)
    labels = rows[:, 0].astype(np.float32)
    weights = (1 + np.arange(len(rows)) % 3).astype(np.float32) if weighted else None
    table = pa.table({f"f{i}": column for i, column in enumerate(features.T)})
    data = Dataset.of(Schema.of_numbers(features.shape[1]), Batch(table, labels, weights))
    algorithm = create({"num_round": "3", "max_depth": "2", **job})
    algorithm.fit({"train": data}, SingleHost(), None, lambda _: True)
    signature = algorithm.signature()
    scored = Scored(
        Task.of(signature),
        labels.astype(np.float64),
        algorithm.predict(features).astype(np.float64),
        None if weights is None else weights.astype(np.float64),
    )
    metrics = algorithm.evaluate(data, signature["evaluation_metrics"])
    return EvaluatedModel(signature, scored, metrics)


TWO = "auc,aucpr,logloss,error@0.3,balanced_accuracy,f1_macro,precision,recall,recall_macro"
MANY = "mlogloss,merror,balanced_accuracy,precision_macro,precision_micro,recall_micro"
NUMBERS = "rmse,rmsle,mae,mape,mphe,gamma-deviance,gamma-nloglik,poisson-nloglik,tweedie-nloglik"


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize(
    ("objective", "metrics"),
    [
        ("binary:logistic", TWO),
        ("binary:logitraw", TWO),
        ("binary:hinge", "error,f1_binary"),
        ("multi:softprob", MANY),
        ("reg:squarederror", "rmse,mae,mse,r2"),
        ("reg:gamma", NUMBERS),
        ("reg:logistic", "rmse,logloss,error"),
    ],
)
def test_every_metric_that_xgboost_reports_has_an_interval(
    objective: str, metrics: str, weighted: bool
) -> None:
    rows = simple_rows(90, classes=3 if "multi" in objective else 2)
    if objective.startswith("reg:"):
        rows = regression_rows()
    if objective == "reg:logistic":
        rows[:, 0] = (rows[:, 0] - 5) / 20
    job = {"objective": objective, "eval_metric": metrics}
    if "multi" in objective:
        job["num_class"] = "3"
    if weighted:
        job["csv_weights"] = "1"

    evaluated = judged_by_xgboost(job, rows, weighted=weighted)
    found = assess(evaluated, None)

    assert sorted(found.candidate) == sorted(evaluated.metrics)
    for name, interval in found.candidate.items():
        assert interval.low <= evaluated.metrics[name] <= interval.high, name
        assert interval.value == evaluated.metrics[name], name


def test_a_metric_that_is_not_the_one_we_know_has_no_interval() -> None:
    scored = binary()

    found = assess(judged(scored, {"accuracy": 0.123, "charm": 0.5}), None)

    assert dict(found.candidate) == {}


def test_a_champion_brings_the_intervals_of_the_difference() -> None:
    found = assess(judged(binary(separation=3)), judged(binary(separation=1))).to_json()

    assert sorted(found) == [
        "champion_metrics",
        "difference",
        "level",
        "metrics",
        "resamples",
        "rows",
    ]
    auc = found["difference"]["auc"]
    assert 0 < auc["low"] < auc["value"] < auc["high"]
    assert found["difference"]["logloss"]["high"] < 0


def test_the_same_model_twice_does_not_differ() -> None:
    for scored in (binary(), multiclass(), regression()):
        found = assess(judged(scored), judged(scored))

        for name, interval in found.difference.items():
            assert interval.value == 0, name
            assert interval.low <= 0 <= interval.high, name


def test_pairs_stay_pairs() -> None:
    scored = regression(noise=5)
    slightly_worse = replace(scored, scores=scored.scores * 1.001)

    found = assess(judged(slightly_worse), judged(scored))

    alone = found.candidate["mae"]
    between = found.difference["mae"]
    assert between.high - between.low < 0.01 * (alone.high - alone.low)


def test_a_metric_without_errors_is_not_certain() -> None:
    found = assess(judged(binary(50, separation=10)), judged(binary(50, separation=10, seed=1)))

    for name in ("auc", "accuracy", "f1"):
        assert found.candidate[name].value == 1
        assert 0.7 < found.candidate[name].low < 0.97, name
        assert found.difference[name].low < 0 < found.difference[name].high, name


def test_many_rows_are_thinned_out_and_the_intervals_are_those_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evaluated = judged(binary(8_000, separation=1.0))
    of_all = assess(evaluated, None)

    monkeypatch.setattr(resampling, "MAX_ROWS", 2_000)
    of_some = assess(evaluated, None)

    assert (of_all.drawn_from, of_some.drawn_from) == (8_000, 2_000)
    for name, interval in of_all.candidate.items():
        width = interval.high - interval.low
        thinned = of_some.candidate[name]
        assert thinned.high - thinned.low == pytest.approx(width, rel=0.15), name
        assert thinned.low == pytest.approx(interval.low, abs=0.2 * width), name


def test_the_same_rows_give_the_same_intervals() -> None:
    first, second = (assess(judged(binary()), judged(binary(seed=3))) for _ in range(2))

    assert json.dumps(first.to_json()) == json.dumps(second.to_json())
    assert first.deviations == second.deviations


@pytest.mark.parametrize("kind", ["ranking", "survival"])
def test_rows_that_belong_together_are_not_drawn_one_by_one(kind: str) -> None:
    scored = replace(regression(), task=Task(kind))

    found = assess(judged(scored, {"ndcg": 0.5}), None)

    assert found == Confidence(120)
    assert found.to_json()["metrics"] == {}


def test_one_row_has_metrics_and_no_interval() -> None:
    found = assess(judged(binary(1)), None)

    assert found == Confidence(1)


def test_rows_of_one_class_have_the_intervals_that_are_defined() -> None:
    scored = binary(60).take(np.arange(20))

    found = assess(judged(scored), judged(scored))

    assert "auc" not in found.candidate
    assert {"accuracy", "error", "logloss"} <= set(found.candidate)


def test_constant_labels_have_intervals_of_errors() -> None:
    scored = Scored(Task("regression"), np.full(30, 4.0), np.linspace(3, 5, 30))

    found = assess(judged(scored), None)

    assert {"rmse", "mae", "mse"} <= set(found.candidate)
    assert all(interval.is_finite for interval in found.candidate.values())


def test_coverage_of_quantiles_is_a_share() -> None:
    scored = regression(200)
    task = Task("quantiles", quantiles=(0.1, 0.9))
    both = np.column_stack([scored.scores - 1.3, scored.scores + 1.3])
    quantiles = Scored(task, scored.labels, both)
    covered = float(np.mean(np.abs(scored.labels - scored.scores) <= 1.3))

    found = assess(judged(quantiles, {"coverage": covered}), None)

    assert 0.7 < found.candidate["coverage"].low < covered < found.candidate["coverage"].high < 0.9
