"""Dates in a file for predictions become the columns that `data put` made of them."""

from pathlib import Path
from typing import Literal

import pytest

from cli.models.date_columns import replace_dates
from cli.models.request_rows import open_rows
from cli.terminal.errors import WrongInput

PARTS = ["at_year", "at_month", "at_day", "at_weekday", "at_hour"]


def read(
    folder: Path, content: str, dates: Literal["drop", "split"]
) -> tuple[list[str] | None, list[list[str]]]:
    file = folder / "rows.csv"
    file.write_text(content)
    with open_rows(file) as found:
        rows = replace_dates(found, dates, "FILE")
        return rows.names, [row for _, row in rows.rows]


@pytest.mark.parametrize(
    "cell", ["2026-12-31 23:59", "31/12/2026 23:59", "12/31/2026 11:59 pm", "31 Dec 2026 23:59:01"]
)
def test_a_date_is_split_in_its_place(tmp_path: Path, cell: str) -> None:
    assert read(tmp_path, f"a,at,b\n1,{cell},x\n2,NA,y\n", "split") == (
        ["a", *PARTS, "b"],
        [["1", "2026", "12", "31", "3", "23", "x"], ["2", "", "", "", "", "", "y"]],
    )


def test_the_day_is_told_from_the_month_by_the_other_rows(tmp_path: Path) -> None:
    content = "at,a\n01/02/2026,1\n31/12/2026,2\n"

    assert [row[:3] for row in read(tmp_path, content, "split")[1]] == [
        ["2026", "2", "1"],
        ["2026", "12", "31"],
    ]


def test_dates_are_left_out_and_rows_need_no_header(tmp_path: Path) -> None:
    assert read(tmp_path, "1,2026-01-02,x\n", "drop") == (None, [["1", "x"]])
    assert read(tmp_path, "a,at\n1,2026-01-02\n", "drop") == (["a"], [["1"]])


def test_a_row_after_those_that_were_looked_at_is_split_alike(tmp_path: Path) -> None:
    rows = read(tmp_path, "at\n" + "2026-01-02\n" * 1_500, "split")[1]

    assert rows == [["2026", "1", "2", "4", "0"]] * 1_500


@pytest.mark.parametrize(
    ("content", "dates", "reason"),
    [
        ("a,b\n1,x\n", "split", "FILE: no column of dates for --dates; leave it out"),
        ("at\n2026-01-02\n", "drop", "FILE: --dates drop leaves no column; keep at least one"),
        (
            "at\n01/02/2026\n",
            "split",
            "FILE: line 2: '01/02/2026' is a date in which the month may be the day; write it as "
            "2026-12-31",
        ),
        (
            "at\n" + "2026-01-02\n" * 1_000 + "soon\n",
            "split",
            "FILE: line 1002: 'soon' is no date; write it as 2026-12-31",
        ),
    ],
)
def test_what_is_no_date_or_may_be_two_is_refused(
    tmp_path: Path, content: str, dates: Literal["drop", "split"], reason: str
) -> None:
    with pytest.raises(WrongInput) as caught:
        read(tmp_path, content, dates)

    assert str(caught.value) == reason
