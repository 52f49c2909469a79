import json
from collections import Counter

import numpy as np
import pytest

from container.contract.http_errors import HTTPError
from container.formats.media import request_type
from container.formats.schema import Schema
from container.request.request_body import read_rows
from tests.container.support.request_bodies import JSON, LINES, NAMED, random_rows, read, refusal

ROWS = [[1.5, 2, -3], [4, 5e3, 0.25]]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, separators=(",", ":")),
        json.dumps(ROWS, indent=2),
        "[ [1.5, 2,-3] , [4,5000,0.25] ]",
        "[[1.5,2,-3],\n [4,5000,0.25]]",
        json.dumps({"instances": ROWS}),
        json.dumps({"instances": ROWS}, separators=(",", ":")),
        json.dumps({"ignored": [[9]], "instances": ROWS}),
        json.dumps({"instances": [{"features": row} for row in ROWS]}),
        json.dumps({"instances": [{"features": row} for row in ROWS]}, separators=(",", ":")),
        json.dumps({"instances": [{"features": ROWS[0]}, ROWS[1]]}),
        json.dumps([{"features": {"values": row}} for row in ROWS]),
        json.dumps({"instances": [{"data": {"features": {"values": row}}} for row in ROWS]}),
        json.dumps([{"f2": c, "f0": a, "f1": b} for a, b, c in ROWS]),
        '{"instances": [[9]], "instances": [[1.5, 2, -3], [4, 5000, 0.25]]}',
        "\ufeff  [[1.5, 2, -3], [4, 5000, 0.25]]\r\n",
    ],
)
def test_the_same_rows_are_read_from_every_form(body: str) -> None:
    assert read(body.encode(), JSON) == ROWS


@pytest.mark.parametrize(
    "body",
    [
        "[1.5, 2, -3]\n[4,5000,0.25]\n",
        "[1.5, 2, -3]\r\n[4,5000,0.25]",
        '{"features": [1.5, 2, -3]}\n{"features": [4,5000,0.25]}',
        '{"features":[1.5,2,-3]}\n{"features":[4,5000,0.25]}\n',
        '{"features": [1.5, 2, -3]}\n[4, 5000, 0.25]\n',
        '{"f0": 1.5, "f1": 2, "f2": -3}\n{"f2": 0.25, "f1": 5000, "f0": 4}',
        '{"data": {"features": {"values": [1.5, 2, -3]}}}\n[4,5000,0.25]',
    ],
)
def test_json_lines_hold_a_row_each(body: str) -> None:
    assert read(body.encode(), LINES) == ROWS


@pytest.mark.parametrize("rows", [1, 7, 10_000])
@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
def test_many_rows_are_read_exactly(rows: int, separators: tuple[str, str]) -> None:
    values = random_rows(rows)
    body = json.dumps({"instances": values.tolist()}, separators=separators).encode()

    found = read_rows(body, request_type(JSON), Schema.of_numbers(30))

    np.testing.assert_array_equal(found, values.astype(np.float32))


@pytest.mark.parametrize("rows", [1, 10_000])
def test_null_is_a_missing_value(rows: int) -> None:
    values = random_rows(rows)
    values[:, ::7] = np.nan
    body = json.dumps(values.tolist()).replace("NaN", "null").encode()

    found = read_rows(body, request_type(JSON), Schema.of_numbers(30))

    np.testing.assert_array_equal(found, values.astype(np.float32))


def test_whole_numbers_of_more_than_64_bits_are_numbers() -> None:
    body = b'[{"f0": 123456789012345678901234567890, "f1": 18446744073709551616, "f2": 1}]'

    assert read(body, JSON) == [[float(np.float32(1.2345678901234568e29)), 2.0**64, 1]]
    assert read(b"[[1" + b"0" * 20 + b", -1" + b"0" * 20 + b", 1e20]]", JSON) == [
        [float(np.float32(1e20)), float(np.float32(-1e20)), float(np.float32(1e20))]
    ]


def test_named_columns_may_hold_categories() -> None:
    unseen: Counter[str] = Counter()
    body = b"""[{"plan": "red", "age": 1, "income": null}, {"plan": "green", "age": 2, "income": 1},
        [3, null, 4], [5, 5, 5], [5, 5.0, 5], {"plan": "5", "plan": "red", "age":1, "income":1}]"""

    rows = read(body, JSON, NAMED, unseen=unseen)

    assert [row[1] for row in rows] == [2, None, None, 0, 0, 2]
    assert rows[0] == [1, 2, None]
    assert unseen == {"plan": 1}


def test_rows_of_keys_and_values_stay_sparse() -> None:
    body = b"""{"instances": [
        {"data": {"features": {"keys": [2, 0], "shape": [3], "values": [1.5, null]}}},
        {"features": {"keys": [], "values": []}}]}"""

    rows = read_rows(body, request_type(JSON), Schema.of_numbers(3))

    assert rows.nnz == 2
    assert rows.indices.tolist() == [0, 2]
    assert rows.shape == (2, 3)


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b"{}",
        b"3",
        b'"[[1,2,3]]"',
        b'{"instances": []}',
        b'{"instances": 3}',
        b'[{"features": 1}]',
        b"[[1,2",
        b"[[1,2,3]] x",
        b"[[1,2,3]",
        b"[[1,2,3]]]",
        b"[[1,2,3],]",
        b"[[1,2,3,]]",
        b"[[1,2,3,], [1,2,3]]",
        b"[[1,2,3]], [[1,2,3]]",
        b"[[1,2,3],[]]",
        b"[[]]",
        b"[[1,2,[3]]]",
        b"[[[1,2,3]]]",
        b"[[1,2,3], 4, 5, 6]",
        b"[[1,2], 3, [4,5,6]]",
        b"[[1,2]3, [4,5,6]]",
        b"[[1,2\n3], [4,5,6]]",
        b"[[NaN,2,3]]",
        b"[[Infinity,2,3]]",
        b"[[-Infinity,2,3]]",
        b"[[1e400,2,3]]",
        b"[[1e39,2,3]]",
        b"[[-1e39,2,3]]",
        b"[[9e307,null,3]]",
        b"[[" + b"9" * 401 + b",2,3]]",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
        b"[[1,2,3]]\xff",
        b'[["1",2,3]]',
        b"[[true,2,3]]",
        b"[[1nul,2,3]]",
        b"[[1null,2,3]]",
        b"[[null null,2]]",
        b"[[{},2,3]]",
        b"[[01,2,3]]",
        b"[[1.,2,3]]",
        b"[[+1,2,3]]",
        b"[[1,2,3]]\x00",
        b"9[1,2,3]]",
        b"[[1,2,3]9",
        b"[[1,2,]3], [4,5,6]]",
        b"[[1,2]]",
        b"[[1,2,3.4028235677973366e+38]]",
        b'[{"features": [1,2,3], "x": 1}]',
        b'[{"features": {"keys": null, "values": [1]}}]',
        b'[{"features": {"keys": [0], "values": null}}]',
        b'[[1, 2, 3], {"features": {"keys": [2, 1, 0], "values": [1, 2, 3]}}]',
        b'[{"f0": 1, "f1": 2}]',
        b'[{"f0": 1, "f1": 2, "f2": 3, "f3": 4}]',
        b'[{"f0": 1, "f1": 2, "f2": true}]',
        b'[{"f0": 1, "f1": 2, "f2": "3"}]',
        b'[{"features": {"keys": [0], "values": []}}]',
        b'[{"features": {"keys": [3], "values": [1]}}]',
        b'[{"features": {"keys": [-1], "values": [1]}}]',
        b'[{"features": {"keys": [true], "values": [1]}}]',
        b'[{"features": {"keys": [0, 0], "values": [1, 1]}}]',
        b'[{"features": {"keys": [0], "values": [1e39]}}]',
        b'[{"features": {"keys": [0], "values": ["1"]}}]',
        b'[{"features": {"keys": [0], "values": [1], "shape": [1000000000000]}}]',
        b'[{"features": {"keys": [0], "values": [1]}}, [1, 2, 3]]',
        b'[[1, 2, 3], {"features": {"keys": [0], "values": [1]}}]',
    ],
)
def test_a_bad_body_is_400(body: bytes) -> None:
    assert refusal(body, JSON).status == 400


@pytest.mark.parametrize(
    ("body", "content_type", "complaint"),
    [
        (b"[[1,2,3],[4,5]]", JSON, "row 2 has 2 features; this model takes 3"),
        (b'[[1,2,3],[4,"x",6]]', JSON, "row 2, feature 2 must be a number, or null"),
        (b"[[1,2,3],[4,5,1e39]]", JSON, "row 2, feature 3 is too large for a 32-bit number"),
        (b"[1,2,3]\n[4,5\n[7,8,9]", LINES, "line 2 is not JSON"),
        (b"[1,2,3]\n\n[7,8,9]", LINES, "line 2 is not JSON"),
        (b"[1\n2,3]", LINES, "line 1 is not JSON"),
        (b"91,2,3]", LINES, "line 1 is not JSON"),
        (b"[1,2,39", LINES, "line 1 is not JSON"),
        (b"[1,2,3]\n[4,5]", LINES, "line 2 has 2 features"),
    ],
)
def test_the_wrong_row_is_named(body: bytes, content_type: str, complaint: str) -> None:
    assert complaint in refusal(body, content_type).message


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'[{"age": 1, "plan": "red"}]', 'row 1 lacks the column "income"; send null'),
        (b'[{"age": 1, "plan": "red", "incom": 3}]', 'did you mean "income"?'),
        (b'[{"age": 1, "plan": "red", "income": 3, "x": 1}]', "no column of this model; remove"),
        (b'[{"age": "1", "plan": "red", "income": 3}]', "row 1, feature 1 (age) must be a number"),
        (b'[{"age": 1, "plan": true, "income": 3}]', "row 1, feature 2 (plan) must be text"),
        (b'[{"age": 1, "plan": 1.5, "income": 3}]', "row 1, feature 2 (plan) must be text"),
        (b'[{"age": 1e39, "plan": "red", "income": 3}]', "row 1, feature 1 (age) is too large"),
    ],
)
def test_the_column_that_is_wrong_is_named(body: bytes, complaint: str) -> None:
    assert complaint in refusal(body, JSON, NAMED).message


@pytest.mark.parametrize(
    "body",
    [
        b"[1, null, 3]",
        b'{"features": [1, null, 3]}',
        b'{"data": {"features": {"values": [1, null, 3]}}}',
        b'{"features": {"keys": [2, 0], "values": [3, 1]}}',
        b'{"f2": 3, "f0": 1, "f1": null}',
    ],
)
def test_one_row_needs_no_list_around_it(body: bytes) -> None:
    assert read(body, JSON) == [[1, None, 3]]


def test_one_row_may_have_categories() -> None:
    assert read(b'[3, "gold", 2]', JSON, NAMED) == [[3, 1, 2]]
    assert read(b'{"income": 2, "age": 3, "plan": "gold"}', JSON, NAMED) == [[3, 1, 2]]
    assert "lacks the column" in refusal(b'{"age": 3, "plan": "gold"}', JSON, NAMED).message


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        *(
            (each, 'send rows as [[1.0, 2.0]], {"instances": [[1.0, 2.0]]}, or obj')
            for each in (
                *(b"{}", b"1", b'"a"', b"null", b"true", b'{"rows": [[1, 2, 3]]}'),
                *(b'{"instances": 1}', b'{"instances": {"f0": 1}}', b'{"a": 1, "features": [1]}'),
            )
        ),
        (b"[]", "the body has no rows"),
        (b"[1, 2]", "row 1 has 2 features; this model takes 3"),
        (b"[1, [2], 3]", "row 1, feature 2 must be a number"),
        (b"[[1, 2, 3], 4]", "row 2 must be a list of numbers"),
        (b'{"features": [[1, 2, 3]]}', "row 1 has 1 features"),
        (b'{"instances": [1, 2, 3]}', "row 1 must be a list of numbers"),
    ],
)
def test_a_document_of_no_rows_is_told_the_forms(body: bytes, complaint: str) -> None:
    refused = refusal(body, JSON)

    assert (refused.status, refused.message.startswith(complaint)) == (400, True), refused.message


def test_the_built_in_accepts_rows_that_lack_the_last_columns() -> None:
    assert read(b"[[1, 2], [3, 4]]", JSON, lenient=True) == [[1, 2, None], [3, 4, None]]
    with pytest.raises(HTTPError):
        read(b"[[1, 2], [3]]", JSON, lenient=True)
