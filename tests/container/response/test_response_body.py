import json
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from container.contract.http_errors import HTTPError
from container.formats.media import Format
from container.formats.record_message import record_class
from container.formats.recordio import read_frames
from container.response.response_body import (
    Explanation,
    ResponseBody,
    ResponseStyle,
    write_predictions,
)

Floats = NDArray[np.float32]

SCORES = np.array([0.13969399, 2, 1e-9], np.float32)
ROWS = np.array([[0.25, 0.75], [0.1, 0.9]], np.float32)
PLAIN = ResponseStyle()


def write(scores: Floats, accept: Format, style: ResponseStyle = PLAIN) -> bytes:
    return write_predictions(scores, accept, style).body


def labels(body: bytes) -> list[dict[str, list[float]]]:
    """What the records of an answer hold as labels."""
    import io

    found = []
    for payload in read_frames(io.BytesIO(body), len(body)):
        record = record_class()()
        record.ParseFromString(payload)
        found.append(
            {name: list(value.float32_tensor.values) for name, value in record.label.items()}
        )
    return found


@pytest.mark.parametrize(
    ("scores", "accept", "body"),
    [
        (SCORES, Format.CSV, b"0.13969399034976959\n2.0\n9.999999717180685e-10\n"),
        (ROWS, Format.CSV, b"0.25,0.75\n0.10000000149011612,0.8999999761581421\n"),
        (
            SCORES,
            Format.JSON,
            b'{"predictions": [{"score": 0.13969399034976959}, {"score": 2.0}, '
            b'{"score": 9.999999717180685e-10}]}',
        ),
        (
            ROWS,
            Format.JSON,
            b'{"predictions": [{"score": [0.25, 0.75]}, '
            b'{"score": [0.10000000149011612, 0.8999999761581421]}]}',
        ),
        (SCORES[:2], Format.JSON_LINES, b'{"score": 0.13969399034976959}\n{"score": 2.0}\n'),
        (ROWS[:1], Format.JSON_LINES, b'{"score": [0.25, 0.75]}\n'),
    ],
)
def test_an_answer_is_the_built_ins_byte_for_byte(
    scores: Floats, accept: Format, body: bytes
) -> None:
    # The literals depend on how Python prints a float; the number itself is 32 bits wide.
    expected = body.replace(b"0.13969399034976959", repr(float(SCORES[0])).encode())

    assert write(scores, accept) == expected


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (Format.CSV, "text/csv; charset=utf-8"),
        (Format.JSON, "application/json"),
        (Format.JSON_LINES, "application/jsonlines"),
        (Format.RECORDIO, "application/x-recordio-protobuf"),
    ],
)
def test_an_answer_says_what_it_is_also_in_batch_mode(accept: Format, content_type: str) -> None:
    assert write_predictions(SCORES, accept, PLAIN).content_type == content_type
    assert write_predictions(SCORES, accept, ResponseStyle(batch=True)).content_type == content_type


def test_records_hold_a_score_or_a_row_of_them_each() -> None:
    assert labels(write(SCORES, Format.RECORDIO)) == [{"score": [x]} for x in SCORES.tolist()]
    assert labels(write(ROWS, Format.RECORDIO)) == [{"score": row} for row in ROWS.tolist()]


@pytest.mark.parametrize("accept", [Format.CSV, Format.JSON, Format.JSON_LINES, Format.RECORDIO])
def test_batch_mode_writes_a_line_per_row_whatever_is_accepted(accept: Format) -> None:
    assert write(SCORES, accept, ResponseStyle(batch=True)) == write(SCORES, Format.CSV)
    assert write(ROWS, accept, ResponseStyle(batch=True)) == write(ROWS, Format.CSV)


def test_the_built_in_writes_rows_of_probabilities_in_brackets_in_batch_mode() -> None:
    style = ResponseStyle(batch=True, built_in=True)

    assert write(ROWS[:1], Format.CSV, style) == b"[0.25, 0.75]\n"
    assert write(ROWS[:1], Format.CSV, ResponseStyle(built_in=True)) == b"0.25,0.75\n"
    assert write(SCORES[1:2], Format.CSV, style) == b"2.0\n"


@pytest.mark.parametrize("wrong", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("accept", [Format.CSV, Format.JSON, Format.RECORDIO])
def test_a_score_that_is_no_number_is_400(wrong: float, accept: Format) -> None:
    for scores in (np.array([1, wrong], np.float32), np.array([[1, wrong]], np.float32)):
        with pytest.raises(HTTPError) as caught:
            write(scores, accept)
        assert caught.value.status == 400


@pytest.mark.parametrize("accept", [Format.JSON, Format.JSON_LINES])
def test_an_explanation_names_the_features_and_the_bias(accept: Format) -> None:
    contributions = np.array([[0.5, -1, 2], [0, 0.25, 2]], np.float32)
    explanation = Explanation(("age", "plan"), contributions)

    answer = write_predictions(SCORES[1:], accept, PLAIN, explanation)

    rows = objects(answer, accept)
    assert rows[0] == {"score": 2.0, "contributions": {"age": 0.5, "plan": -1.0}, "bias": 2.0}
    assert list(rows[1]) == ["score", "contributions", "bias"]


def test_an_explanation_of_several_classes_is_a_list_by_class() -> None:
    contributions = np.array([[[1, 2, 3], [4, 5, 6]]], np.float32)

    answer = write_predictions(ROWS[:1], Format.JSON, PLAIN, Explanation(("a", "b"), contributions))

    assert objects(answer, Format.JSON) == [
        {
            "score": [0.25, 0.75],
            "contributions": [{"a": 1.0, "b": 2.0}, {"a": 4.0, "b": 5.0}],
            "bias": [3.0, 6.0],
        }
    ]


@pytest.mark.parametrize("accept", [Format.CSV, Format.RECORDIO])
@pytest.mark.parametrize("style", [PLAIN, ResponseStyle(batch=True)])
def test_an_explanation_in_a_format_without_names_is_406(
    accept: Format, style: ResponseStyle
) -> None:
    explanation = Explanation(("a",), np.zeros((3, 2), np.float32))

    with pytest.raises(HTTPError) as caught:
        write_predictions(SCORES, accept, style, explanation)
    assert caught.value.status == 406


@pytest.mark.parametrize(
    ("names", "contributions"),
    [
        (("age",), [[1, 2, 3]] * 3),
        (("age", "plan", "x"), [[1, 2, 3]] * 3),
        (("age", "plan"), [[1, 2, 3]] * 2),
        (("age",), [[[1, 2, 3]]] * 3),
    ],
)
def test_an_explanation_of_other_features_or_rows_is_a_fault_and_no_shorter_answer(
    names: tuple[str, ...], contributions: object
) -> None:
    explanation = Explanation(names, np.array(contributions, np.float32))

    with pytest.raises(ValueError, match="zip"):
        write_predictions(SCORES, Format.JSON, PLAIN, explanation)


CROSSED = np.array([[3, 1, 2]], np.float32)


@pytest.mark.parametrize(
    ("quantiles", "score"), [((0.95, 0.05, 0.5), 2.0), ((0.9, 0.1, 0.8), [1.0, 2.0, 3.0])]
)
def test_quantiles_never_cross_and_are_an_interval_around_the_median(
    quantiles: tuple[float, ...], score: object
) -> None:
    style = ResponseStyle(quantiles=quantiles)

    answer = write_predictions(CROSSED, Format.JSON, style)

    assert objects(answer, Format.JSON) == [{"score": score, "interval": [1.0, 3.0]}]
    assert write(CROSSED, Format.CSV, style) == b"1.0,2.0,3.0\n"
    assert (
        write(CROSSED, Format.CSV, ResponseStyle(batch=True, quantiles=quantiles))
        == b"1.0,2.0,3.0\n"
    )


def test_a_single_quantile_is_a_plain_score() -> None:
    style = ResponseStyle(quantiles=(0.5,))

    assert write(SCORES[1:2], Format.JSON, style) == b'{"predictions": [{"score": 2.0}]}'


def objects(answer: ResponseBody, accept: Format) -> list[dict[str, object]]:
    if accept is Format.JSON:
        document: list[dict[str, object]] = json.loads(answer.body)["predictions"]
        return document
    return [json.loads(line) for line in answer.body.splitlines()]
