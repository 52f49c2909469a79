import pytest

from container.contract.errors import InputError
from container.contract.numbers import read_numbers

DEFAULTS = {"epochs": 20.0, "alpha": 0.5}


def test_what_is_not_given_keeps_its_default() -> None:
    assert read_numbers({"epochs": "3"}, DEFAULTS) == {"epochs": 3.0, "alpha": 0.5}


def test_what_automatic_tuning_adds_is_left_alone() -> None:
    assert read_numbers({"_tuning_objective_metric": "validation:auc"}, DEFAULTS) == DEFAULTS


@pytest.mark.parametrize("text", ["", "many", "-1", "nan", "inf", "1e999", "0x1"])
def test_what_is_no_number_from_0_up_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match=r"^input/config/hyperparameters.json: alpha must be"):
        read_numbers({"alpha": text}, DEFAULTS)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="eopchs is unknown; use epochs, alpha"):
        read_numbers({"eopchs": "1"}, DEFAULTS)
