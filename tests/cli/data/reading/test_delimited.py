from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.data.files import lines, noise, put, refusal, write


def separated(sign: str) -> str:
    return lines(f"y{sign}a{sign}b", lambda n: f"{n % 2}{sign}{n % 7}.5{sign}{noise(n)}")


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_separate_columns(tmp_path: Path, sign: str) -> None:
    done = put(write(tmp_path, separated(sign)))

    assert done.found.table.names == ["y", "a", "b"]
    assert f"1,1.5,{noise(1)}" in done.rows


def test_spaces_are_refused_by_name(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, "1 2 3\n" * 20))

    assert message == (
        "rows.csv: line 1: columns are separated by spaces; use commas, semicolons or tabs"
    )


def test_a_decimal_comma_is_taken_between_semicolons(tmp_path: Path) -> None:
    text = lines("y;price;x", lambda n: f"{n % 2};1.23{n % 10},5;{n % 7},25")

    assert "1,1231.5,1.25" in put(write(tmp_path, text)).rows


def thousands(sign: str) -> Callable[[int], str]:
    return lambda n: sign.join((str(n % 2), f"{n % 9 + 1},234", str(n % 7)))


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_comma_that_may_be_either_is_asked_about(tmp_path: Path, sign: str) -> None:
    path = write(tmp_path, lines(sign.join(("y", "price", "x")), thousands(sign)))

    assert refusal(path) == (
        "rows.csv: '1,234' is a thousand or a fraction; say which the comma is: --decimal , or "
        "--decimal ."
    )
    assert "0,1.234,0" in put(path, decimal=",").rows
    assert "0,1234,0" in put(path, decimal=".").rows


def test_both_decimal_signs_in_one_file_are_refused(tmp_path: Path) -> None:
    text = lines("y;a;b", lambda n: f"{n % 2};{n % 7},5;{n % 7}.5")

    assert refusal(write(tmp_path, text)) == (
        "rows.csv: '0,5' has a decimal comma and '0.5' a decimal point; write all numbers alike, "
        "or say which it is with --decimal , or --decimal ."
    )


def test_thousands_in_quotation_marks_are_numbers(tmp_path: Path) -> None:
    text = lines("y,price,x", lambda n: f'{n % 2},"1,23{n % 10}.5",{n % 7}')

    assert "1,1231.5,1" in put(write(tmp_path, text)).rows


@pytest.mark.parametrize("cell", ["1.23{},5", "3,{}"])
def test_a_decimal_comma_between_commas_is_refused_with_advice(tmp_path: Path, cell: str) -> None:
    text = lines("y,price,x", lambda n: f'{n % 2},"{cell.format(n % 10)}",{n % 7}')
    path = write(tmp_path, text)

    shown = ", ".join(cell.format(number) for number in range(3))
    assert refusal(path) == (
        f"rows.csv: column 'price' has numbers with another decimal sign ({shown}); leave out "
        "with --drop price, or take as numbers with --decimal ,"
    )
    assert put(path, decimal=",").found.roles == ["label", "number", "number"]


def test_a_single_decimal_comma_among_numbers_is_refused_with_its_line(tmp_path: Path) -> None:
    text = lines("y,price", lambda n: f'{n % 2},"3,5"' if n == 9 else f"{n % 2},{noise(n)}")

    assert (
        "line 11: column 2 (price) is '3,5', not a finite number; mend it, or say --decimal ,"
        in (refusal(write(tmp_path, text)))
    )


@pytest.mark.parametrize("sign", ["x", "", ";"])
def test_a_decimal_sign_is_a_point_or_a_comma(tmp_path: Path, sign: str) -> None:
    assert refusal(write(tmp_path, separated(",")), decimal=sign) == (
        f"--decimal: {sign!r} is neither '.' nor ','; write one of them"
    )


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "y,a,b,a\n" + "1,2,3,4\n" * 20)) == (
        "rows.csv: line 1: columns 2 and 4 are both named 'a'; rename one of them"
    )


@pytest.mark.parametrize("name", ['"a\nb"', "x" * 501])
def test_a_name_that_no_container_takes_is_refused(tmp_path: Path, name: str) -> None:
    message = refusal(write(tmp_path, f"y,{name}\n" + "1,2\n" * 20))

    assert "line 1: the name of column 2 is" in message
    assert message.endswith("write a short one, or leave it out with --drop 2")


def test_a_column_that_is_left_out_may_have_any_name_and_any_numbers(tmp_path: Path) -> None:
    text = lines('y;"a\nb";c', lambda n: f"{n % 2};x;{noise(n)}")
    numbers = lines("y;a;b", lambda n: f"{n % 2};{n % 7},5;{n % 7}.5")

    assert put(write(tmp_path, text), drop=["2"]).found.roles == ["label", "drop", "number"]
    assert "0,0.5" in put(write(tmp_path, numbers), drop=["a"]).rows


def test_a_line_of_separators_alone_is_no_row(tmp_path: Path) -> None:
    text = lines(",,\ny,a,b", lambda n: f"{n % 2},,{noise(n)}") + ",,\n\n,\n"

    done = put(write(tmp_path, text), drop=["a"])

    assert done.found.table.names == ["y", "a", "b"]
    assert len(done.rows) == 60


def test_a_trailing_comma_is_refused_and_may_be_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, lines("y,a,", lambda n: f"{n % 2},{noise(n)},"))

    assert refusal(path) == (
        "rows.csv: line 1: column 3 of the header has no name; remove the separator at the end of "
        "each line, or say --drop 3"
    )
    assert put(path, drop=["3"]).found.roles == ["label", "number", "drop"]


def test_a_trailing_comma_of_rows_only_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, lines("y,a", lambda n: f"{n % 2},{noise(n)},"))) == (
        "rows.csv: line 2: 3 columns, but the first line has 2: it ends with a separator; remove "
        "the last separator of each line"
    )


def test_an_index_without_a_name_is_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, lines(",y,a", lambda n: f"{n},{n % 2},{noise(n)}"))

    assert refusal(path).endswith("give it one, or leave it out (an index?) with --drop 1")
    assert put(path, drop=["1"], label="y").found.roles == ["drop", "label", "number"]


def test_a_first_line_of_words_that_are_values_too_is_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, lines("", lambda n: f"{'pe'[n % 2]},{'abc'[n % 3]},{'xyz'[n % 3]}"))

    assert refusal(path) == (
        "rows.csv: line 1: p, a, x: may be names or values; say --header or --no-header"
    )
    assert put(path, has_header=False).found.table.names is None
    assert put(path, has_header=True).found.table.names == ["p", "a", "x"]


def test_a_first_line_of_words_and_numbers_that_come_once_is_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, lines("y,city,2025", lambda n: f"{n % 2},{'ab'[n % 2]},{noise(n)}"))

    assert refusal(path) == (
        "rows.csv: line 1: y, city, 2025: may be names or values; say --header or --no-header"
    )
    assert put(path, has_header=True).found.table.names == ["y", "city", "2025"]
    assert put(write(tmp_path, path.read_text().partition("\n")[2])).found.table.names is None


def test_a_header_of_numbers_is_one_when_said(tmp_path: Path) -> None:
    path = write(tmp_path, lines("y,2019,2020", lambda n: f"{n % 2},{noise(n)},{noise(n + 1)}"))

    assert "line 1: column 1 is 'y', not a finite number; say --header when line 1 has names, " in (
        refusal(path)
    )
    assert put(path, has_header=True).found.table.names == ["y", "2019", "2020"]


def test_white_space_around_cells_is_no_part_of_them(tmp_path: Path) -> None:
    text = lines("y , a", lambda n: f" {n % 2} ,\t{n % 7}.5 ")

    done = put(write(tmp_path, text))

    assert done.found.table.names == ["y", "a"]
    assert "1,1.5" in done.rows


def test_an_open_quotation_mark_is_refused_with_the_line_it_opens_on(tmp_path: Path) -> None:
    text = "1,2,3\n0,2,3\n" + '1,"2,3\n' + "1,2,3\n" * 20

    assert "rows.csv: line 3: not CSV" in refusal(write(tmp_path, text))


def test_lines_are_counted_where_a_cell_has_several(tmp_path: Path) -> None:
    text = lines("y,note,a", lambda n: f'{n % 2},"one\ntwo",{"x" if n == 30 else noise(n)}')

    assert "rows.csv: line 62: column 3 (a) is 'x'" in refusal(write(tmp_path, text), drop=["note"])
