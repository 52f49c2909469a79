import numpy as np
import pytest
from numpy.typing import NDArray

from container.contract.errors import AlgorithmError
from container.training.held_out_predictions import HeldOutPredictions

ALL = np.arange(3)


def floats(*values: object) -> NDArray[np.float32]:
    return np.array(values, dtype=np.float32)


def written(
    labels: list[float], classes: int | None, threshold: float | None, *scores: object
) -> str:
    """The file after each of `scores` was the answer to all rows."""
    predictions = HeldOutPredictions(floats(*labels), classes, threshold)
    for each in scores:
        predictions.add(ALL, np.array(each, dtype=np.float32))
    return predictions.csv().decode()


def test_numbers_are_averaged_over_repeats() -> None:
    text = written([1, 2, 3], None, None, [1, 2, 4], [2, 2, 6])

    assert text == "1.000000,1.500000\n2.000000,2.000000\n3.000000,5.000000\n"


def test_a_single_repeat_may_come_in_parts() -> None:
    predictions = HeldOutPredictions(floats(5, 6, 7), None, None)
    predictions.add(np.array([2, 0]), floats(0.7, 0.5))
    predictions.add(np.array([1]), floats(0.6))

    assert predictions.csv() == b"5.000000,0.500000\n6.000000,0.600000\n7.000000,0.700000\n"


def test_two_classes_have_the_mean_probability_of_class_1_and_the_majority() -> None:
    text = written([0, 1, 1], 2, 0.5, [0.2, 0.9, 0.4], [0.4, 0.8, 0.6], [0.3, 0.7, 0.8])

    assert text.splitlines() == [
        "0.000000,0.300000,0.000000",
        "1.000000,0.800000,1.000000",
        "1.000000,0.600000,1.000000",
    ]


def test_a_tie_is_the_smaller_class() -> None:
    assert written([0, 1, 1], 2, 0.5, [0.2, 0.4, 0.4], [0.2, 0.9, 0.9]).splitlines()[1] == (
        "1.000000,0.650000,0.000000"
    )


def test_raw_scores_of_two_classes_are_told_apart_at_0() -> None:
    assert written([0, 1, 1], 2, 0.0, [-1, 0.2, 3]).splitlines()[1] == "1.000000,0.200000,1.000000"


def test_several_classes_have_the_mean_probability_of_the_majority() -> None:
    first = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.3, 0.5]]
    second = [[0.5, 0.4, 0.1], [0.3, 0.4, 0.3], [0.6, 0.2, 0.2]]
    third = [[0.6, 0.3, 0.1], [0.2, 0.6, 0.2], [0.1, 0.1, 0.8]]

    assert written([0, 1, 2], 3, None, first, second, third).splitlines() == [
        "0.000000,0.600000,0.000000",
        "1.000000,0.600000,1.000000",
        "2.000000,0.500000,2.000000",
    ]


def test_class_numbers_are_votes_and_no_probabilities() -> None:
    text = written([2, 1, 0], 3, None, [2, 1, 0], [2, 0, 1], [2, 1, 1], [2, 1, 2])

    assert text.splitlines() == [
        "2.000000,1.000000,2.000000",
        "1.000000,0.750000,1.000000",
        "0.000000,0.500000,1.000000",
    ]


def test_quantiles_are_averaged_one_by_one() -> None:
    text = written([1, 2, 3], None, None, [[0, 1], [1, 2], [2, 3]], [[1, 3], [1, 2], [2, 3]])

    assert text.splitlines()[0] == "1.000000,0.500000,2.000000"


def test_missing_repeated_or_differing_answers_are_refused() -> None:
    predictions = HeldOutPredictions(floats(1, 2, 3), None, None)
    with pytest.raises(AlgorithmError, match="some rows have more predictions"):
        predictions.csv()
    with pytest.raises(AlgorithmError, match="3 rows got 2 predictions"):
        predictions.add(ALL, floats(1, 2))
    predictions.add(ALL[:2], floats(1, 2))
    with pytest.raises(AlgorithmError, match="some rows have more predictions"):
        predictions.csv()
    with pytest.raises(AlgorithmError, match="a row got"):
        predictions.add(ALL[2:], floats([1, 2]))
    predictions.add(ALL[:2], floats(1, 2))
    predictions.add(ALL[2:], floats(1))
    with pytest.raises(AlgorithmError, match="some rows have more predictions"):
        predictions.csv()
