"""Hyperparameters that a model without any shows, from XGBoost's own configuration of it."""

from typing import Any

import pytest

from container.contract.errors import InputError
from container.hyperparameters.parsing import parse, parse_config


def config(name: str = "binary:logistic", classes: str = "0", **params: Any) -> dict[str, Any]:
    return {
        "objective": {"name": name, **params},
        "learner_model_param": {"num_class": classes},
        "gradient_booster": {"name": "gbtree"},
    }


def test_what_predictions_depend_on_is_read() -> None:
    assert parse_config(config(), 7) == {
        "objective": "binary:logistic",
        "booster": "gbtree",
        "num_round": "7",
    }


def test_a_model_of_several_classes_tells_how_many() -> None:
    found = parse_config(config("multi:softprob", "3"), 1)

    assert found["num_class"] == "3"
    assert parse(found).classes == 3


@pytest.mark.parametrize(("rounds", "expected"), [(0, "1"), (1, "1"), (2, "2")])
def test_a_model_without_rounds_counts_as_one_of_one(rounds: int, expected: str) -> None:
    assert parse_config(config(), rounds)["num_round"] == expected


def test_parameters_of_the_objective_come_along() -> None:
    quantiles = config("reg:quantileerror", quantile_loss_param={"quantile_alpha": "[0.5]"})
    tweedie = config("reg:tweedie", tweedie_regression_param={"tweedie_variance_power": "1.2"})

    assert parse_config(quantiles, 1)["quantile_alpha"] == "[0.5]"
    assert parse_config(tweedie, 1)["tweedie_variance_power"] == "1.2"


def test_an_objective_that_is_not_known_here_is_refused() -> None:
    with pytest.raises(InputError, match="its objective reg:other is not known here"):
        parse_config(config("reg:other"), 1)


@pytest.mark.parametrize(
    ("values", "notices"),
    [
        ({"_num_cv_round": "3"}, ("_num_cv_round has no effect without _kfold",)),
        ({"_num_cv_round": "3", "_kfold": "2"}, ()),
        ({"_kfold": "2"}, ()),
        ({"use_dask_gpu_training": "false"}, ()),
        (
            {"objective": "reg:linear"},
            ("objective reg:linear is deprecated; use reg:squarederror",),
        ),
    ],
)
def test_a_notice_is_given_where_something_has_no_effect(
    values: dict[str, str], notices: tuple[str, ...]
) -> None:
    assert parse({"num_round": "1", **values}).notices == notices


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"etta": "1"}, "etta is not a hyperparameter; did you mean eta?"),
        ({"learning_ratio": "1"}, "did you mean learning_rate?"),
        ({"zzzzzz": "1"}, "zzzzzz is not a hyperparameter; remove it"),
        ({"objective": "binary:logistc"}, r"\(did you mean binary:logistic\?\)"),
    ],
)
def test_a_name_that_is_nearly_right_is_suggested(values: dict[str, str], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse({"num_round": "1", **values})


def test_a_name_like_no_other_has_no_suggestion() -> None:
    with pytest.raises(InputError) as caught:
        parse({"num_round": "1", "objective": "zzzz"})

    assert "did you mean" not in str(caught.value)
