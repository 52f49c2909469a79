"""CSV files of features as people have them, read row by row."""

import io
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from cli.models.request_rows import RequestRows, open_rows
from cli.terminal.errors import WrongInput

Read = tuple[list[str] | None, list[tuple[int, list[str]]]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


def read(file: Path, content: str | bytes, **options: Any) -> Read:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_rows(file, **options) as found:
        return found.names, list(found.rows)


def complaint(file: Path, content: str | bytes, **options: Any) -> str:
    with pytest.raises(WrongInput) as caught:
        read(file, content, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(file), "FILE")


def test_a_header_names_columns_and_texts_stay(file: Path) -> None:
    assert read(file, 'age , plan\r\n\r\n 1 ,"a, ""b"""\n2,two\n\n') == (
        ["age", "plan"],
        [(3, ["1", 'a, "b"']), (4, ["2", "two"])],
    )


@pytest.mark.parametrize(
    ("content", "options", "names"),
    [
        ("1,x\n2,y\n", {}, None),
        ("NA,x\n", {"has_header": False}, None),
        ("2023,2024\n1,2\n", {"has_header": True}, ["2023", "2024"]),
        ("a,null\n1,2\n", {}, ["a", "null"]),
        (",a\n0,2\n", {}, ["", "a"]),
        ("null,\n1,2\n", {}, None),
    ],
)
def test_a_first_line_without_a_number_is_a_header_unless_said(
    file: Path, content: str, options: dict[str, Any], names: list[str] | None
) -> None:
    assert read(file, content, **options)[0] == names


@pytest.mark.parametrize(
    "word", ["", "NA", "n/a", "NULL", "null", "NaN", "nan", "?", "\\N", "None"]
)
def test_words_for_a_missing_value_become_nothing(file: Path, word: str) -> None:
    (_, (row, *_)) = read(file, f"a,b\n{word},1\n")

    assert row == (2, ["None" if word == "None" else "", "1"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_how_it_is_encoded(file: Path, encoding: str) -> None:
    assert read(file, "größe,b\n1,ä\n".encode(encoding)) == (["größe", "b"], [(2, ["1", "ä"])])


@pytest.mark.parametrize("separator", [";", "\t"])
def test_semicolons_and_tabs_separate_too(file: Path, separator: str) -> None:
    text = f"a,z{separator}b\n1.5{separator}x, y\n"

    assert read(file, text) == (["a,z", "b"], [(2, ["1.5", "x, y"])])


def test_thousands_and_decimal_commas_become_plain_numbers(file: Path) -> None:
    thousands = 'a,b,c\n"1,234.5","x, y","1,000"\n7,"2,000",word\n,"3,000",-5e3\n'
    decimals = "a;b;c\n1.234,5;x, y;2,5\n7;2.000;-,5\n;3,5;1e3\n"

    assert [row for _, row in read(file, thousands)[1]] == [
        ["1234.5", "x, y", "1,000"],
        ["7", "2,000", "word"],
        ["", "3,000", "-5e3"],
    ]
    assert [row for _, row in read(file, decimals)[1]] == [
        ["1234.5", "x, y", "2.5"],
        ["7", "2.000", "-.5"],
        ["", "3,5", "1e3"],
    ]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("1,234", "FILE: '1,234' is a thousand or a fraction; write points in numbers, and nothi"),
        ("1.5\t2,5", "FILE: '2,5' has a decimal comma and '1.5' a decimal point; write all numb"),
    ],
)
def test_a_comma_that_may_be_either_is_refused(file: Path, cells: str, message: str) -> None:
    header = "a\tb\tc\n" if "\t" in cells else "a\tb\n"

    assert complaint(file, f"{header}{cells}\tx\n").startswith(message)


def test_a_column_is_one_of_numbers_by_some_of_its_rows(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.models.request_rows._ROWS_AT_ONCE", 2)

    rows = read(file, 'a,b\n"1,000",1\n"2,000",1\n"3,000",1\n')[1]

    assert rows == [(2, ["1000", "1"]), (3, ["2000", "1"]), (4, ["3000", "1"])]


@pytest.mark.parametrize(
    ("drop", "names", "row"),
    [
        (["id"], ["age", "3"], ["1", "2"]),
        (["1", "age"], ["3"], ["2"]),
        (["3"], ["id", "age"], ["7", "1"]),
        (["2"], ["id", "3"], ["7", "2"]),
    ],
)
def test_a_column_is_left_out_by_name_or_number(
    file: Path, drop: list[str], names: list[str], row: list[str]
) -> None:
    assert read(file, "id,age,3\n7,1,2\n", has_header=True, drop=drop) == (names, [(2, row)])


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", {}, "FILE: empty; give at least one row"),
        (" \n\n", {}, "FILE: empty; give at least one row"),
        (",\n,\n", {}, "FILE: no rows; give at least one"),
        ("a,b\n", {}, "FILE: a header and no rows; give at least one row"),
        ("a,b\n1,2\n3\n", {}, "FILE: line 3: 1 column, but the first line has 2; give every line"),
        ("a,b,a\n1,2,3\n", {}, "FILE: line 1: columns 1 and 3 are both named 'a'; rename one"),
        ('a,b\n1,"2\n3,4\n', {}, "FILE: line 2: not CSV: unexpected end of data; mend that line"),
        ("1 2\n", {}, "FILE: line 1: columns are separated by spaces; use commas, sem"),
        (
            b"PK\x03\x04",
            {},
            "FILE: a binary file, not CSV (an Excel workbook or a zip archive); ex",
        ),
        (b"1,2\x00", {}, "FILE: a binary file, not CSV; export it as CSV"),
        (b"1,\xff\n", {}, "FILE: not text (line 1 is not UTF-8); save it as CSV in UTF-8"),
        ("1,2\n", {"drop": ["id"]}, "FILE: no column 'id' for --drop; no header; give a name, or"),
        ("a,b\n1,2\n", {"drop": ["3"]}, "FILE: no column '3' for --drop; columns are a, b; give a"),
        ("a\n1\n", {"drop": ["a"]}, "FILE: --drop leaves no column; keep at least one"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(
    file: Path, content: str | bytes, options: dict[str, Any], message: str
) -> None:
    assert complaint(file, content, **options).startswith(message)


def test_a_file_that_is_not_there_is_said(file: Path) -> None:
    said = "cannot be read: no such file or directory; check"
    with pytest.raises(WrongInput, match=said), open_rows(file):
        pass


def test_standard_input_is_read_and_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    given = io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"a\n1\n")))
    monkeypatch.setattr("sys.stdin", given)

    with open_rows(Path("-")) as found:
        assert (found.names, list(found.rows)) == (["a"], [(2, ["1"])])
    assert not given.buffer.closed


def test_rows_are_read_as_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO(b"a,b\n" + b"1,2\n" * 200_000)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(content)))

    with open_rows(Path("-")) as found:
        assert next(found.rows) == (2, ["1", "2"])
        assert content.tell() < 100_000


@pytest.mark.acceptance
def test_parquet_has_names_and_each_row_is_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.ecr.environments.ensure", lambda *requirements: Path(sys.prefix))
    pyarrow.parquet.write_table(pa.table({"1": [0.5, None], "city": ["a, b", None]}), file)
    with open_rows(file, drop=["city"]) as found:
        assert (found.names, list(found.rows)) == (["1"], [(2, ["0.5"]), (3, [""])])
    pyarrow.parquet.write_table(pa.table({"2": [None, 1.5]}), file)
    with open_rows(file) as found:
        assert [row for _, row in found.rows] == [[""], ["1.5"]]


def test_what_is_left_out_says_nothing_of_decimal_signs(file: Path) -> None:
    text = "a;b;c\n1,5;1.5;x\n"

    assert read(file, text, drop=["b"]) == (["a", "c"], [(2, ["1.5", "x"])])


def test_rows_in_memory_have_no_names() -> None:
    rows = RequestRows.of_cells([["1"], ["2"]])

    assert (rows.names, list(rows.rows)) == (None, [(1, ["1"]), (2, ["2"])])
