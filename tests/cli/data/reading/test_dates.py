from datetime import datetime

import pytest

from cli.data.reading.dates import DateReader, seconds_of, split_date


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-01-31", datetime(2026, 1, 31)),
        ("2026-01-31 23:59", datetime(2026, 1, 31, 23, 59)),
        ("2026-01-31T10:00:00Z", datetime(2026, 1, 31, 10)),
        ("2026-01-31T10:00:00+09:00", datetime(2026, 1, 31, 1)),
        ("2026/1/3", datetime(2026, 1, 3)),
        ("31.12.2026", datetime(2026, 12, 31)),
        ("31/12/2026", datetime(2026, 12, 31)),
        ("12/31/2026 3:04 PM", datetime(2026, 12, 31, 15, 4)),
        ("12/31/2026 12:04:05 am", datetime(2026, 12, 31, 0, 4, 5)),
        ("5-Mar-2026", datetime(2026, 3, 5)),
        ("5 March 2026", datetime(2026, 3, 5)),
    ],
)
def test_a_date_is_read_in_the_forms_that_programs_write(cell: str, moment: datetime) -> None:
    assert DateReader().read(cell) == moment


@pytest.mark.parametrize(
    "cell",
    [
        *("", "20260131", "2026-13-01", "2026-02-30", "31/31/2026", "1.5", "12:30", "abc"),
        *("1/2/2026 13:00 PM", "1/2/2026 25:00", "5-Xyz-2026", "1-2/2026", "192.168.0.1"),
    ],
)
def test_what_is_no_date_is_none(cell: str) -> None:
    assert DateReader().read(cell) is None


def test_days_and_months_are_told_apart_by_a_date_that_can_be_one_only() -> None:
    reader = DateReader()
    found = []
    for cell in ("3/4/2026", "13/4/2026"):
        reader.read(cell)
        found.append(reader.is_ambiguous)

    assert found == [True, False]
    assert reader.read("3/4/2026") == datetime(2026, 4, 3)


def test_dates_that_have_the_day_first_and_the_month_first_are_ambiguous() -> None:
    reader = DateReader()
    for cell in ("13/4/2026", "4/13/2026"):
        reader.read(cell)

    assert reader.is_ambiguous


def test_a_day_that_is_its_month_leaves_nothing_open() -> None:
    reader = DateReader()
    reader.read("4/4/2026")

    assert not reader.is_ambiguous


def test_a_date_is_split_into_numbers_with_monday_as_0() -> None:
    assert split_date(datetime(2026, 11, 30, 17, 5)) == (2026, 11, 30, 0, 17)
    assert seconds_of(datetime(1970, 1, 2)) == 86_400
