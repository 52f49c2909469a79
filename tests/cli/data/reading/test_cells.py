import pytest

from cli.data.missing_values import MISSING
from cli.data.reading.cells import CellRules, clip, quote_csv


@pytest.mark.parametrize(
    ("cell", "decimal", "text"),
    [
        ("1", ".", "1"),
        ("-1.5e3", ".", "-1.5e3"),
        ("1,234.5", ".", "1234.5"),
        ("-12,345,678", ".", "-12345678"),
        ("1.234,5", ",", "1234.5"),
        ("1,5", ",", "1.5"),
        (",5", ",", ".5"),
        ("1.234", ",", "1234"),
        ("17", ",", "17"),
    ],
)
def test_a_number_is_written_as_xgboost_reads_it(cell: str, decimal: str, text: str) -> None:
    assert CellRules(decimal).number_text(cell) == text


@pytest.mark.parametrize("cell", ["1,5", "1.234,5", "12,34", "0,123", "1234,567", "1,234,56"])
def test_commas_that_separate_no_thousands_are_no_number(cell: str) -> None:
    assert CellRules(".").number_text(cell) is None


@pytest.mark.parametrize("cell", ["1.5", "1,234.5", "0.123", "1,2,3"])
def test_points_that_separate_no_thousands_are_no_number(cell: str) -> None:
    assert CellRules(",").number_text(cell) is None


@pytest.mark.parametrize(
    "cell", ["", "1_000", "inf", "-Infinity", "nan", "0x10", "1;2", "\uff11", "1e999", "e", "abc"]
)
def test_what_xgboost_cannot_read_is_no_number(cell: str) -> None:
    for decimal in ".,":
        assert CellRules(decimal).number_text(cell) is None
    assert not CellRules().are_plain_numbers(["1", cell])


def test_thousands_are_no_number_where_their_sign_may_be_the_decimal_one() -> None:
    assert CellRules(is_grouped=False).number_text("1,234") is None


def test_numbers_are_read_all_at_once() -> None:
    assert CellRules().are_plain_numbers(["1", "-2.5", "3e4"])
    assert not CellRules(",").are_plain_numbers(["1", "2.5"])


def test_what_stands_for_nothing_in_other_programs_is_missing() -> None:
    words = {"NA", "N/A", "n/a", "null", "NULL", "NaN", "nan", "?", "#N/A", "<NA>", "\\N"}

    assert words <= MISSING
    assert CellRules(words=frozenset({"unknown"})).missing == {"unknown", ""}


def test_a_cell_is_shown_on_one_line_and_short() -> None:
    assert clip("a\n b") == "a b"
    assert clip("x" * 40) == "x" * 40
    assert clip("x" * 41) == "x" * 40 + "…"


@pytest.mark.parametrize(
    ("text", "cell"), [("plain", "plain"), ("a,b", '"a,b"'), ('say "hi"', '"say ""hi"""')]
)
def test_text_is_quoted_where_csv_needs_it(text: str, cell: str) -> None:
    assert quote_csv(text) == cell
