"""CSV of plain numbers is read without a Python object for each, missing values included."""

import pytest

from container.formats.schema import Feature, Schema
from container.request import csv_request
from tests.container.support.request_bodies import read


@pytest.mark.parametrize("missing", ["", "NA", "nan", "NaN", "NAN"])
@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("1,2,3", [[1, 2, 3]]),
        ("1,2,3\r\n4,5,6", [[1, 2, 3], [4, 5, 6]]),
        ("?,2,3\n4,?,6\n7,8,?", [[None, 2, 3], [4, None, 6], [7, 8, None]]),
        ("1,?,?\n?,?,?\n?,?,1", [[1, None, None], [None] * 3, [None, None, 1]]),
    ],
)
def test_the_usual_spellings_are_read_into_an_array(
    monkeypatch: pytest.MonkeyPatch, missing: str, body: str, rows: list[list[float | None]]
) -> None:
    monkeypatch.setattr(csv_request, "_Lines", None)

    assert read(body.replace("?", missing).encode()) == rows


def test_columns_that_all_hold_categories_have_no_header_to_be_taken_for() -> None:
    schema = Schema((Feature("plan", ("gold", "red")),))

    assert read(b"red\ngold", schema=schema) == [[1], [0]]


def test_an_error_that_is_not_about_a_number_is_not_the_clients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(text: str) -> float:
        raise ZeroDivisionError

    monkeypatch.setattr(csv_request, "read_number", broken)

    with pytest.raises(ZeroDivisionError):
        read(b'1,"2",3')
