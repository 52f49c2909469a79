"""What follows from valid hyperparameters, one at a time."""

import pytest

from container.contract.errors import InputError
from container.hyperparameters import values
from container.hyperparameters.parsing import parse
from container.hyperparameters.values import Hyperparameters, count_workers, resolve_device


def chosen(**more: str) -> Hyperparameters:
    return parse({"num_round": "5", "objective": "binary:logistic", **more})


def test_xgboost_is_given_the_objective_and_a_seed_that_moves_with_the_first_round() -> None:
    job = chosen(seed="7", eta="0.1")

    assert job.parameters(0, None, "cpu") == {
        "eta": "0.1",
        "objective": "binary:logistic",
        "seed": 7,
    }
    assert job.parameters(3, 2, "cuda") == {
        "eta": "0.1",
        "objective": "binary:logistic",
        "seed": 10,
        "nthread": 2,
        "device": "cuda",
    }
    assert chosen(seed="2147483646").parameters(2, None, "cpu")["seed"] == 0


@pytest.mark.parametrize(
    ("rows", "width", "threads"), [(199_999, 1, 1), (200_000, 1, None), (10, 20_000, None)]
)
def test_little_data_is_learned_by_one_thread(rows: int, width: int, threads: int | None) -> None:
    assert chosen().threads(rows, width) == threads
    assert chosen(nthread="3").threads(rows, width) == 3


@pytest.mark.parametrize(
    ("objective", "more", "classes"),
    [
        ("binary:hinge", {}, 2),
        ("multi:softprob", {"num_class": "3"}, 3),
        ("reg:logistic", {}, None),
        ("rank:map", {}, None),
    ],
)
def test_only_classification_has_classes(
    objective: str, more: dict[str, str], classes: int | None
) -> None:
    assert chosen(objective=objective, **more).classes == classes


@pytest.mark.parametrize(
    ("more", "stopping"),
    [
        ({}, None),
        ({"early_stopping_rounds": "3"}, ("validation-logloss", 3, False, True)),
        (
            {"early_stopping_rounds": "1", "eval_metric": "auc"},
            ("validation-auc", 1, True, True),
        ),
        (
            {"early_stopping_rounds": "3", "booster": "dart"},
            ("validation-logloss", 3, False, False),
        ),
        (
            {"early_stopping_rounds": "3", "booster": "gblinear"},
            ("validation-logloss", 3, False, False),
        ),
    ],
)
def test_early_stopping_watches_a_metric_and_cuts_trees_alone(
    more: dict[str, str], stopping: object
) -> None:
    assert chosen(**more).stopping == stopping


@pytest.mark.parametrize(
    ("more", "folds"),
    [
        ({}, None),
        ({"_kfold": "4"}, (4, 1, True, 0)),
        ({"_kfold": "4", "_num_cv_round": "2", "seed": "9"}, (4, 2, True, 9)),
        ({"_kfold": "2", "objective": "reg:squarederror"}, (2, 1, False, 0)),
    ],
)
def test_folds_are_repeated_and_spread_classes_evenly(more: dict[str, str], folds: object) -> None:
    assert chosen(**more).folds == folds


@pytest.mark.parametrize(
    ("more", "name", "value"),
    [
        ({}, "weighted", False),
        ({"csv_weights": "0"}, "weighted", False),
        ({"csv_weights": "1"}, "weighted", True),
        ({}, "stops_with_model", False),
        ({"save_model_on_termination": "false"}, "stops_with_model", False),
        ({"save_model_on_termination": "true"}, "stops_with_model", True),
        ({}, "categorical", ()),
        ({"categorical_features": "b, 3"}, "categorical", ("b", "3")),
        ({}, "booster_name", "gbtree"),
        ({"booster": "dart"}, "booster_name", "dart"),
        ({}, "bins", None),
        ({"max_bin": "16"}, "bins", 16),
        ({}, "has_row_weights", True),
        ({"objective": "rank:ndcg"}, "has_row_weights", False),
        ({}, "device", "auto"),
        ({"device": "cuda"}, "device", "cuda"),
        ({"tree_method": "exact"}, "device", "cpu"),
        ({"booster": "gblinear"}, "device", "cpu"),
        ({}, "binned", True),
        ({"tree_method": "auto"}, "binned", True),
        ({"tree_method": "hist"}, "binned", True),
        ({"tree_method": "approx"}, "binned", False),
        ({"tree_method": "exact"}, "binned", False),
        ({"booster": "gblinear"}, "binned", False),
        ({"updater": "grow_quantile_histmaker"}, "binned", False),
    ],
)
def test_a_hyperparameter_decides_one_thing(more: dict[str, str], name: str, value: object) -> None:
    assert getattr(chosen(**more), name) == value


@pytest.mark.parametrize(
    ("asked", "in_memory", "used"),
    [
        ("auto", True, False),
        ("auto", False, True),
        ("always", True, True),
        ("always", False, True),
        ("never", True, False),
        ("never", False, False),
    ],
)
def test_data_stays_on_disk_where_that_is_asked_for_or_needed(
    asked: str, in_memory: bool, used: bool
) -> None:
    assert chosen(external_memory=asked).uses_external_memory(in_memory) is used
    assert chosen().uses_external_memory(in_memory) is not in_memory


def test_data_too_large_for_a_method_of_values_is_refused_with_the_method_that_takes_it() -> None:
    job = chosen(tree_method="exact")

    assert not job.uses_external_memory(in_memory=True)
    with pytest.raises(InputError, match="too large for memory; set tree_method to hist"):
        job.uses_external_memory(in_memory=False)


def test_a_signature_says_what_predictions_mean() -> None:
    assert chosen(eval_metric="auc,error@0.7").described() == {
        "task": "binary",
        "objective": "binary:logistic",
        "classes": 2,
        "threshold": 0.5,
        "metrics": ["auc", "error@0.7"],
        "evaluation_metrics": ["auc", "logloss", "error", "accuracy", "f1", "error@0.7"],
    }
    quantiles = chosen(objective="reg:quantileerror", quantile_alpha="0.1,0.9").described()
    assert quantiles["quantiles"] == [0.1, 0.9]


@pytest.mark.parametrize(
    ("more", "printed", "computed"),
    [
        ({}, {"logloss": "logloss"}, []),
        ({"objective": "reg:absoluteerror"}, {"mae": "mae"}, []),
        ({"objective": "reg:absoluteerror", "eval_metric": "mae"}, {}, ["mae"]),
        (
            {"objective": "reg:absoluteerror", "_tuning_objective_metric": "validation:mae"},
            {},
            ["mae"],
        ),
        ({"eval_metric": "auc,f1"}, {"auc": "auc"}, ["f1"]),
        ({"eval_metric": "error@0.5"}, {"error": "error"}, []),
        ({"eval_metric": "error@0.70"}, {"error@0.7": "error@0.7"}, []),
        ({"eval_metric": "error"}, {"error": "error"}, []),
        ({"eval_metric": "ndcg@5"}, {"ndcg@5": "ndcg@5"}, []),
        ({"eval_metric": "ndcg@1.50"}, {"ndcg@1.50": "ndcg@1.50"}, []),
        ({"eval_metric": "accuracy"}, {"logloss": "logloss"}, ["accuracy"]),
        ({"objective": "reg:tweedie"}, {"tweedie-nloglik@1.5": "tweedie-nloglik"}, []),
        (
            {"objective": "reg:tweedie", "tweedie_variance_power": "1.20"},
            {"tweedie-nloglik@1.2": "tweedie-nloglik"},
            [],
        ),
    ],
)
def test_a_metric_is_xgboosts_by_the_name_that_it_prints_or_the_containers(
    more: dict[str, str], printed: dict[str, str], computed: list[str]
) -> None:
    job = chosen(**more)

    assert job.split_by_source(job.metrics) == (printed, computed)


def test_a_metric_that_nobody_asked_for_is_computed_here_if_it_is_one_of_ours() -> None:
    assert chosen().split_by_source(["accuracy", "logloss"]) == (
        {"logloss": "logloss"},
        ["accuracy"],
    )


def test_a_metric_may_be_undefined_for_this_objective() -> None:
    assert chosen().may_be_undefined("auc")
    assert not chosen().may_be_undefined("logloss")


CUDA, PLAIN = {"USE_CUDA": True}, {"USE_CUDA": False}


@pytest.mark.parametrize(
    ("asked", "build", "gpus", "device", "workers"),
    [
        ("auto", CUDA, 0, "cpu", 1),
        ("auto", CUDA, 1, "cuda", 1),
        ("auto", CUDA, 4, "cuda", 4),
        ("auto", PLAIN, 4, "cpu", 1),
        ("cpu", CUDA, 4, "cpu", 1),
        ("cuda", CUDA, 2, "cuda", 2),
    ],
)
def test_a_gpu_is_used_where_there_is_one_and_xgboost_is_built_for_it(
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
    build: dict[str, bool],
    gpus: int,
    device: str,
    workers: int,
) -> None:
    monkeypatch.setattr(values, "gpu_count", lambda: gpus)

    assert resolve_device(asked, build) == device
    assert count_workers(asked, build) == workers


@pytest.mark.parametrize(
    ("build", "gpus", "lack"),
    [(CUDA, 0, "a GPU, and there is none"), (PLAIN, 2, "an XGBoost built for GPUs")],
)
def test_a_gpu_that_was_asked_for_and_is_not_there_is_an_error_that_says_which_half_is_missing(
    monkeypatch: pytest.MonkeyPatch, build: dict[str, bool], gpus: int, lack: str
) -> None:
    monkeypatch.setattr(values, "gpu_count", lambda: gpus)

    with pytest.raises(InputError, match=f"device cuda needs {lack}; set device to cpu or auto"):
        resolve_device("cuda", build)
