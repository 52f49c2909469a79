"""What a person said about the columns of a file, with the names looked up in its header."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cli.data.reading.cells import clip
from cli.terminal.errors import WrongInput

Dates = Literal["refuse", "drop", "split"]
_SHOWN = 12


@dataclass(frozen=True)
class Wishes:
    """Options of `data put` that say what a file means; columns by name or number."""

    label: str | None = None
    drop: Sequence[str] = ()
    keep: Sequence[str] = ()
    categorical: Sequence[str] = ()
    group: str | None = None
    time: str | None = None
    dates: Dates = "refuse"
    has_header: bool | None = None
    decimal: str | None = None
    missing: Sequence[str] = ()


@dataclass(frozen=True)
class Places:
    """The same by position; `is_label_said` is False where the first column is the label."""

    label: int
    is_label_said: bool
    drop: frozenset[int]
    keep: frozenset[int]
    categorical: frozenset[int]
    group: int | None
    time: int | None


def find_places(wishes: Wishes, names: list[str] | None, width: int, where: str) -> Places:
    """Return the positions of all named columns; raises WrongInput for one that is not there."""

    def find(option: str, column: str) -> int:
        return _find(option, column, names, width, where)

    places = Places(
        label=0 if wishes.label is None else find("--label", wishes.label),
        is_label_said=wishes.label is not None,
        drop=frozenset(find("--drop", column) for column in wishes.drop),
        keep=frozenset(find("--keep", column) for column in wishes.keep),
        categorical=frozenset(find("--categorical", column) for column in wishes.categorical),
        group=None if wishes.group is None else find("--group", wishes.group),
        time=None if wishes.time is None else find("--time", wishes.time),
    )
    _check_together(places, names, where)
    return places


def column_name(names: list[str] | None, place: int) -> str:
    """Return what a person types for a column: its name, or its number where it has none."""
    return names[place] if names is not None and names[place] else str(place + 1)


def option_words(option: str, columns: Sequence[str]) -> str:
    """Return an option for each column as a shell takes it."""
    return " ".join(f"{option} {shlex.quote(column)}" for column in columns)


def _find(option: str, column: str, names: list[str] | None, width: int, where: str) -> int:
    if names is not None and column and column in names:
        return names.index(column)
    if column.isdecimal() and 1 <= int(column) <= width:
        return int(column) - 1
    if names is None:
        raise WrongInput(
            f"{where}: no header, so {option} is a number from 1 to {width}: {column!r}"
        )
    known = ", ".join(map(clip, names[:_SHOWN])) + (", …" if width > _SHOWN else "")
    raise WrongInput(f"{where}: no column {column!r} for {option}; columns are {known}")


def _check_together(places: Places, names: list[str] | None, where: str) -> None:
    if places.group is not None and places.time is not None:
        raise WrongInput(f"{where}: --group and --time are two ways to split; choose one")
    label = {places.label} if places.is_label_said else set()
    used = {place for place in (places.group, places.time) if place is not None}
    pairs = (
        ("--drop", places.drop, "--label", label),
        ("--drop", places.drop, "--keep", places.keep),
        ("--drop", places.drop, "--categorical", places.categorical),
        ("--drop", places.drop, "--group or --time", used),
        ("--label", label, "--group or --time", used),
    )
    for one, columns, other, others in pairs:
        for place in columns & others:
            name = column_name(names, place)
            raise WrongInput(f"{where}: column {name!r} is in {one} and in {other}; choose one")
