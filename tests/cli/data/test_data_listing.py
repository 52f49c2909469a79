"""Which data versions there are, which names they may have, and how rows are shared out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.data import data_split, data_versions, splitting
from cli.terminal.errors import WrongInput
from tests.cli.service import Service, environment


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def item(key: str, size: int = 5, arrived: int = 1) -> dict[str, Any]:
    return {"Key": f"churn/{key}", "Size": size, "LastModified": day(arrived)}


CONTENTS = [
    item("b/_READY", 0, 3),
    item("b/train/rows.csv"),
    item("b/test/rows.csv", 7),
    item("a/train/rows.csv"),
    item("a/_READY", 0, 4),
    item("half/train/rows.csv"),
    item("odd/train/_READY", 0),
]


def env(*contents: dict[str, Any]) -> Any:
    return environment(Service(list_objects_v2=[{"Contents": [*contents]} if contents else {}]))


def test_a_version_is_ready_with_its_marker_and_sums_up_its_files() -> None:
    found = data_versions.list_versions(env(*CONTENTS), "churn")

    assert [(one.name, one.files, one.bytes, one.is_ready) for one in found] == [
        ("half", 1, 5, False),
        ("odd", 1, 0, False),
        ("b", 2, 12, True),
        ("a", 1, 5, True),
    ]
    assert data_versions.list_versions(env(), "churn") == []


def test_a_training_takes_complete_versions_only() -> None:
    data_versions.require_ready(env(*CONTENTS), "churn", "a")
    with pytest.raises(WrongInput, match="no complete data version 'half'; there is a, b"):
        data_versions.require_ready(env(*CONTENTS), "churn", "half")
    with pytest.raises(WrongInput, match="there is none yet"):
        data_versions.require_ready(env(), "churn", "a")


@pytest.mark.parametrize("name", ["a", "2026-01-02-030405", "A_b.c-d", "a" * 63])
def test_a_name_of_letters_and_digits_is_a_version(name: str) -> None:
    data_versions.check_version_name(name)


@pytest.mark.parametrize("name", ["", "a" * 64, "a/b", "_READY", ".hidden", "-x", "a b"])
def test_what_could_not_be_part_of_a_key_is_no_version(name: str) -> None:
    with pytest.raises(WrongInput, match="is not a version; use letters"):
        data_versions.check_version_name(name)


@pytest.mark.parametrize("count", [0, 1])
def test_a_version_that_exists_stays_as_it_is(count: int) -> None:
    service = Service(list_objects_v2=[{"KeyCount": count}])
    if not count:
        data_versions.check_is_new(environment(service), "churn", "a")
        return
    with pytest.raises(WrongInput, match="data version 'a' exists and stays as it is"):
        data_versions.check_is_new(environment(service), "churn", "a")


def test_a_new_name_is_the_time() -> None:
    made = data_versions.new_version_name()

    assert (
        abs(datetime.now(UTC) - datetime.strptime(f"{made} +0000", "%Y-%m-%d-%H%M%S %z")).seconds
        < 60
    )


@pytest.mark.parametrize(
    ("text", "shares"),
    [("0.8,0.1,0.1", (0.8, 0.1, 0.1)), ("0.7, 0.2 ,0.1", (0.7, 0.2, 0.1))],
)
def test_three_shares_that_sum_to_one_are_a_split(text: str, shares: tuple[float, ...]) -> None:
    assert splitting.parse_shares(text) == shares


@pytest.mark.parametrize(
    "text",
    ["0.9,0.1,0", "1,0,0", "1.1,-0.2,0.1", "0.8,0.1,0.2", "0.3,0.3,0.3", "0.8,0.2", "a,b,c", ""],
)
def test_any_other_split_is_refused(text: str) -> None:
    with pytest.raises(WrongInput, match=r"--split: .* write it as 0.8,0.1,0.1"):
        splitting.parse_shares(text)


def test_each_channel_has_a_row_and_one_is_left_to_train_on() -> None:
    rows = [[str(number)] for number in range(3)]

    parts = data_split.split_rows(rows, (0.98, 0.01, 0.01), 0)

    assert {name: len(part) for name, part in parts.items()} == {
        "train": 1,
        "validation": 1,
        "test": 1,
    }
    assert sorted(row for part in parts.values() for row in part) == rows
    with pytest.raises(WrongInput, match="leaves no row to train on out of 2"):
        data_split.split_rows(rows[:2], (0.98, 0.01, 0.01), 0)
