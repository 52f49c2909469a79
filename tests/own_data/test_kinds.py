"""Each of the ten kinds is put with its options, and is refused without those that it needs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cli.data.column_file import feature_names
from cli.data.division import warnings_of
from cli.data.labels import Objective
from tests.cli.data.files import Put, put, refusal
from tests.own_data.kinds import KINDS, Kind, write_big


def kind_named(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)


def file_of(kind: Kind, folder: Path) -> Path:
    path = folder / f"{kind.name}.csv"
    if kind.write is write_big:
        write_big(path, 1_000_000)
    else:
        kind.write(path)
    return path


def objective(kind: Kind) -> Objective:
    given = kind.hyperparameters
    count = given.get("num_class")
    return Objective(
        str(given["objective"]), None if count is None else int(count), "config/dev.toml", "own"
    )


def put_kind(kind: Kind, folder: Path) -> Put:
    options: dict[str, list[str]] = {}
    for option, value in zip(kind.options[::2], kind.options[1::2], strict=True):
        options.setdefault(option.removeprefix("--"), []).append(value)
    wishes: dict[str, Any] = {
        name: values if name in ("drop", "categorical") else values[0]
        for name, values in options.items()
        if name != "split"
    }
    shares = _shares(options.get("split", ["0.8,0.1,0.1"])[0])
    return put(file_of(kind, folder), objective(kind), shares, **wishes)


def _shares(text: str) -> tuple[float, float, float]:
    train, validation, test = map(float, text.split(","))
    return train, validation, test


@pytest.mark.acceptance
@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_a_kind_is_put_with_its_options(kind: Kind, tmp_path: Path) -> None:
    done = put_kind(kind, tmp_path)

    asked = kind.asked.splitlines()
    names = feature_names(done.found)
    if done.found.table.names is not None:
        assert sorted(asked.pop(0).split(",")) == sorted(names)
    assert len(asked) == len(kind.answers)
    assert done.division.bad.count == 0
    assert all(done.division.rows.values())


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("titanic", ("PassengerId", "Name", "Ticket", "Cabin")),
        ("churn", ("customerID",)),
        ("rides", ("at",)),
    ],
)
def test_what_has_to_be_said_is_asked(name: str, asked: Sequence[str], tmp_path: Path) -> None:
    kind = kind_named(name)
    label = kind.options[kind.options.index("--label") + 1]

    message = refusal(file_of(kind, tmp_path), objective(kind), label=label)

    assert f"leave out with {' '.join(f'--drop {column}' for column in asked)}, or take" in message


def test_an_imbalanced_file_is_stratified_and_warned_about(tmp_path: Path) -> None:
    done = put_kind(kind_named("imbalanced"), tmp_path)

    assert [counts["1"] for counts in done.division.counts] == [20, 8, 12]
    assert "a class has under 20 test rows (1 12)" in warnings_of(done.found, done.division)[0]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("titanic", [0.9, 0.1, 0.2], [0.9, 0.1, 0.6]),
        ("species", [[0.9, 0.1, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 1, 0], [0, 0, 1]]),
        ("power", [501, 349], [501, 400]),
        ("imbalanced", [0.9, 0.1], [0.9]),
    ],
)
def test_predictions_are_held_to_what_is_true(
    name: str, right: list[float | list[float]], wrong: list[float | list[float]]
) -> None:
    kind = kind_named(name)

    assert kind.is_right(right)
    assert not kind.is_right(wrong)
