"""How a CSV file is written: its separator, its header, and what stands before the features."""

from pathlib import Path
from typing import Any

import pytest

from container.channel.csv_dialect import Dialect, find_dialect, first_line, lines, quoted_sample
from container.channel.csv_errors import csv_error
from container.channel.data_files import DataFile
from container.contract.errors import InputError


@pytest.fixture
def file(tmp_path: Path) -> DataFile:
    return DataFile(tmp_path / "data.csv", "here")


def written(file: DataFile, text: str) -> DataFile:
    file.path.write_bytes(text.encode())
    return file


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", " "])
def test_fields_are_separated_by_what_makes_numbers_of_them(file: DataFile, delimiter: str) -> None:
    found = find_dialect(
        written(file, delimiter.join(("1", "2.5", "-3e1"))), header=False, weighted=False
    )

    assert found == Dialect(delimiter, ["label"], ["f0", "f1"], False)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b;c", ","),
        ("a;b|c", ";"),
        ("a|b c", "|"),
        ("1,5;2,5;3", ","),
        ("1\t;2\t;3", ";"),
        ("1;2,5x;3", ","),
        ("1 NA nan", " "),
        ("1;;3", ";"),
        ("x,1;2;3", ","),
    ],
)
def test_of_several_separators_the_one_that_leaves_numbers_or_else_the_first_counts(
    file: DataFile, text: str, delimiter: str
) -> None:
    assert find_dialect(written(file, text), header=False, weighted=False).delimiter == delimiter


def test_a_header_names_the_features(file: DataFile) -> None:
    found = find_dialect(written(file, "y, age ,plan\n1,2,3"), header=True, weighted=False)

    assert found == Dialect(",", ["label"], ["age", "plan"], True)
    assert found.columns == ["label", "f0", "f1"]
    assert [found.is_feature(place) for place in range(3)] == [False, True, True]


def test_a_weight_stands_before_the_features(file: DataFile) -> None:
    found = find_dialect(written(file, "y,w,a\n1,2,3"), header=True, weighted=True)

    assert found == Dialect(",", ["label", "weight"], ["a"], True)
    assert [found.is_feature(place) for place in range(3)] == [False, False, True]


@pytest.mark.parametrize(
    ("text", "header", "weighted", "complaint"),
    [
        ("\n\n", False, False, "has no line that is not blank"),
        ("1", False, False, "line 1 has 1 column(s), but needs a label and at least one feature"),
        ("\n1,2", False, True, "line 2 has 2 column(s), but needs a label and a weight and at"),
        ("1,2\n", True, False, "line 1 is no header; take header=present out of ContentType"),
        ("1,NA,\n", True, False, "line 1 is no header"),
        ("y,a,\n", True, False, "line 1 gives a column no name, or the name of another column"),
        ("y,a,a\n", True, False, "line 1 gives a column no name, or the name of another column"),
        ("y" * 200_000 + ",1", False, False, "line 1: field larger than field limit"),
    ],
)
def test_a_first_line_that_says_nothing_is_refused(
    file: DataFile, text: str, header: bool, weighted: bool, complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        find_dialect(written(file, text), header=header, weighted=weighted)

    assert str(caught.value).startswith(f"here: {complaint}")


def test_a_header_may_hold_a_number_among_names(file: DataFile) -> None:
    assert find_dialect(written(file, "y,2020"), header=True, weighted=False).features == ["2020"]


def test_blank_lines_do_not_count_but_are_counted(file: DataFile) -> None:
    given = written(file, "\ufeff\n 1 ,2\r\n\n3,4")

    assert [*lines(given, ",")] == [(2, ["1", "2"]), (4, ["3", "4"])]
    assert first_line(given, ",") == (2, ["1", "2"])


@pytest.mark.parametrize(("length", "shown"), [(40, "x" * 40), (41, "x" * 40 + "…")])
def test_a_long_text_is_shown_in_part(length: int, shown: str) -> None:
    assert quoted_sample("x" * length) == repr(shown)


def test_another_error_while_reading_is_not_the_files(
    file: DataFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        line_num = 1

        def __init__(self, *_: Any, **__: Any) -> None: ...

        def __iter__(self) -> Any:
            raise ZeroDivisionError

    monkeypatch.setattr("csv.reader", Broken)

    with pytest.raises(ZeroDivisionError):
        first_line(written(file, "1,2"), ",")
    with pytest.raises(ZeroDivisionError):
        csv_error(file, Dialect(",", ["label"], ["f0"], False), (), "why")


PLAIN = Dialect(",", ["label"], ["a", "b"], False)
HEADED = Dialect(",", ["label"], ["a", "b"], True)
WEIGHTED = Dialect(",", ["label", "weight"], ["a"], False)
CLASSES = "; a label is a number: write classes as 0, 1, 2 and so on"
ADVICE = "; encode text as numbers, or name the column in categorical_features"


@pytest.mark.parametrize(
    ("dialect", "categorical", "text", "complaint"),
    [
        (PLAIN, (), "1,2,3\n4,5,6", "not readable as CSV: why"),
        (PLAIN, (), "y,a,b\n1,2,3", "line 1 is a header ('y,a,b'); remove it, or say text/csv;he"),
        (PLAIN, (), "1,2,3\ny,a,b", f"line 2: label is not a number; got 'y'{CLASSES}"),
        (PLAIN, (1,), "y,a,b\n1,2,3", "line 1 is a header"),
        (
            PLAIN,
            (0, 1),
            "1,gold,red\nx,gold,red",
            f"line 2: label is not a number; got 'x'{CLASSES}",
        ),
        (PLAIN, (0, 1), ",gold,red", "line 1: label is empty; give every row a number there"),
        (HEADED, (), "y,a,b\ny,a,b", f"line 2: label is not a number; got 'y'{CLASSES}"),
        (PLAIN, (), "1,2\n1,2,3", "line 1 has 2 columns where 3 are expected"),
        (PLAIN, (), "1,2,3\n1,2,3,4", "line 2 has 4 columns where 3 are expected"),
        (PLAIN, (), "1,2,3\n,2,3", "line 2: label is empty; give every row a number there"),
        (PLAIN, (), "1,2,3\nNA,2,3", "line 2: label is empty"),
        (WEIGHTED, (), "1,2,3\n1,,3", "line 2: weight is empty; give every row a number there"),
        (PLAIN, (), "1,2,3\n1,,", "not readable as CSV: why"),
        (PLAIN, (), "1,x,3\n", f"line 1: a is not a number; got 'x'{ADVICE}"),
        (PLAIN, (0,), "1,x,3\n1,x,y", f"line 2: b is not a number; got 'y'{ADVICE}"),
        (PLAIN, (), "1,2,1e39\n", "line 1: b is too large for a 32-bit number; got '1e39'"),
        (PLAIN, (), ",,", "line 1: label is empty"),
    ],
)
def test_the_line_that_could_not_be_read_is_named(
    file: DataFile,
    dialect: Dialect,
    categorical: tuple[int, ...],
    text: str,
    complaint: str,
) -> None:
    error = csv_error(written(file, text), dialect, categorical, "why\nmore")

    assert str(error).startswith(f"here: {complaint}")
    # Whoever sends a number that is too large has encoded it.
    assert str(error).endswith(ADVICE) is complaint.endswith(ADVICE)


def test_another_error_of_a_number_is_not_the_files(
    file: DataFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("container.channel.csv_errors.read_number", broken)

    with pytest.raises(ZeroDivisionError):
        csv_error(written(file, "1,2,3"), PLAIN, (), "why")
