"""Every hyperparameter and metric of the built-in is known by name, with its bounds and words."""

import pytest

from container.contract.errors import InputError
from container.hyperparameters import metric_names
from container.hyperparameters.metric_names import check_metric, fitting, may_be_undefined
from container.hyperparameters.table import (
    ALIASES,
    SECTIONS,
    TABLE,
    WITHOUT_EFFECT_ON_THE_MODEL,
    ReadBy,
)

ONE, ZERO = (["1", "7"], ["0", "-1", "1.5", "x"]), (["0", "0.5", "9"], ["-0.1", "inf", "nan", "x"])
BIT, SWITCH = (["0", "1"], ["2", "-1", "true"]), (["true", "false"], ["1", "yes", "True"])
SHARE, UNIT = (["0.1", "1"], ["0", "1.1"]), (["0", "0.5", "1"], ["-0.1", "1.1"])
# For each hyperparameter what it takes and what it refuses.
VALUES = {
    "num_round": ONE,
    "objective": (["reg:squarederror"], [""]),
    "eval_metric": (["auc", "auc,error"], ["", ","]),
    "_tuning_objective_metric": (["validation:auc"], [""]),
    "early_stopping_rounds": ONE,
    "csv_weights": BIT,
    "save_model_on_termination": SWITCH,
    "_kfold": (["2", "10"], ["1", "0"]),
    "_num_cv_round": ONE,
    "use_dask_gpu_training": SWITCH,
    "seed": (["-2147483647", "0", "2147483646"], ["-2147483648", "2147483647", "x"]),
    "nthread": ONE,
    "verbosity": (["0", "3"], ["-1", "4"]),
    "booster": (["gbtree", "gblinear", "dart"], ["tree"]),
    "tree_method": (["auto", "exact", "approx", "hist", "gpu_hist"], ["gpu_exact"]),
    "eta": UNIT,
    "gamma": ZERO,
    "max_depth": (["0", "6"], ["-1"]),
    "min_child_weight": ZERO,
    "max_delta_step": ZERO,
    "subsample": SHARE,
    "sampling_method": (["uniform", "gradient_based"], ["other"]),
    "colsample_bytree": SHARE,
    "colsample_bylevel": SHARE,
    "colsample_bynode": SHARE,
    "lambda": ZERO,
    "alpha": ZERO,
    "scale_pos_weight": (["0.1", "9"], ["0", "-1"]),
    "updater": (
        [
            *("grow_colmaker", "distcol", "grow_histmaker", "grow_skmaker"),
            *("grow_quantile_histmaker", "sync", "refresh", "prune", "shotgun", "coord_descent"),
            "sync,refresh",
        ],
        ["other", "sync,other"],
    ),
    "refresh_leaf": BIT,
    "process_type": (["default", "update"], ["other"]),
    "grow_policy": (["depthwise", "lossguide"], ["other"]),
    "max_leaves": (["0", "9"], ["-1"]),
    "max_bin": (["2", "256"], ["1"]),
    "num_parallel_tree": ONE,
    "monotone_constraints": (
        ["(1,0,-1)", "(1)", "( 1 , 0 )", "1,0"],
        ["1,0)", "(2)", "()", "(1,0"],
    ),
    "interaction_constraints": (["[[0, 2], [1]]", "[]"], ["[0]", "[[-1]]", "[[true]]", "x", "{}"]),
    "sample_type": (["uniform", "weighted"], ["other"]),
    "normalize_type": (["tree", "forest"], ["other"]),
    "rate_drop": UNIT,
    "one_drop": BIT,
    "skip_drop": UNIT,
    "num_class": (["2", "9"], ["1"]),
    "base_score": ZERO,
    "tweedie_variance_power": (["1.1", "1.9"], ["1", "2"]),
    "aft_loss_distribution": (["normal", "logistic", "extreme"], ["other"]),
    "aft_loss_distribution_scale": ZERO,
    "quantile_alpha": (["0.1", "0.1,0.9", "[0.5]"], ["0", "1", "0.5,0.5", "x"]),
    "device": (["auto", "cpu", "cuda"], ["gpu"]),
    "external_memory": (["auto", "always", "never"], ["other"]),
    "categorical_features": (["a,b", "0"], [""]),
    "max_cat_to_onehot": ONE,
    "max_cat_threshold": ONE,
    "sketch_eps": (["0.1"], ["0", "1"]),
    "predictor": (["auto", "cpu_predictor", "gpu_predictor"], ["other"]),
    "dsplit": (["row", "col"], ["other"]),
    "deterministic_histogram": SWITCH,
    "single_precision_histogram": SWITCH,
    "prob_buffer_row": (["1.1"], ["1"]),
    "silent": (["0", "1"], ["2", "true"]),
    "lambda_bias": UNIT,
}
CLASSES = {
    *("accuracy", "balanced_accuracy", "f1", "f1_macro"),
    *("precision_macro", "precision_micro", "recall_macro", "recall_micro"),
}
TWO_CLASSES = {"f1_binary", "precision", "recall"}
NUMBERS = {
    *("mse", "mae", "rmse", "r2", "rmsle", "mape", "mphe", "gamma-deviance", "gamma-nloglik"),
    *("poisson-nloglik", "tweedie-nloglik", "cox-nloglik", "error", "logloss", "ndcg", "map"),
    "aucpr",
}
SINGLE = {"merror", "mlogloss"}
FITTING = {
    "binary:logistic": NUMBERS | CLASSES | TWO_CLASSES | {"auc"},
    "multi:softprob": CLASSES | {"merror", "mlogloss", "aucpr", "mphe", "cox-nloglik"},
    "multi:softmax": CLASSES
    | {"merror", "mlogloss", "aucpr", "mphe", "cox-nloglik", "rmse", "mae", "mse", "r2"},
    "reg:squarederror": NUMBERS | CLASSES | TWO_CLASSES | SINGLE,
    "reg:logistic": NUMBERS | CLASSES | TWO_CLASSES | SINGLE,
    "count:poisson": NUMBERS | CLASSES | TWO_CLASSES | SINGLE,
    "rank:ndcg": NUMBERS | CLASSES | TWO_CLASSES | {"auc"},
    "survival:cox": NUMBERS | CLASSES | TWO_CLASSES | SINGLE,
    "survival:aft": NUMBERS
    | CLASSES
    | TWO_CLASSES
    | SINGLE
    | {"aft-nloglik", "interval-regression-accuracy"},
    "reg:quantileerror": {"quantile"},
}


def test_every_hyperparameter_is_known_by_its_name_and_no_other() -> None:
    assert {*TABLE} == {*VALUES}
    assert sum(map(len, SECTIONS.values())) == len(TABLE)
    assert ALIASES == {
        "learning_rate": "eta",
        "min_split_loss": "gamma",
        "reg_lambda": "lambda",
        "reg_alpha": "alpha",
    }
    assert {*WITHOUT_EFFECT_ON_THE_MODEL} == {"nthread", "verbosity", "save_model_on_termination"}


@pytest.mark.parametrize("name", VALUES)
def test_a_hyperparameter_takes_what_the_built_in_takes(name: str) -> None:
    for text in VALUES[name][0]:
        assert TABLE[name].kind.read(name, text), text


@pytest.mark.parametrize("name", VALUES)
def test_a_hyperparameter_refuses_what_the_built_in_refuses(name: str) -> None:
    for text in VALUES[name][1]:
        with pytest.raises(InputError, match=f"{name} must be "):
            TABLE[name].kind.read(name, text)


def test_who_reads_a_hyperparameter_is_told() -> None:
    def read_by(reader: ReadBy) -> set[str]:
        return {row.name for row in TABLE.values() if row.reader is reader}

    assert read_by(ReadBy.NOTHING) == {
        *("sketch_eps", "predictor", "dsplit", "deterministic_histogram"),
        *("single_precision_histogram", "prob_buffer_row", "lambda_bias", "silent"),
    }
    assert read_by(ReadBy.CONTAINER) == {
        *("num_round", "objective", "eval_metric", "_tuning_objective_metric"),
        *("early_stopping_rounds", "csv_weights", "save_model_on_termination", "_kfold"),
        *("_num_cv_round", "use_dask_gpu_training", "device", "external_memory"),
        "categorical_features",
    }


@pytest.mark.parametrize("objective", FITTING)
def test_a_metric_fits_the_objectives_that_it_is_made_for(objective: str) -> None:
    assert fitting(objective) == FITTING[objective]
    assert {check_metric(name, objective) for name in FITTING[objective]} == FITTING[objective]
    with pytest.raises(InputError, match=f"one that fits {objective}"):
        check_metric("other", objective)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [("error@0.7", "error@0.7"), ("ndcg@5", "ndcg@5"), ("map@+3", "map@+3"), ("error", "error")],
)
def test_a_metric_may_have_a_parameter(metric: str, expected: str) -> None:
    assert check_metric(metric, "rank:ndcg") == expected


@pytest.mark.parametrize(
    "metric", ["auc@3", "ndcg@0", "map@0", "error@x", "ndcg@0.9", "ndcg@-1", "map@inf", "error@nan"]
)
def test_a_metric_with_another_parameter_is_refused(metric: str) -> None:
    with pytest.raises(InputError, match="eval_metric"):
        check_metric(metric, "rank:ndcg")


def test_what_is_computed_here_is_not_asked_of_xgboost() -> None:
    assert CLASSES | TWO_CLASSES | {"mse", "mae", "rmse", "r2"} == metric_names.COMPUTED


def test_what_an_evaluation_measures_beside_the_training() -> None:
    assert metric_names.FOR_EVALUATION == {
        "binary": ("auc", "logloss", "error", "accuracy", "f1"),
        "multiclass": ("mlogloss", "merror", "accuracy", "f1"),
        "regression": ("rmse", "mae", "mse", "r2"),
        "ranking": ("ndcg",),
        "survival": (),
        "quantiles": ("quantile",),
    }


@pytest.mark.parametrize(
    "metric",
    [
        *("auc", "aucpr", "mape", "rmsle", "gamma-deviance", "gamma-nloglik"),
        *("poisson-nloglik", "tweedie-nloglik", "cox-nloglik", "auc@1"),
    ],
)
def test_a_metric_that_some_data_has_not_is_no_sign_of_a_broken_model(metric: str) -> None:
    assert may_be_undefined(metric, "reg:squarederror")
    assert not may_be_undefined("rmse", "reg:gamma")
