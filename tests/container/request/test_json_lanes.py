"""JSON in the forms that clients write most is read without a Python object for each number."""

import json

import pytest

from container.formats.schema import Schema
from container.request import json_request
from tests.container.support.request_bodies import JSON, LINES, read, refusal

ROWS = [[1.5, 2, -3], [4, 5, 6]]
FEATURES = [{"features": row} for row in ROWS]
LINE_BREAK = "\n"


def compact(document: object) -> str:
    return json.dumps(document, separators=(",", ":"))


USUAL = [
    (JSON, json.dumps(ROWS)),
    (JSON, compact(ROWS)),
    (JSON, json.dumps(ROWS[:1])),
    (JSON, "[[1.5, 2, -3],\n[4, 5, 6]]"),
    (JSON, json.dumps({"instances": ROWS})),
    (JSON, compact({"instances": ROWS})),
    (JSON, json.dumps({"instances": FEATURES})),
    (JSON, compact({"instances": FEATURES})),
    (LINES, LINE_BREAK.join(map(json.dumps, ROWS))),
    (LINES, LINE_BREAK.join(map(compact, ROWS))),
    (LINES, LINE_BREAK.join(map(json.dumps, FEATURES))),
    (LINES, LINE_BREAK.join(map(compact, FEATURES))),
    (LINES, json.dumps(ROWS[0])),
]


@pytest.mark.parametrize(("content_type", "body"), USUAL)
@pytest.mark.parametrize("missing", [False, True])
def test_the_usual_forms_are_read_number_by_number_into_an_array(
    monkeypatch: pytest.MonkeyPatch, content_type: str, body: str, missing: bool
) -> None:
    monkeypatch.setattr(json_request, "RowReader", None)
    rows: list[list[float | None]] = [[1.5, 2, -3]]
    rows += [[4, 5, 6]] if "4" in body else []
    if missing:
        body = body.replace("1.5", "null").replace("2", "null").replace("6", "null")
        rows = [[None if x in (1.5, 2, 6) else x for x in row] for row in rows]

    assert read(body.encode(), content_type) == rows


@pytest.mark.parametrize("body", ["[[1],[2]]", "[[1], [2]]", "[[1]]"])
def test_a_column_alone_is_read_so_too(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(json_request, "RowReader", None)

    found = read(body.encode(), JSON, Schema.of_numbers(1))

    assert [row[0] for row in found] == [1, 2][: len(found)]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (LINES, b"[1\n2]"),
        (JSON, b'{"instances": [{"features": [1\n2]}]}'),
        (JSON, b"[[1]2,[3]]"),
        (JSON, b"[[1 2],[3]]"),
        (JSON, b"[[[ ]]"),
        (JSON, b"[[][]]"),
        (JSON, b"[[],[1]]"),
        (JSON, b"[[1],[]]"),
        (JSON, b"[[1nullnull]]"),
    ],
)
def test_what_is_no_json_is_no_row_of_one_number(content_type: str, body: bytes) -> None:
    assert refusal(body, content_type, Schema.of_numbers(1)).status == 400


def test_a_line_break_may_stand_wherever_json_allows_a_blank() -> None:
    body = b'{"instances": [{"features": [1,\n2, 3]}]}'

    assert read(body, JSON) == [[1, 2, 3]]


def test_an_error_that_is_no_parsers_is_not_the_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def parse(self, text: bytes) -> object:
            raise ZeroDivisionError

    monkeypatch.setattr("simdjson.Parser", Broken)

    with pytest.raises(ZeroDivisionError):
        read(b'{"instances": 1}', JSON)
