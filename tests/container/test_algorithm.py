from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import xgboost as xgb

from container.algorithm import OF_UNKNOWN_MODELS, create
from container.contract.errors import AlgorithmError, InputError
from container.hosts.single_host import SingleHost
from container.protocol import Folds, Round, Start, Stopping
from tests.container.support.datasets import dataset, fit
from tests.container.support.world import regression_rows, simple_rows

# XGBoost advises otherwise; it learns all the same.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*You have manually specified the `updater`"),
    pytest.mark.filterwarnings("ignore:.*`booster=dart` is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`booster=gblinear` is deprecated"),
]


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
        ("reg:gamma", "gamma-deviance"),
        ("reg:tweedie", "tweedie-nloglik"),
        ("survival:aft", "aft-nloglik"),
        ("survival:cox", "cox-nloglik"),
        ("count:poisson", "poisson-nloglik"),
        ("binary:logistic", "logloss"),
        ("binary:logitraw", "logloss"),
        ("binary:hinge", "error"),
    ],
)
def test_an_objective_has_its_own_metric_when_none_is_asked_for(
    objective: str, metric: str
) -> None:
    rows = simple_rows()
    # Class 0 would be no label for reg:gamma.
    rows[:, 0] += objective in ("reg:gamma", "survival:cox")
    data = dataset(rows)

    _, values = fit({"objective": objective}, train=data, validation=data)

    assert list(values) == [f"train-{metric}", f"validation-{metric}"]


@pytest.mark.parametrize("objective", ["binary:logistic", "binary:logitraw", "binary:hinge"])
def test_accuracy_and_error_of_two_classes_agree(objective: str) -> None:
    job = {"objective": objective, "eval_metric": "error,accuracy,auc"}

    _, values = fit(job, train=dataset(simple_rows()))

    assert 0.9 < values["train-accuracy"] <= 1
    if objective != "binary:logitraw":
        assert values["train-accuracy"] == pytest.approx(1 - values["train-error"], abs=1e-6)


@pytest.mark.parametrize(
    ("objective", "metric", "classes", "printed"),
    [
        ("binary:logistic", "accuracy", 2, ["logloss", "accuracy"]),
        ("multi:softmax", "rmse,mae,mse,r2", 3, ["mlogloss", "rmse", "mae", "mse", "r2"]),
        ("rank:ndcg", "accuracy,f1", 3, ["ndcg@32", "accuracy", "f1"]),
        ("rank:pairwise", "ndcg@1.5", 3, ["ndcg@1.5"]),
        ("reg:squarederror", "balanced_accuracy", 3, ["rmse", "balanced_accuracy"]),
        ("count:poisson", "aucpr", 2, ["aucpr"]),
    ],
)
def test_metrics_are_printed_with_the_objectives_they_train_with_in_the_built_in(
    objective: str, metric: str, classes: int, printed: list[str]
) -> None:
    job = {"objective": objective, "eval_metric": metric}
    if objective.startswith("multi"):
        job["num_class"] = "3"

    _, values = fit(job, train=dataset(simple_rows(classes=classes)))

    assert list(values) == [f"train-{name}" for name in printed]
    if "mse" in printed:
        assert values["train-rmse"] ** 2 == pytest.approx(values["train-mse"])
        assert values["train-mse"] < 0.5
    if "accuracy" in printed:
        assert values["train-accuracy"] > 0.3


def test_labels_below_1_are_all_of_one_class_to_merror() -> None:
    rows = simple_rows()
    rows[:, 0] *= 0.9

    _, values = fit({"objective": "reg:logistic", "eval_metric": "merror"}, train=dataset(rows))

    assert values == {"train-merror": 0}
    with pytest.raises(
        InputError, match="labels for the metric merror must be greater than -1 and"
    ):
        fit({"objective": "reg:logistic", "eval_metric": "merror"}, train=dataset(simple_rows()))


@pytest.mark.parametrize("metric", ["error@0.5", "error@0.70", "error@0.25"])
def test_a_metric_with_a_threshold_has_the_name_that_xgboost_prints(metric: str) -> None:
    _, values = fit(
        {"objective": "binary:logistic", "eval_metric": metric}, train=dataset(simple_rows())
    )

    printed = metric.replace("error@0.70", "error@0.7").replace("error@0.5", "error")
    assert list(values) == [f"train-{printed}"]


@pytest.mark.parametrize(
    "job",
    [
        {"booster": "dart", "rate_drop": "0.3", "one_drop": "1", "normalize_type": "forest"},
        {"booster": "gblinear", "updater": "coord_descent", "lambda": "0.1"},
        {"booster": "gblinear", "updater": "shotgun"},
        {"updater": "grow_histmaker,prune"},
        {"updater": "grow_colmaker,sync"},
        {"tree_method": "hist", "sampling_method": "gradient_based", "subsample": "0.5"},
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

    assert values["train-accuracy"] > 0.7


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


@pytest.mark.parametrize("rows", [1, 2, 7, 64, 65, 300])
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


def test_what_was_predicted_stays_as_it_is_when_other_rows_and_widths_are_predicted() -> None:
    wide, narrow = (simple_rows(300)[:, : 1 + width] for width in (3, 2))
    models = {len(rows[0]) - 1: fit({}, train=dataset(rows))[0] for rows in (wide, narrow)}
    asked = [np.float32(rows[i : i + 1, 1:]) for i in range(8) for rows in (wide, narrow)]
    expected = [
        xgb.Booster(model_file=bytearray(models[row.size].dump())).predict(xgb.DMatrix(row))
        for row in asked
    ]

    def predict_all() -> list[bytes]:
        scores = [models[row.size].predict(row) for row in asked]
        return [each.tobytes() for each in scores]

    with ThreadPoolExecutor(2) as threads:
        found = [each.result() for each in [threads.submit(predict_all) for _ in range(4)]]

    assert [predict_all(), *found] == [[each.tobytes() for each in expected]] * 5


@pytest.mark.parametrize("booster", ["gbtree", "gblinear"])
def test_contributions_add_up_to_the_raw_score(booster: str) -> None:
    job = {"objective": "reg:squarederror", "booster": booster}
    algorithm, _ = fit(job, train=dataset(regression_rows()))
    features = np.ascontiguousarray(regression_rows()[:5, 1:], dtype=np.float32)

    contributions = algorithm.explain(features)

    assert contributions.shape == (5, 4)
    np.testing.assert_allclose(contributions.sum(axis=1), algorithm.predict(features), rtol=1e-4)


def test_rows_without_weight_are_not_learned_from() -> None:
    rows = simple_rows()
    weights = np.where(rows[:, 0] == 1, 1.0, 0.0)
    job = {"objective": "binary:logistic", "csv_weights": "1", "eval_metric": "accuracy,error"}
    channels = {"train": dataset(rows, weights=weights), "validation": dataset(rows)}

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
        ({"objective": "survival:aft"}, [1, 2, -1], "0 or more; got -1"),
        ({"objective": "rank:map"}, [0, 1, 2], "0 or 1; got 2"),
        ({"objective": "rank:pairwise"}, [0, 1, 0.5], "from 0 up; got 0.5"),
        ({"objective": "rank:ndcg"}, [0, 31, 32], "from 0 to 31; got 32"),
        ({"objective": "reg:squarederror"}, [0, 1, np.inf], "finite numbers; got inf"),
    ],
)
def test_labels_that_an_objective_cannot_learn_are_refused(
    job: dict[str, str], labels: list[float], demand: str
) -> None:
    rows = np.column_stack([labels, [1.0, 2.0, 3.0]])

    with pytest.raises(InputError, match=demand):
        fit(job, train=dataset(rows))


def test_what_xgboost_itself_refuses_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    # A rule of ours that says so first would hide it.
    monkeypatch.setattr("container.hyperparameters.parsing.check_dependencies", lambda *_: None)
    job = {"tree_method": "exact", "max_depth": "0"}

    with pytest.raises(AlgorithmError, match=r"^XGBoost: ") as caught:
        fit(job, train=dataset(simple_rows()))
    assert "\n" not in str(caught.value)


def test_lines_predict_as_xgboost_does() -> None:
    algorithm, _ = fit(
        {"objective": "reg:squarederror", "booster": "gblinear"}, train=dataset(regression_rows())
    )
    features = np.ascontiguousarray(regression_rows()[:5, 1:], dtype=np.float32)
    booster = xgb.Booster(model_file=bytearray(algorithm.dump()))

    np.testing.assert_array_equal(
        algorithm.predict(features), booster.predict(xgb.DMatrix(features))
    )


@pytest.mark.parametrize("booster", ["dart", "gblinear"])
def test_a_model_that_nobody_described_predicts_as_xgboost_does(booster: str) -> None:
    # Of the objective that is the default: nothing but the booster tells it from what is expected.
    job = {"objective": "reg:squarederror", "booster": booster, "num_round": "6"}
    trained, _ = fit({**job, "eta": "0.3", "seed": "3"}, train=dataset(regression_rows()))
    features = np.ascontiguousarray(regression_rows()[:20, 1:], dtype=np.float32)
    content = trained.dump()
    algorithm = create(OF_UNKNOWN_MODELS)
    algorithm.load(content)

    expected = xgb.Booster(model_file=bytearray(content)).predict(xgb.DMatrix(features))
    np.testing.assert_array_equal(algorithm.predict(features), expected)
    assert algorithm.signature()["hyperparameters"]["booster"] == booster


def test_a_training_goes_on_where_it_was_interrupted() -> None:
    data = dataset(simple_rows())
    job = {"num_round": "8", "objective": "binary:logistic", "eval_metric": "logloss,accuracy"}
    expected, values = fit(job, train=data)
    rounds: list[Round] = []

    def keep(finished: Round) -> bool:
        rounds.append(finished)
        return finished.number != 2

    first = create(job)
    first.fit({"train": data}, SingleHost(), None, keep)
    second = create(job)
    second.fit({"train": data}, SingleHost(), Start(2, first.dump()), keep)

    assert [each.number for each in rounds] == list(range(8))
    assert second.dump() == expected.dump()
    assert rounds[-1].values == values


@pytest.mark.parametrize("booster", ["gbtree", "dart", "gblinear"])
def test_every_booster_goes_on_from_its_own_model(booster: str) -> None:
    job = {"num_round": "4", "objective": "binary:logistic", "booster": booster}
    data = dataset(simple_rows())
    algorithm = create(job)
    algorithm.fit({"train": data}, SingleHost(), None, lambda finished: finished.number < 1)

    again = create(job)
    again.fit({"train": data}, SingleHost(), Start(1, algorithm.dump()), lambda finished: True)

    assert again.signature()["rounds"] == 4


def test_rounds_after_the_best_can_be_forgotten() -> None:
    rounds: dict[int, bytes] = {}
    algorithm = create({"num_round": "6", "objective": "binary:logistic"})
    algorithm.fit(
        {"train": dataset(simple_rows())},
        SingleHost(),
        None,
        lambda finished: rounds.update({finished.number: finished.model()}) is None,
    )

    algorithm.keep_rounds(3)

    assert algorithm.dump() == rounds[2]


def test_the_plan_says_what_happens_around_the_algorithm() -> None:
    job = {"num_round": "5", "objective": "multi:softmax", "num_class": "3", "csv_weights": "1"}
    more = {"early_stopping_rounds": "4", "eval_metric": "merror,f1", "_kfold": "3", "seed": "7"}

    plan = create({**job, **more, "_num_cv_round": "2", "categorical_features": "a,b"}).plan

    assert plan.stopping == Stopping("validation-f1", 4, maximise=True)
    assert plan.folds == Folds(3, repeats=2, stratified=True, seed=7)
    assert plan.categorical == ("a", "b")
    assert plan.weighted
    assert create(job).plan.stopping is None
    assert create(job).plan.folds is None


@pytest.mark.parametrize("booster", ["dart", "gblinear"])
def test_the_best_round_cannot_be_cut_out_of_every_model(booster: str) -> None:
    job = {"num_round": "5", "early_stopping_rounds": "4", "booster": booster}

    stopping = create(job).plan.stopping

    assert stopping is not None
    assert not stopping.cuttable


def test_cuda_is_refused_in_one_line_where_xgboost_has_none() -> None:
    with pytest.raises(InputError, match="device cuda needs an XGBoost built for GPUs") as caught:
        fit({"device": "cuda"}, train=dataset(simple_rows()))
    assert "\n" not in str(caught.value)


def test_cuda_is_refused_where_no_gpu_is_and_auto_takes_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xgb, "build_info", lambda: {"USE_CUDA": True})

    with pytest.raises(InputError, match="device cuda needs a GPU, and there is none"):
        fit({"device": "cuda"}, train=dataset(simple_rows()))
    fit({"device": "auto"}, train=dataset(simple_rows()))


def test_a_model_of_a_gpu_can_be_opened_without_one() -> None:
    algorithm, _ = fit({}, train=dataset(simple_rows()))

    again = create({"num_round": "10", "device": "cuda"})
    again.load(algorithm.dump())

    assert again.signature()["rounds"] == 10


def test_an_undefined_metric_is_no_reason_to_stop() -> None:
    rows = simple_rows()
    one_class = dataset(rows[rows[:, 0] == 1])
    job = {"objective": "binary:logistic", "eval_metric": "mape,logloss"}

    _, values = fit(job, train=dataset(rows), validation=one_class)

    assert np.isinf(values["train-mape"])
    assert values["validation-mape"] < 1


def test_a_model_that_answers_with_no_numbers_is_refused_whatever_is_watched() -> None:
    rows = regression_rows()
    rows[:, 0] *= 1e30
    job = {"objective": "survival:cox", "eval_metric": "mape", "min_child_weight": "0"}

    with pytest.raises(AlgorithmError, match="the model's predictions are not finite numbers"):
        fit({**job, "eta": "1", "lambda": "0"}, train=dataset(rows))


FOREIGN: list[dict[str, object]] = [
    {"objective": "binary:logistic"},
    {"objective": "binary:hinge"},
    {"objective": "multi:softprob", "num_class": 3},
    {"objective": "multi:softmax", "num_class": 3},
    {"objective": "reg:squarederror"},
    {"objective": "reg:tweedie", "tweedie_variance_power": 1.3},
    {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.9]},
    {"objective": "rank:pairwise"},
    {"objective": "survival:cox"},
    {"objective": "binary:logistic", "booster": "gblinear"},
]


@pytest.mark.parametrize("form", ["ubj", "json"])
@pytest.mark.parametrize("parameters", FOREIGN, ids=lambda job: "-".join(map(str, job.values())))
def test_a_model_without_hyperparameters_says_itself_what_it_is(
    parameters: dict[str, object], form: str
) -> None:
    labels = np.arange(60) % 3 if "num_class" in parameters else np.arange(60) % 2
    features = simple_rows()[:, 1:].astype(np.float32)
    matrix = xgb.DMatrix(features, label=labels)
    booster = xgb.train(parameters, matrix, 4)
    algorithm = create({"num_round": "1"})

    algorithm.load(bytes(booster.save_raw(form)))

    signature = algorithm.signature()
    assert signature["objective"] == parameters["objective"]
    assert signature["rounds"] == 4
    assert len(signature["features"]) == 3
    assert signature["classes"] == (
        3 if "num_class" in parameters else 2 if signature["task"] == "binary" else None
    )
    np.testing.assert_array_equal(algorithm.predict(features), booster.predict(matrix))
    again = create(signature["hyperparameters"])
    again.load(algorithm.dump())
    assert again.signature() == signature


def test_a_model_of_an_unknown_objective_is_refused_in_one_line() -> None:
    algorithm, _ = fit({"objective": "reg:squarederror"}, train=dataset(regression_rows()))
    strange = algorithm.dump().replace(b"reg:squarederror", b"rank:lambdamarts")

    with pytest.raises(InputError) as caught:
        create({"num_round": "1"}).load(strange)
    assert "\n" not in str(caught.value)


def test_several_hosts_may_train_one_model() -> None:
    assert create({"num_round": "1", "objective": "reg:squarederror"}).plan.several_hosts
