import numpy as np
import pyarrow as pa
import pytest
import xgboost as xgb

from container.algorithm import create
from container.contract.errors import AlgorithmError, InputError
from container.formats.dataset import Batch, Dataset
from container.formats.schema import Schema
from container.protocol import Algorithm, Round
from container.training.hosts import OneHost
from tests.container.world import Rows, regression_rows, simple_rows


def dataset(rows: Rows, weights: Rows | None = None) -> Dataset:
    columns = {f"f{i}": column for i, column in enumerate(rows[:, 1:].T.astype(np.float32))}
    given = None if weights is None else weights.astype(np.float32)
    batch = Batch(pa.table(columns), rows[:, 0].astype(np.float32), given)
    return Dataset.of(Schema.of_numbers(len(columns)), batch)


def fit(job: dict[str, str], **channels: Dataset) -> tuple[Algorithm, dict[str, float]]:
    """A trained algorithm and the values of its last round."""
    rounds: list[Round] = []

    def keep(finished: Round) -> bool:
        rounds.append(finished)
        return True

    algorithm = create({"num_round": "10", **job})
    algorithm.fit(channels, OneHost(), None, keep)
    return algorithm, dict(rounds[-1].values)


@pytest.mark.parametrize("objective", ["multi:softprob", "multi:softmax"])
def test_three_classes_are_learned(objective: str) -> None:
    data = dataset(simple_rows(90, classes=3))
    job = {"objective": objective, "num_class": "3", "eval_metric": "mlogloss,merror,accuracy"}

    algorithm, values = fit(job, train=data)

    assert algorithm.signature()["classes"] == 3
    assert values["train-accuracy"] > 0.9
    assert values["train-accuracy"] == pytest.approx(1 - values["train-merror"], abs=1e-5)


@pytest.mark.parametrize(
    "objective", ["reg:squarederror", "reg:linear", "reg:tweedie", "reg:gamma"]
)
def test_numbers_are_learned(objective: str) -> None:
    job = {"num_round": "40", "objective": objective, "eval_metric": "rmse,r2"}

    algorithm, values = fit(job, train=dataset(regression_rows()))

    assert algorithm.signature()["task"] == "regression"
    assert values["train-r2"] > 0.8


@pytest.mark.parametrize(
    ("objective", "metric"),
    [
        ("reg:logistic", "rmse"),
        ("reg:absoluteerror", "mae"),
        ("reg:pseudohubererror", "mphe"),
        ("reg:squaredlogerror", "rmsle"),
        ("reg:tweedie", "tweedie-nloglik"),
        ("count:poisson", "poisson-nloglik"),
        ("binary:logistic", "logloss"),
        ("binary:logitraw", "logloss"),
        ("binary:hinge", "error"),
    ],
)
def test_an_objective_has_its_own_metric_when_none_is_asked_for(
    objective: str, metric: str
) -> None:
    data = dataset(simple_rows())

    _, values = fit({"objective": objective}, train=data, validation=data)

    assert list(values) == [f"train-{metric}", f"validation-{metric}"]


@pytest.mark.parametrize("objective", ["binary:logistic", "binary:logitraw", "binary:hinge"])
def test_accuracy_and_error_of_two_classes_agree(objective: str) -> None:
    job = {"objective": objective, "eval_metric": "error,accuracy,auc"}

    _, values = fit(job, train=dataset(simple_rows()))

    assert 0.9 < values["train-accuracy"] <= 1
    if objective != "binary:logitraw":
        assert values["train-accuracy"] == pytest.approx(1 - values["train-error"], abs=1e-6)


@pytest.mark.parametrize("metric", ["error@0.5", "error@0.70", "error@0.25"])
def test_a_metric_with_a_threshold_keeps_its_name(metric: str) -> None:
    _, values = fit(
        {"objective": "binary:logistic", "eval_metric": metric}, train=dataset(simple_rows())
    )

    assert list(values) == [f"train-{metric}"]


@pytest.mark.parametrize(
    "job",
    [
        {"booster": "dart", "rate_drop": "0.3"},
        {"tree_method": "exact"},
        {"tree_method": "approx", "max_bin": "16"},
        {"grow_policy": "lossguide", "max_leaves": "4", "tree_method": "hist"},
        {"num_parallel_tree": "3", "subsample": "0.5", "colsample_bynode": "0.5"},
        {"tree_method": "hist", "monotone_constraints": "(1,0,0)"},
        {"tree_method": "hist", "interaction_constraints": "[[0, 1], [2]]"},
        {"sketch_eps": "0.1", "predictor": "auto", "dsplit": "row"},
    ],
)
def test_the_built_ins_ways_to_grow_trees_work(job: dict[str, str]) -> None:
    job = {"objective": "binary:logistic", "eval_metric": "accuracy", **job}

    _, values = fit(job, train=dataset(simple_rows()))

    assert values["train-accuracy"] > 0.8


def test_a_dumped_model_predicts_as_before() -> None:
    rows = simple_rows()
    job = {"num_round": "10", "objective": "binary:logistic"}
    algorithm, _ = fit(job, train=dataset(rows))
    features = rows[:, 1:].astype(np.float32)
    features[0, 0] = np.nan

    again = create(job)
    again.load(algorithm.dump())

    assert algorithm.dump().startswith(b"{L")
    np.testing.assert_array_equal(again.predict(features), algorithm.predict(features))
    assert len(again.signature()["features"]) == 3


def test_bytes_that_are_no_model_are_refused_in_one_line() -> None:
    with pytest.raises(InputError, match="XGBoost cannot read it") as caught:
        create({"num_round": "1"}).load(b"{L nonsense")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rows", [1, 7, 300])
@pytest.mark.parametrize(
    "job",
    [
        {"objective": "binary:logistic"},
        {"objective": "multi:softprob", "num_class": "2"},
        {"objective": "reg:squarederror"},
        {"objective": "binary:logistic", "booster": "dart", "rate_drop": "0.5"},
    ],
    ids=lambda job: "-".join(job.values()),
)
def test_the_shortcut_to_xgboost_answers_bit_by_bit_as_the_long_way(
    job: dict[str, str], rows: int
) -> None:
    algorithm, _ = fit(job, train=dataset(simple_rows(300)))
    features = np.ascontiguousarray(simple_rows(rows, seed=5)[:, 1:], dtype=np.float32)
    features[0, 1] = np.nan
    booster = xgb.Booster(model_file=bytearray(algorithm.dump()))

    expected = booster.predict(xgb.DMatrix(features))

    assert algorithm.predict(features).tobytes() == expected.tobytes()


def test_contributions_add_up_to_the_raw_score() -> None:
    algorithm, _ = fit({"objective": "reg:squarederror"}, train=dataset(regression_rows()))
    features = np.ascontiguousarray(regression_rows()[:5, 1:], dtype=np.float32)

    contributions = algorithm.explain(features)

    assert contributions.shape == (5, 4)
    np.testing.assert_allclose(contributions.sum(axis=1), algorithm.predict(features), rtol=1e-5)


def test_rows_without_weight_are_not_learned_from() -> None:
    rows = simple_rows()
    weights = np.where(rows[:, 0] == 1, 1.0, 0.0)
    job = {"objective": "binary:logistic", "csv_weights": "1", "eval_metric": "accuracy,error"}
    channels = {"train": dataset(rows, weights), "validation": dataset(rows)}

    # Class 0 weighs nothing, so everything looks like class 1.
    _, values = fit({**job, "base_score": "0.5", "eta": "1"}, **channels)

    assert values["validation-accuracy"] == pytest.approx(0.5)
    assert values["train-accuracy"] == 1.0 - values["train-error"] == 1.0


@pytest.mark.parametrize(
    ("job", "labels", "demand"),
    [
        ({"objective": "binary:logistic"}, [0, 1, 2], "0 or 1; got 2"),
        ({"objective": "binary:hinge"}, [0, 1, 0.5], "0 or 1; got 0.5"),
        ({"objective": "multi:softmax", "num_class": "2"}, [0, 1, 2], "below num_class; got 2"),
        ({"objective": "multi:softmax", "num_class": "2"}, [0, 1, -1], "below num_class; got -1"),
        ({"objective": "reg:logistic"}, [0, 1, 1.5], "between 0 and 1; got 1.5"),
        ({"objective": "count:poisson"}, [0, 1, -1], "0 or more; got -1"),
        ({"objective": "reg:gamma"}, [1, 2, 0], "greater than 0; got 0"),
        ({"objective": "reg:squaredlogerror"}, [0, 1, -1], "greater than -1; got -1"),
    ],
)
def test_labels_that_an_objective_cannot_learn_are_refused(
    job: dict[str, str], labels: list[float], demand: str
) -> None:
    rows = np.column_stack([labels, [1.0, 2.0, 3.0]])

    with pytest.raises(InputError, match=demand):
        fit(job, train=dataset(rows))


def test_what_xgboost_itself_refuses_is_one_line() -> None:
    job = {"tree_method": "hist", "monotone_constraints": "(1,0,0,0,0,0)"}

    with pytest.raises(AlgorithmError, match=r"^XGBoost: ") as caught:
        fit(job, train=dataset(simple_rows()))
    assert "\n" not in str(caught.value)
