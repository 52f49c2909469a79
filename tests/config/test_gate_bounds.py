"""A gate asks for at least so much of a metric that should be high, and for at most of another."""

import pytest
from pydantic import ValidationError

from config.training import (
    MAXIMISED_METRICS,
    MINIMISED_METRICS,
    GateConfig,
    TrainingConfig,
)

HIGH = ("auc", "aucpr", "accuracy", "f1", "r2")
LOW = ("logloss", "mlogloss", "error", "merror", "rmse", "mae", "mape")


@pytest.mark.parametrize(
    ("metric", "right", "wrong"),
    [
        *((metric, "minimum", "maximum") for metric in HIGH),
        *((metric, "maximum", "minimum") for metric in LOW),
    ],
)
def test_a_bound_lies_on_the_side_that_the_metric_has(metric: str, right: str, wrong: str) -> None:
    gate = GateConfig.model_validate({"metric": metric, right: 0.5})

    assert (gate.metric, gate.bound) == (metric, 0.5)
    assert gate.is_minimised == (metric in LOW)
    with pytest.raises(ValidationError):
        GateConfig.model_validate({"metric": metric, wrong: 0.5})
    with pytest.raises(ValidationError):
        GateConfig.model_validate({"metric": metric, right: 0.5, wrong: 0.5})
    with pytest.raises(ValidationError):
        GateConfig.model_validate({"metric": metric})


def test_these_metrics_should_be_high_or_low_and_there_are_no_others() -> None:
    assert {*HIGH} == MAXIMISED_METRICS
    assert {*LOW} == MINIMISED_METRICS


def test_one_machine_cross_validates_and_several_do_not() -> None:
    folds = {"objective": "binary:logistic", "num_round": 5, "_kfold": 5}

    for count in (1, 2):
        given = {"instance_count": count, "hyperparameters": folds}
        if count == 1:
            assert TrainingConfig.model_validate(given).instance_count == 1
            continue
        with pytest.raises(ValidationError, match="_kfold"):
            TrainingConfig.model_validate(given)
