"""Rows in three channels: split, rows that cannot be read, and what is said of them."""

import csv
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cli.data.column_file import column_document
from cli.data.division import warnings_of
from cli.data.labels import Objective
from cli.data.understanding import Understanding
from tests.cli.data.files import QUANTITY, UNSAID, lines, noise, put, refusal, write

ROWS = lines("y,a", lambda n: f"{int(n % 10 == 0)},{noise(n)}", 300)


def test_every_row_is_in_exactly_one_channel(tmp_path: Path) -> None:
    done = put(write(tmp_path, ROWS))

    assert done.rows == sorted(ROWS.splitlines()[1:])
    assert done.division.rows == {"train": 240, "validation": 30, "test": 30}


def test_each_channel_has_the_same_share_of_each_class(tmp_path: Path) -> None:
    done = put(write(tmp_path, ROWS))

    assert {name: Counter(row[0] for row in part) for name, part in done.parts.items()} == {
        "train": {"0": 216, "1": 24},
        "validation": {"0": 27, "1": 3},
        "test": {"0": 27, "1": 3},
    }


def test_the_same_seed_divides_the_same_way_and_another_differently(tmp_path: Path) -> None:
    path = write(tmp_path, ROWS)

    assert put(path, seed=3).parts == put(path, seed=3).parts
    assert put(path, seed=3).parts != put(path, seed=4).parts


def test_many_small_classes_have_the_shares_on_the_whole(tmp_path: Path) -> None:
    path = write(tmp_path, lines("y,a", lambda n: f"{n % 20},{noise(n)}", 100))

    done = put(path, UNSAID)

    # A class of five rows is in every channel.
    assert done.division.rows == {"train": 60, "validation": 20, "test": 20}


def test_a_quantity_is_divided_at_random(tmp_path: Path) -> None:
    done = put(write(tmp_path, lines("y,a", lambda n: f"{noise(n)},1", 100)), QUANTITY)

    assert done.division.rows == {"train": 80, "validation": 10, "test": 10}


def test_a_class_with_under_20_test_rows_is_warned_about(tmp_path: Path) -> None:
    poor = put(write(tmp_path, ROWS))
    rich = put(write(tmp_path, ROWS), shares=(0.2, 0.1, 0.7))

    assert warnings_of(poor.found, poor.division) == [
        "a class has under 20 test rows (1 3): metrics will say little; give more rows, or test a "
        "larger share with --split"
    ]
    assert warnings_of(rich.found, rich.division) == []


def grouped(groups: int) -> str:
    draw = random.Random(7)
    return lines("y,who,a", lambda n: f"{n % 2},p{draw.randrange(groups)},{noise(n)}", 400)


def test_a_group_is_in_one_channel_only(tmp_path: Path) -> None:
    path = write(tmp_path, grouped(40))
    who = {row.split(",")[2]: row.split(",")[1] for row in path.read_text().splitlines()[1:]}

    done = put(path, group="who")

    groups = {name: {who[row.split(",")[1]] for row in part} for name, part in done.parts.items()}
    assert sum(map(len, groups.values())) == len(set.union(*groups.values())) == 40
    assert done.division.rows["train"] in range(310, 330)
    assert done.found.roles == ["label", "group", "number"]
    assert put(path, group="who", keep=["who"], categorical=["who"]).found.roles[1] == "category"


def test_groups_that_were_not_counted_stay_together_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.data.understanding._MOST_GROUPS", 50)
    path = write(tmp_path, grouped(100))
    who = {row.split(",")[2]: row.split(",")[1] for row in path.read_text().splitlines()[1:]}

    done = put(path, group="who")

    groups = [{who[row.split(",")[1]] for row in part} for part in done.parts.values()]
    assert sum(map(len, groups)) == len(set.union(*groups))
    assert done.division.rows["train"] in range(270, 370)
    assert put(path, group="who").parts == done.parts


def test_three_groups_are_one_for_each_channel(tmp_path: Path) -> None:
    done = put(write(tmp_path, grouped(3)), group="who")

    assert all(done.division.rows.values())
    assert "--group: 2 groups cannot be in train, validation and test" in refusal(
        write(tmp_path, grouped(2)), group="who"
    )


def timed(days: int) -> str:
    draw = random.Random(5)
    return lines(
        "y,on,a", lambda n: f"{n % 2},2026-01-{draw.randrange(days) + 1:02},{noise(n)}", 300
    )


def test_the_oldest_rows_train_and_the_newest_test(tmp_path: Path) -> None:
    path = write(tmp_path, timed(28))
    when = {row.split(",")[2]: row.split(",")[1] for row in path.read_text().splitlines()[1:]}

    done = put(path, time="on")

    days = {name: [when[row.split(",")[1]] for row in part] for name, part in done.parts.items()}
    assert max(days["train"]) < min(days["validation"])
    assert max(days["validation"]) < min(days["test"])
    assert done.division.rows["train"] in range(225, 241)
    assert put(path, time="on", dates="split").found.roles == ["label", "dates", "number"]


def test_a_number_can_be_the_time(tmp_path: Path) -> None:
    path = write(tmp_path, lines("y,at,a", lambda n: f"{n % 2},{(n * 7) % 100},{noise(n)}", 100))

    done = put(path, time="at")

    assert done.division.rows == {"train": 80, "validation": 10, "test": 10}


@pytest.mark.parametrize(
    ("days", "message"), [(2, "too few different times to divide 300 rows by"), (1, "too few")]
)
def test_too_few_times_are_refused(tmp_path: Path, days: int, message: str) -> None:
    assert message in refusal(write(tmp_path, timed(days)), time="on")


def test_text_is_no_time(tmp_path: Path) -> None:
    path = write(tmp_path, grouped(10))

    assert "--time: column 'who' holds neither dates nor numbers" in refusal(path, time="who")


BAD = lines("y,a,b", lambda n: f"{n % 2},{'oops' if n in (7, 9) else noise(n)},{n % 5}")


def test_rows_that_cannot_be_read_are_counted_listed_and_refused(tmp_path: Path) -> None:
    path = write(tmp_path, BAD.replace("\n0,", "\n,", 1) + "1,2\n")

    assert refusal(path) == (
        "rows.csv: line 2: the label is missing; remove the line, or leave 4 rows that cannot be "
        "read out with --skip-bad 4 (listed in rows.csv.bad-rows.csv)"
    )
    listed = list(csv.reader((tmp_path / "rows.csv.bad-rows.csv").read_text().splitlines()))
    assert listed[0] == ["line", "reason", "row"]
    assert [(row[0], row[1]) for row in listed[1:]] == [
        ("2", "the label is missing"),
        ("9", "column 2 (a) is 'oops', not a finite number"),
        ("11", "column 2 (a) is 'oops', not a finite number"),
        ("62", "2 columns, but the first line has 3"),
    ]
    assert listed[2][2:] == ["1", "oops", "2"]


def test_rows_that_cannot_be_read_are_left_out_when_said(tmp_path: Path) -> None:
    path = write(tmp_path, BAD)

    assert "--skip-bad 2" in refusal(path, skip_bad=1)
    done = put(path, skip_bad=2)
    assert done.division.bad.count == 2
    assert sum(done.division.rows.values()) == 58
    assert done.division.rows == {"train": 46, "validation": 6, "test": 6}


def test_a_word_for_missing_values_is_taken_when_said(tmp_path: Path) -> None:
    path = write(tmp_path, BAD)

    assert "say --missing oops when unknown" in refusal(path)
    assert "1,,2" in put(path, missing=["oops"]).rows


def test_a_word_among_numbers_is_a_category_when_said(tmp_path: Path) -> None:
    path = write(tmp_path, lines("y,a", lambda n: f"{n % 2},{'oops' if n == 7 else n % 5}"))

    assert "say --categorical a for categories" in refusal(path)
    assert put(path, categorical=["a"]).found.roles == ["label", "category"]


def test_a_folder_that_cannot_be_written_to_hides_no_refusal(tmp_path: Path) -> None:
    path = write(tmp_path, BAD)
    (tmp_path / "rows.csv.bad-rows.csv").mkdir()

    assert "no list could be written to rows.csv.bad-rows.csv: is a directory" in refusal(path)


def test_missing_values_are_written_as_empty_cells(tmp_path: Path) -> None:
    words = ("NA", "null", "", "?", "N/A")
    path = write(
        tmp_path, lines("y,a,city", lambda n: f"{n % 2},{words[n % 5]},{(*words, 'b', 'c')[n % 7]}")
    )
    text = path.read_text().replace("0,NA,NA", "0,1.5,NA")
    path.write_text(text)

    assert set(put(path).rows) == {f"{y},,{c}" for y in (0, 1) for c in ("", "b", "c")} | {"0,1.5,"}


def test_group_and_time_may_not_be_missing(tmp_path: Path) -> None:
    path = write(tmp_path, grouped(10).replace(",p3,", ",,", 1))
    assert "the group is missing; remove the line" in refusal(path, group="who")
    path = write(tmp_path, timed(28).replace("2026-01-03", "", 1))
    assert "the time is missing; remove the line" in refusal(path, time="on")


@pytest.mark.parametrize(("rows", "message"), [(9, "9 rows are too few"), (1, "1 row is too few")])
def test_too_few_rows_are_refused(tmp_path: Path, rows: int, message: str) -> None:
    text = "".join(f"{n % 2},{noise(n)}\n" for n in range(rows))

    assert f"rows.csv: {message} to train, validate and test; give at least 10" in (
        refusal(write(tmp_path, text))
    )


def test_too_few_rows_that_can_be_read_are_refused(tmp_path: Path) -> None:
    text = lines("y,a", lambda n: f"{n % 2 if n > 2 else ''},{noise(n)}", 12)

    assert "rows.csv: 9 rows can be read, too few" in refusal(write(tmp_path, text), skip_bad=9)


def test_a_header_alone_and_one_column_are_refused(tmp_path: Path) -> None:
    assert "a header and no rows" in refusal(write(tmp_path, "y,a\n"))
    assert "one column only" in refusal(write(tmp_path, "1\n2\n" * 10))


def test_a_split_that_leaves_nothing_to_train_on_is_refused(tmp_path: Path) -> None:
    text = lines("y,a", lambda n: f"{n % 2},{noise(n)}", 10)

    assert "--split: leaves no row to train on out of 10; give more to it" in (
        refusal(write(tmp_path, text), shares=(0.02, 0.49, 0.49))
    )


def document(found: Understanding) -> Any:
    return json.loads(column_document(found) or b"null")


def test_numbers_without_a_header_have_no_column_file(tmp_path: Path) -> None:
    path = write(tmp_path, "".join(f"{n % 2},{noise(n)}\n" for n in range(60)))

    assert document(put(path).found) is None


def test_the_column_file_has_names_categories_and_classes(tmp_path: Path) -> None:
    text = lines(
        "id,churn,age,plan", lambda n: f"{n},{('no', 'yes')[n % 2]},{n % 60},{'ab'[n % 2]}"
    )
    done = put(write(tmp_path, text), label="churn", drop=["id"], keep=["age"])

    assert document(done.found) == {
        "format": 1,
        "label": {"name": "churn", "classes": ["no", "yes"]},
        "features": [{"name": "age"}, {"name": "plan", "categorical": True}],
    }


def test_text_without_a_header_has_the_names_that_the_container_gives(tmp_path: Path) -> None:
    path = write(tmp_path, "".join(f"{n % 2},{noise(n)},{'ab'[n % 2]}\n" for n in range(60)))

    assert document(put(path).found) == {
        "format": 1,
        "label": {"name": "label"},
        "features": [{"name": "f0"}, {"name": "f1", "categorical": True}],
    }


def test_a_weight_is_no_feature(tmp_path: Path) -> None:
    weighted = Objective("binary:logistic", None, "config/dev.toml", "churn", has_weights=True)
    path = write(tmp_path, lines("y,w,a", lambda n: f"{n % 2},{noise(n)},{n % 7}"))

    assert document(put(path, weighted).found)["features"] == [{"name": "a"}]
