import re

import pytest

from container.contract.errors import InputError
from container.hyperparameters.metric_names import (
    may_be_undefined,
    metric_definitions,
)
from container.hyperparameters.parsing import parse
from container.metrics.directions import is_maximised

BINARY = {"num_round": "5", "objective": "binary:logistic"}


def chosen_metrics(job: dict[str, str]) -> tuple[str, ...]:
    return parse({"num_round": "5", **job}).metrics


DEFAULTS = {
    "reg:squarederror": "rmse",
    "reg:linear": "rmse",
    "reg:logistic": "rmse",
    "reg:gamma": "gamma-deviance",
    "reg:tweedie": "tweedie-nloglik",
    "reg:pseudohubererror": "mphe",
    "reg:squaredlogerror": "rmsle",
    "reg:absoluteerror": "mae",
    "binary:logistic": "logloss",
    "binary:logitraw": "logloss",
    "binary:hinge": "error",
    "count:poisson": "poisson-nloglik",
    "rank:pairwise": "ndcg@32",
    "rank:ndcg": "ndcg@32",
    "rank:map": "map@32",
    "survival:aft": "aft-nloglik",
    "survival:cox": "cox-nloglik",
}


@pytest.mark.parametrize("objective", DEFAULTS)
def test_an_objective_has_the_metric_that_xgboost_would_print(objective: str) -> None:
    chosen = parse({"num_round": "5", "objective": objective})

    assert chosen.metrics == (DEFAULTS[objective],)
    assert chosen.stopping_metric == DEFAULTS[objective]
    assert chosen.split_by_source(chosen.metrics)[1] == []


def test_metrics_keep_their_order_but_xgboosts_own_come_first() -> None:
    job = {**BINARY, "eval_metric": "f1,logloss,accuracy,auc,rmse"}

    assert chosen_metrics(job) == ("logloss", "auc", "f1", "accuracy", "rmse")


def test_the_tuned_metric_joins_the_others_in_alphabetical_order() -> None:
    job = {**BINARY, "eval_metric": "logloss,aucpr", "_tuning_objective_metric": "validation:auc"}

    assert chosen_metrics(job) == ("auc", "aucpr", "logloss")


def test_the_tuned_metrics_alone_keep_their_order() -> None:
    job = {**BINARY, "_tuning_objective_metric": "validation:logloss,auc"}

    assert chosen_metrics(job) == ("logloss", "auc")


def test_the_tuned_metric_is_named_once() -> None:
    job = {**BINARY, "eval_metric": "auc,logloss", "_tuning_objective_metric": "validation:auc"}

    assert chosen_metrics(job) == ("auc", "logloss")


@pytest.mark.parametrize(
    ("job", "metric"),
    [
        ({"eval_metric": "auc,logloss"}, "logloss"),
        ({"eval_metric": "logloss,accuracy"}, "accuracy"),
        ({"eval_metric": "logloss", "_tuning_objective_metric": "validation:auc"}, "auc"),
        ({"_tuning_objective_metric": "validation:auc,f1"}, "f1"),
        ({"_tuning_objective_metric": "validation:logloss,auc"}, "auc"),
        ({}, "logloss"),
    ],
)
def test_early_stopping_watches_the_last_tuned_metric_or_the_last_named(
    job: dict[str, str], metric: str
) -> None:
    assert parse({**BINARY, **job}).stopping_metric == metric


@pytest.mark.parametrize(
    "objective",
    [
        "count:poisson",
        "reg:gamma",
        "reg:logistic",
        "reg:squarederror",
        "reg:tweedie",
        "multi:softmax",
        "multi:softprob",
        "survival:cox",
        "survival:aft",
    ],
)
def test_auc_is_for_binary_objectives_and_ranking(objective: str) -> None:
    more = {"num_class": "3"} if objective.startswith("multi") else {}
    job = {"num_round": "5", "objective": objective, "eval_metric": "auc", **more}

    with pytest.raises(InputError, match=f"one that fits {objective}"):
        parse(job)
    for other in ("binary:logistic", "binary:hinge", "rank:pairwise"):
        assert chosen_metrics({"objective": other, "eval_metric": "auc"}) == ("auc",)


def test_the_likelihood_of_failure_times_needs_their_objective() -> None:
    metrics = "aft-nloglik,interval-regression-accuracy"

    assert len(chosen_metrics({"objective": "survival:aft", "eval_metric": metrics})) == 2
    with pytest.raises(InputError, match="one that fits survival:cox"):
        chosen_metrics({"objective": "survival:cox", "eval_metric": "aft-nloglik"})


@pytest.mark.parametrize("metric", ["f1_binary", "precision", "recall"])
def test_metrics_of_one_class_are_for_two_classes(metric: str) -> None:
    job = {"objective": "multi:softmax", "num_class": "3", "eval_metric": metric}

    assert chosen_metrics({**BINARY, "eval_metric": metric}) == ("logloss", metric)
    assert chosen_metrics({**job, "num_class": "2"}) == ("mlogloss", metric)
    with pytest.raises(InputError, match="one that fits multi:softmax"):
        chosen_metrics(job)


@pytest.mark.parametrize(
    ("job", "metrics"),
    [
        ({"eval_metric": "accuracy"}, ("logloss", "accuracy")),
        ({"_tuning_objective_metric": "validation:f1"}, ("logloss", "f1")),
        (
            {"eval_metric": "f1", "_tuning_objective_metric": "validation:r2"},
            ("logloss", "f1", "r2"),
        ),
        ({"eval_metric": "accuracy,error"}, ("error", "accuracy")),
        ({"objective": "reg:gamma", "eval_metric": "rmse"}, ("gamma-deviance", "rmse")),
        ({"objective": "reg:squarederror", "eval_metric": "mae,rmse"}, ("rmse", "mae")),
        ({"objective": "multi:softmax", "num_class": "3", "eval_metric": "r2"}, ("mlogloss", "r2")),
    ],
)
def test_the_objectives_own_metric_is_printed_where_xgboost_is_asked_for_none(
    job: dict[str, str], metrics: tuple[str, ...]
) -> None:
    assert chosen_metrics({**BINARY, **job}) == metrics


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("error@0.5", "error"),
        ("error@.50", "error"),
        ("error@0.70", "error@0.7"),
        ("error@1e-1", "error@0.1"),
        ("error@-1", "error@-1"),
        ("ndcg@1.50", "ndcg@1.50"),
        ("map@05", "map@05"),
    ],
)
def test_a_metric_is_printed_as_xgboost_prints_it(given: str, printed: str) -> None:
    assert chosen_metrics({**BINARY, "eval_metric": given}) == (printed,)


def test_any_other_metric_of_one_number_is_accepted_as_by_the_built_in() -> None:
    for objective in ("reg:squarederror", "binary:hinge", "rank:ndcg", "survival:cox"):
        job = {"objective": objective, "eval_metric": "rmse,error,mape,ndcg@5,tweedie-nloglik"}
        assert len(chosen_metrics(job)) == 5


@pytest.mark.parametrize(
    "metric",
    [
        "accuracy",
        "auc",
        "aucpr",
        "balanced_accuracy",
        "f1",
        "f1_binary",
        "f1_macro",
        "map",
        "ndcg",
        "precision",
        "precision_macro",
        "precision_micro",
        "r2",
        "recall",
        "recall_macro",
        "recall_micro",
        "ndcg@5",
        "map@3",
        "interval-regression-accuracy",
    ],
)
def test_more_of_it_is_better(metric: str) -> None:
    assert is_maximised(metric)


@pytest.mark.parametrize(
    "metric",
    [
        "aft-nloglik",
        "cox-nloglik",
        "error",
        "error@0.7",
        "gamma-deviance",
        "gamma-nloglik",
        "logloss",
        "mae",
        "mape",
        "merror",
        "mlogloss",
        "mphe",
        "mse",
        "poisson-nloglik",
        "rmse",
        "rmsle",
        "tweedie-nloglik",
        "quantile",
    ],
)
def test_less_of_it_is_better(metric: str) -> None:
    assert not is_maximised(metric)


def test_a_metric_for_other_labels_may_be_undefined_but_never_the_objectives_own() -> None:
    assert may_be_undefined("auc", "binary:logistic")
    assert may_be_undefined("gamma-deviance", "reg:squarederror")
    assert not may_be_undefined("gamma-deviance", "reg:gamma")
    assert not may_be_undefined("rmse", "reg:gamma")


@pytest.mark.parametrize("metric", ["auc", "aft-nloglik", "error@0.7", "ndcg@5"])
def test_a_metric_definition_reads_a_line_with_tabs_or_with_what_cloudwatch_shows(
    metric: str,
) -> None:
    (definition,) = metric_definitions([metric])
    line = f"[3]\ttrain-{metric}:0.1\tvalidation-{metric}:0.25000\tvalidation-{metric}x:0.3"

    assert definition["Name"] == f"validation:{metric}"
    for shown in (line, line.replace("\t", "#011")):
        found = re.search(definition["Regex"], shown)
        assert found is not None
        assert found.group(1).startswith("0.25000")
    assert len(definition["Regex"]) <= 500
