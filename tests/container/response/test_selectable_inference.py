import json
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from container.contract.http_errors import HTTPError
from container.formats.media import Format
from container.response.response_body import Explanation
from container.response.selectable_inference import (
    Selection,
    selected_keys,
    unknown_keys,
    write_selected,
)
from tests.container.response.test_response_body import labels

Floats = NDArray[np.float32]

EVERYTHING = (
    "raw_scores",
    "raw_score",
    "probabilities",
    "probability",
    "labels",
    "predicted_label",
)
LOGISTIC = Selection(EVERYTHING, "binary:logistic", 2, 0.5)
P = np.array([0.625], np.float32)


def rows(scores: Floats, selection: Selection) -> list[dict[str, object]]:
    body = write_selected(scores, Format.JSON, selection).body
    found: list[dict[str, object]] = json.loads(body)["predictions"]
    return found


def test_the_setting_is_read_as_the_built_in_reads_it() -> None:
    assert selected_keys(" Predicted_Label, probability") == ("predicted_label", "probability")
    assert selected_keys("") == ("",)


@pytest.mark.parametrize(
    ("scores", "objective", "threshold", "expected"),
    [
        (
            [0.625],
            "binary:logistic",
            0.5,
            {
                "predicted_label": 1,
                "labels": [0, 1],
                "probability": 0.625,
                "probabilities": [0.375, 0.625],
                "raw_score": 0.625,
                "raw_scores": [0.375, 0.625],
            },
        ),
        (
            [-0.5],
            "binary:logitraw",
            0.0,
            {
                "predicted_label": 0,
                "labels": [0, 1],
                "raw_score": -0.5,
                "raw_scores": [1.5, -0.5],
                "probabilities": None,
                "probability": None,
            },
        ),
        (
            [1.0],
            "binary:hinge",
            0.5,
            {
                "predicted_label": 1.0,
                "labels": [0, 1],
                "raw_score": 1.0,
                "raw_scores": [0.0, 1.0],
                "probabilities": None,
                "probability": None,
            },
        ),
        (
            [2.0],
            "multi:softmax",
            None,
            {
                "predicted_label": 2.0,
                "labels": [0, 1, 2],
                "raw_score": 2.0,
                "raw_scores": [-1.0, 2.0],
                "probabilities": None,
                "probability": None,
            },
        ),
        (
            [[0.25, 0.5, 0.25]],
            "multi:softprob",
            None,
            {
                "predicted_label": 1,
                "labels": [0, 1, 2],
                "probability": 0.5,
                "probabilities": [0.25, 0.5, 0.25],
                "raw_score": 0.5,
                "raw_scores": [0.25, 0.5, 0.25],
            },
        ),
    ],
)
def test_each_objective_has_the_built_ins_values_in_its_order(
    scores: list[object], objective: str, threshold: float | None, expected: dict[str, object]
) -> None:
    classes = 3 if objective.startswith("multi") else 2
    selection = Selection(EVERYTHING, objective, classes, threshold)

    (found,) = rows(np.array(scores, np.float32), selection)

    assert found == expected
    assert list(found) == list(expected)


@pytest.mark.parametrize("objective", ["reg:squarederror", "reg:tweedie", "count:poisson"])
def test_a_number_is_a_predicted_score_also_where_the_built_in_fails(objective: str) -> None:
    selection = Selection(("predicted_score", "labels"), objective)

    assert rows(P, selection) == [{"predicted_score": 0.625, "labels": None}]
    assert unknown_keys(selection) == ["labels"]


@pytest.mark.parametrize(
    ("accept", "body"),
    [
        (
            Format.JSON,
            b'{"predictions": [{"predicted_label": 1, "probabilities": [0.375, 0.625]}, '
            b'{"predicted_label": 0, "probabilities": [0.75, 0.25]}]}',
        ),
        (
            Format.JSON_LINES,
            b'{"predicted_label": 1, "probabilities": [0.375, 0.625]}\n'
            b'{"predicted_label": 0, "probabilities": [0.75, 0.25]}\n',
        ),
        (Format.CSV, b'"[0.375, 0.625]",1\n"[0.75, 0.25]",0'),
    ],
)
def test_selected_values_are_written_byte_for_byte(accept: Format, body: bytes) -> None:
    selection = Selection(("probabilities", "predicted_label"), "binary:logistic", 2, 0.5)

    answer = write_selected(np.array([0.625, 0.25], np.float32), accept, selection)

    assert answer.body == body


def test_csv_ends_in_a_newline_only_in_batch_mode() -> None:
    selection = Selection(("predicted_label",), "binary:logistic", 2, 0.5, batch=True)

    assert write_selected(P, Format.CSV, selection).body == b"1\n"


def test_records_hold_only_their_own_row() -> None:
    selection = Selection(("probabilities", "predicted_label"), "binary:logistic", 2, 0.5)

    answer = write_selected(np.array([0.625, 0.25], np.float32), Format.RECORDIO, selection)

    assert labels(answer.body) == [
        {"predicted_label": [1], "probabilities": [0.375, 0.625]},
        {"predicted_label": [0], "probabilities": [0.75, 0.25]},
    ]


def test_a_key_without_a_value_is_null_or_empty_and_the_built_ins_nan_on_demand() -> None:
    ours = Selection(("typo", "predicted_label"), "binary:logistic", 2, 0.5)
    theirs = Selection(("typo", "predicted_label"), "binary:logistic", 2, 0.5, built_in=True)

    assert write_selected(P, Format.JSON_LINES, ours).body == (
        b'{"predicted_label": 1, "typo": null}\n'
    )
    assert write_selected(P, Format.CSV, ours).body == b",1"
    assert write_selected(P, Format.JSON_LINES, theirs).body == (
        b'{"predicted_label": 1, "typo": NaN}\n'
    )
    assert write_selected(P, Format.CSV, theirs).body == b"nan,1"
    (record,) = labels(write_selected(P, Format.RECORDIO, theirs).body)
    assert math.isnan(record["typo"][0])


def test_selected_values_may_be_explained() -> None:
    selection = Selection(("predicted_label",), "binary:logistic", 2, 0.5)
    explanation = Explanation(("a",), np.array([[0.5, 1]], np.float32))

    answer = write_selected(P, Format.JSON_LINES, selection, explanation)

    assert json.loads(answer.body) == {
        "predicted_label": 1,
        "contributions": {"a": 0.5},
        "bias": 1.0,
    }
    with pytest.raises(HTTPError):
        write_selected(P, Format.CSV, selection, explanation)


def test_a_selected_value_that_is_no_number_is_400() -> None:
    with pytest.raises(HTTPError) as caught:
        write_selected(np.array([np.nan], np.float32), Format.CSV, LOGISTIC)
    assert caught.value.status == 400
