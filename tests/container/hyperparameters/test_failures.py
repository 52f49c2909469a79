import pytest

from container.contract.errors import AlgorithmError
from container.hyperparameters.failures import algorithm_errors, check_metric_values


class LibraryError(Exception):
    pass


def test_an_error_of_the_library_is_one_line() -> None:
    with pytest.raises(AlgorithmError, match=r"^XGBoost: first$"), algorithm_errors(LibraryError):
        raise LibraryError("first\nsecond")


def test_too_little_memory_is_said_with_what_to_do() -> None:
    with (
        pytest.raises(AlgorithmError, match=r"^not enough memory .* external_memory to always$"),
        algorithm_errors(LibraryError),
    ):
        raise LibraryError("std::bad_alloc")


def test_any_other_error_passes_as_it_is() -> None:
    with pytest.raises(KeyError), algorithm_errors(LibraryError):
        raise KeyError("x")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_metric_that_is_no_finite_number_ends_the_training(value: float) -> None:
    with pytest.raises(AlgorithmError, match=r"round 7: train-rmse is .*; lower eta or check"):
        check_metric_values(7, {"train-auc": 0.5, "train-rmse": value}, lambda name: name == "auc")


def test_a_metric_may_be_undefined_where_the_objective_says_so() -> None:
    check_metric_values(1, {"train-auc": float("nan"), "train-rmse": 1}, lambda name: name == "auc")
