"""What a column is taken for, and which ones are asked about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.data import understanding
from cli.data.columns import MOST_VALUES, ColumnProfile, most_values_of
from cli.data.reading.cells import CellRules
from tests.cli.data.files import lines, noise, put, refusal, write


def profile(*cells: str, name: str = "a", most: int = MOST_VALUES) -> ColumnProfile:
    made = ColumnProfile(name, CellRules(), most, most)
    # In two parts, as of a file.
    for begin, end in ((0, len(cells) // 2), (len(cells) // 2, len(cells))):
        made.add(cells[begin:end], range(begin + 1, end + 1))
    return made


def test_text_with_few_values_becomes_categories(tmp_path: Path) -> None:
    path = write(tmp_path, lines("y,city", lambda n: f'{n % 2},"{"abc"[n % 3]}, x"'))

    done = put(path)

    assert done.found.roles == ["label", "category"]
    assert set(done.rows) == {f'{y},"{city}, x"' for y in (0, 1) for city in "abc"}


def test_text_that_differs_in_nearly_every_row_is_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, lines("y,name,a", lambda n: f"{n % 2},person {n},{noise(n)}"))

    assert refusal(path) == (
        "rows.csv: column 'name' is text with 60 values in 60 rows (person 0, person 1, person 2); "
        "leave out with --drop name, or take with --categorical name"
    )
    assert put(path, drop=["name"]).found.roles == ["label", "drop", "number"]
    assert put(path, categorical=["name"]).found.roles == ["label", "category", "number"]


@pytest.mark.parametrize(("values", "is_taken"), [(30, True), (31, False)])
def test_text_is_categories_while_values_come_twice_on_the_whole(
    tmp_path: Path, values: int, is_taken: bool
) -> None:
    path = write(tmp_path, lines("y,a", lambda n: f"{n % 2},v{n % values}"))
    if is_taken:
        assert put(path).found.roles == ["label", "category"]
    else:
        assert "is text with 31 values in 60 rows" in refusal(path)


def test_over_a_thousand_texts_are_asked_about() -> None:
    cells = [f"v{number}" for number in range(1_001)] * 3

    assert not profile(*cells).has_few_values
    assert profile(*cells[1:1_001] * 3).has_few_values


@pytest.mark.parametrize("step", [1, -1, 7])
def test_whole_numbers_that_count_up_or_down_are_an_id(tmp_path: Path, step: int) -> None:
    path = write(tmp_path, lines("y,row,a", lambda n: f"{n % 2},{1_000 + n * step},{noise(n)}"))

    message = refusal(path)

    assert message.startswith("rows.csv: column 'row' looks like an id (1000, ")
    assert message.endswith("; leave out with --drop row, or take with --keep row")
    assert put(path, keep=["row"]).found.roles == ["label", "number", "number"]


@pytest.mark.parametrize("name", ["id", "ID", "customer_id", "customerID", "PassengerId", "uuid"])
def test_different_whole_numbers_named_as_an_id_are_one(name: str) -> None:
    cells = [str((number * 37) % 101) for number in range(101)]

    assert profile(*cells, name=name).is_id
    assert profile(*cells, name=name, most=50).is_id
    assert not profile(*cells, name="paid").is_id
    assert not profile(*cells, cells[0], name=name).is_id
    assert not profile(*(f"{cell}.5" for cell in cells), name=name).is_id


@pytest.mark.parametrize(
    "cells", [("1", "2", "2"), ("1", "2", ""), ("1", "3", "2"), ("1.5", "2.5", "3.5"), ("1",)]
)
def test_other_numbers_are_no_id(cells: tuple[str, ...]) -> None:
    assert not profile(*cells).is_id


def test_long_whole_numbers_are_compared_exactly() -> None:
    assert profile(*(str(2**62 + number) for number in range(9))).is_id


@pytest.mark.parametrize(
    ("cells", "kind", "misfits"),
    [
        (("1", "2", "x"), "number", 1),
        (("1", "x", "y"), "text", 0),
        (("1", "x"), "text", 0),
        (("2026-01-01", "2026-01-02", "x"), "date", 1),
        (("NA", "", "?"), "empty", 0),
        (("1", "NA", ""), "number", 0),
    ],
)
def test_a_column_is_what_most_of_its_values_are(
    cells: tuple[str, ...], kind: str, misfits: int
) -> None:
    found = profile(*cells)

    assert (found.kind, found.misfits) == (kind, misfits)


def test_missing_words_are_counted_and_are_no_values() -> None:
    found = profile("1", "NA", "", "NA", "2", "null")

    assert found.missing == {"NA": 2, "": 1, "null": 1}
    assert (found.present, found.distinct, found.examples) == (2, "2", ["1", "2"])


def test_more_values_than_are_counted_are_said_to_be_more() -> None:
    found = profile("1", "3", "2", "1", most=2)

    assert found.distinct == "2+"
    assert not found.counts


def test_fewer_values_are_counted_in_each_of_many_columns() -> None:
    assert most_values_of(10) == (MOST_VALUES, MOST_VALUES)
    assert most_values_of(500) == (2_000, 2_000)
    assert most_values_of(5_000) == (1_001, 200)
    assert most_values_of(100_000) == (1_001, 100)


def test_fewer_numbers_than_texts_are_counted_in_each_of_many_columns() -> None:
    numbers = ColumnProfile("a", CellRules(), 4, 2)
    texts = ColumnProfile("a", CellRules(), 4, 2)

    numbers.add(["1", "3", "2", "1"], range(4))
    texts.add(["x", "z", "y", "x"], range(4))

    assert (numbers.distinct, texts.distinct) == ("2+", "3")


def test_a_column_without_a_value_is_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, lines("y,a,b", lambda n: f"{n % 2},{noise(n)},NA"))

    assert refusal(path) == (
        "rows.csv: column 'b' has no value in any row; leave out with --drop b"
    )


def test_all_questions_are_asked_in_one_line(tmp_path: Path) -> None:
    def row(number: int) -> str:
        return f"{number},{number % 2},name {number},2026-01-{number % 28 + 1:02},{noise(number)}"

    path = write(tmp_path, lines("PassengerId,y,Full Name,on,a", row))

    assert refusal(path, label="y").endswith(
        "; leave out with --drop PassengerId --drop 'Full Name' --drop on, or take an id with "
        "--keep NAME, a text with --categorical NAME, as numbers with --dates split"
    )


Options = dict[str, Any]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"drop": ["z"]}, "no column 'z' for --drop; columns are y, a, b"),
        ({"keep": ["4"]}, "no column '4' for --keep"),
        ({"label": "0"}, "no column '0' for --label"),
        ({"drop": ["a"], "keep": ["a"]}, "column 'a' is in --drop and in --keep; choose one"),
        ({"drop": ["y"], "label": "y"}, "column 'y' is in --drop and in --label; choose one"),
        ({"group": "a", "time": "b"}, "--group and --time are two ways to split; choose one"),
        ({"drop": ["a", "b"]}, "no feature is left beside the label; drop fewer columns"),
    ],
)
def test_options_that_contradict_are_refused(
    tmp_path: Path, options: Options, message: str
) -> None:
    path = write(tmp_path, lines("y,a,b", lambda n: f"{n % 2},{noise(n)},{n % 7}"))

    assert message in refusal(path, **options)


def test_a_file_without_header_has_numbers_for_names(tmp_path: Path) -> None:
    path = write(tmp_path, lines("", lambda n: f"{noise(n)},{n % 2},{n % 7}"))

    assert put(path, label="2").rows[0].startswith("0,")
    assert "no header, so --label is a number from 1 to 3: 'y'" in refusal(path, label="y")


@pytest.mark.parametrize(("width", "more"), [(12, ""), (13, ", …")])
def test_twelve_columns_are_listed_and_more_are_hinted_at(
    tmp_path: Path, width: int, more: str
) -> None:
    header = ",".join(f"c{number}" for number in range(width))
    text = lines(header, lambda n: ",".join([str(n % 2)] * width))

    assert refusal(write(tmp_path, text), label="z").endswith(f"c10, c11{more}")


def dated(dates: Callable[[int], str]) -> str:
    return lines("y,on,a", lambda n: f"{n % 2},{dates(n)},{noise(n)}")


def test_dates_are_refused_unless_they_are_dropped_or_split(tmp_path: Path) -> None:
    path = write(tmp_path, dated(lambda n: f"2026-01-{n % 28 + 1:02} 13:30"))

    assert refusal(path).endswith(
        "; leave out with --drop on, or take as numbers with --dates split"
    )
    assert put(path, dates="drop").found.roles == ["label", "drop", "number"]
    done = put(path, dates="split")
    assert [column.name for column in done.found.features] == [
        *("on_year", "on_month", "on_day", "on_weekday", "on_hour", "a")
    ]
    assert f"1,2026,1,2,4,13,{noise(1)}" in done.rows


def test_a_missing_date_is_five_missing_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, dated(lambda n: "NA" if n == 1 else f"2026-01-{n % 28 + 1:02}"))

    assert f"1,,,,,,{noise(1)}" in put(path, dates="split").rows


def test_dates_that_can_be_meant_in_two_ways_are_not_split(tmp_path: Path) -> None:
    path = write(tmp_path, dated(lambda n: f"{n % 12 + 1}/{n % 11 + 1}/2026"))

    assert refusal(path, dates="split") == (
        "rows.csv: column 'on' has dates such as '1/1/2026', in which day and month may be meant "
        "either way; write dates as 2026-12-31"
    )
    assert put(path, dates="drop").found.roles == ["label", "drop", "number"]


def test_a_part_of_a_date_has_a_name_of_its_own(tmp_path: Path) -> None:
    text = lines("y,on,on_day", lambda n: f"{n % 2},2026-01-{n % 28 + 1:02},{noise(n)}")

    assert "a part of a date would be named 'on_day', as another column is; rename it" in refusal(
        write(tmp_path, text), dates="split"
    )


def test_texts_of_several_lines_are_no_categories(tmp_path: Path) -> None:
    text = lines("y,note", lambda n: f'{n % 2},"a\n{n % 3}"')

    assert "column 'note' has texts of several lines" in refusal(write(tmp_path, text))


def test_more_values_than_are_counted_are_no_categories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "most_values_of", lambda width: (50, 50))
    text = lines("y,name,a", lambda n: f"{n % 2},v{n},{noise(n)}")

    assert "column 'name' has more than 50 values, too many for categories; leave it out" in (
        refusal(write(tmp_path, text), categorical=["name"])
    )
