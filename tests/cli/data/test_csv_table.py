import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.data.csv_table import CsvTable, display_name, parse_csv, read_text
from cli.terminal.errors import WrongInput

TEN = "".join(f"{number % 2},{number}.5,{number}\n" for number in range(10))


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "rows.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path) -> CsvTable:
    return parse_csv(read_text(path), display_name(path))


def refusal(path: Path) -> str:
    with pytest.raises(WrongInput) as message:
        read(path)
    text = str(message.value)
    assert "\n" not in text
    return text


def test_rows_without_header_are_taken_as_they_are(tmp_path: Path) -> None:
    rows = read(write(tmp_path, TEN))

    assert rows.names is None
    assert rows.cells[3] == ["1", "3.5", "3"]


def test_a_header_is_recognised_and_left_out(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "y,a,b\n" + TEN))

    assert rows.names == ["y", "a", "b"]
    assert len(rows.cells) == 10


def test_an_unknown_feature_may_be_empty_or_nan(tmp_path: Path) -> None:
    rows = read(write(tmp_path, TEN + "1,,nan\n"))

    assert rows.cells[-1] == ["1", "", ""]


def test_a_byte_order_mark_and_windows_line_ends_are_no_trouble(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "\ufeff" + TEN.replace("\n", "\r\n")))

    assert rows.cells[0] == ["0", "0.5", "0"]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none.csv")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a directory" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"PK\x03\x04\xff\xfe\x00", b"1,2\n\x00,3\n"])
def test_a_binary_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "CSV" in refusal(write(tmp_path, content))


@pytest.mark.parametrize("content", ["", "\n\n", "y,a,b\n"])
def test_a_file_without_rows_is_refused(tmp_path: Path, content: str) -> None:
    assert "at least one" in refusal(write(tmp_path, content))


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs"), (" ", "spaces")])
def test_another_separator_is_refused_by_name(tmp_path: Path, sign: str, name: str) -> None:
    assert name in refusal(write(tmp_path, TEN.replace(",", sign)))


def test_a_comma_as_decimal_sign_is_named_as_the_trouble(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, "1;11,94;18,24\n" * 10))

    assert "separated by semicolons; use commas, and points in numbers" in message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_text_in_utf_16_is_refused_by_name(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(("" if encoding == "utf-16" else "\ufeff").encode(encoding))
    path.write_bytes(path.read_bytes() + TEN.encode(encoding))

    assert "UTF-16 text; save it as CSV in UTF-8" in refusal(path)


def test_a_cell_of_any_length_is_refused_in_a_short_line(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, TEN + f"1,{'x' * 5_000},3\n"))

    assert len(message) < len(str(tmp_path)) + 200


def test_a_line_with_other_columns_is_refused_with_its_number(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, TEN + "1,2\n"))

    assert "line 11: 2 columns, but the first line has 3" in message


def test_a_word_among_the_numbers_is_refused_with_line_and_column(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, "y,size,city\n" + TEN + "1,2,Tokyo\n"))

    assert "line 12: column 3 (city) is 'Tokyo'" in message


@pytest.mark.parametrize("cell", ["1_000", "inf", "-Infinity", "0x10", "1;2", "\uff11"])
def test_what_xgboost_cannot_read_as_a_number_is_refused(tmp_path: Path, cell: str) -> None:
    assert f"line 11: column 2 is {cell!r}" in refusal(write(tmp_path, TEN + f"1,{cell},3\n"))


def test_a_first_line_with_one_word_is_a_mistake_and_not_a_header(tmp_path: Path) -> None:
    assert "line 1: column 2 is 'x'" in refusal(write(tmp_path, "1,x,3\n" + TEN))


def test_an_unclosed_quote_is_refused(tmp_path: Path) -> None:
    assert "line 3: not CSV" in refusal(write(tmp_path, "1,2,3\n0,2,3\n" + '1,"2,3\n' + TEN))


def test_prediction_takes_a_single_row_of_features() -> None:
    assert parse_csv("1,2,3", "standard input").cells == [["1", "2", "3"]]


@pytest.mark.parametrize("separator", ["\t", " "])
def test_white_space_beside_the_commas_is_no_separator(separator: str) -> None:
    assert parse_csv(f"1,{separator}2\n", "rows").cells == [["1", "2"]]


@pytest.mark.parametrize(
    ("line", "is_separator"), [("a;b,c,d", False), ("a;b,c", True), ("1,5;2,5;3", True)]
)
def test_semicolons_separate_where_there_are_as_many_as_commas(
    line: str, is_separator: bool
) -> None:
    text = line + "\n" + "1,2,3\n"
    if not is_separator:
        assert parse_csv(text, "rows").names == line.split(",")
        return
    with pytest.raises(WrongInput, match="separated by semicolons"):
        parse_csv(text, "rows")


def test_standard_input_is_read_for_a_dash_and_named_in_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for content, found in ((b"1,2\n", "1,2\n"), (b" \n", None)):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        if found:
            assert read_text(Path("-")) == found
            continue
        with pytest.raises(WrongInput, match="standard input: empty; give at least one row"):
            read_text(Path("-"))


def test_a_file_is_named_by_its_path(tmp_path: Path) -> None:
    path = write(tmp_path, "")

    assert display_name(path) == str(path)
    assert f"{path}: empty; give at least one row" in refusal(path)


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_text_without_a_row_is_refused_from_whomever_it_comes(text: str) -> None:
    with pytest.raises(WrongInput, match="rows: no rows"):
        parse_csv(text, "rows")


def test_a_first_line_that_is_empty_cells_is_a_row_and_not_a_header(tmp_path: Path) -> None:
    assert read(write(tmp_path, ",,\n" + TEN)).cells[0] == ["", "", ""]


@pytest.mark.parametrize(("length", "shown"), [(40, "x" * 40), (41, "x" * 40 + "…")])
def test_a_cell_of_forty_letters_is_shown_whole(tmp_path: Path, length: int, shown: str) -> None:
    assert f"is {shown!r}, not" in refusal(write(tmp_path, TEN + f"1,{'x' * length},3\n"))
