"""States have colours, times have units, and errors of the machine have advice."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli import program
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted, WrongInput

GREEN = (
    *("ok", "live", "ready", "registered", "running", "Approved", "SUCCEEDED"),
    *("CREATE_COMPLETE", "UPDATE_COMPLETE", "InService"),
)
RED = (
    *("fail", "refused", "Rejected", "FAILED", "TIMED_OUT", "ABORTED", "Failed"),
    *("CREATE_FAILED", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_IN_PROGRESS"),
)
YELLOW = ("warn", "CREATE_IN_PROGRESS", "PendingManualApproval", "Creating", "-")


@pytest.mark.parametrize(
    ("state", "colour"),
    [
        *((state, "green") for state in GREEN),
        *((state, "red") for state in RED),
        *((state, "yellow") for state in YELLOW),
    ],
)
def test_success_is_green_failure_red_and_all_else_yellow(state: str, colour: str) -> None:
    assert screen.state_markup(state) == f"[{colour}]{state}[/]"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=30), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(seconds=61), "1 minute ago"),
        (timedelta(seconds=125), "2 minutes ago"),
        (timedelta(hours=1, seconds=1), "1 hour ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=1, seconds=1), "1 day ago"),
        (timedelta(days=40), "40 days ago"),
    ],
)
def test_an_age_is_in_the_largest_unit_that_fits(ago: timedelta, text: str) -> None:
    assert screen.format_age(datetime.now(UTC) - ago) == text


def test_an_age_that_is_not_known_is_a_dash() -> None:
    assert screen.format_age(None) == "-"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.25, "0.2 s"),
        (59.9, "59.9 s"),
        (60, "1 min 00 s"),
        (3_599, "59 min 59 s"),
        (3_600, "1 h 00 min"),
        (7_505, "2 h 05 min"),
    ],
)
def test_a_duration_is_in_units_that_people_use(seconds: float, text: str) -> None:
    assert screen.format_duration(seconds) == text


def test_what_is_found_goes_to_standard_output_and_what_is_wrong_to_standard_error() -> None:
    assert (screen.out.stderr, screen.err.stderr) == (False, True)


def test_a_pipe_is_a_hundred_columns_wide_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert screen._console(stderr=False).width == 100
    monkeypatch.setenv("COLUMNS", "60")
    assert screen._console(stderr=False).width == 60


def test_a_terminal_is_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("os.get_terminal_size", lambda *_: os.terminal_size((57, 20)))
    for stderr, stream in ((False, "stdout"), (True, "stderr")):
        monkeypatch.setattr(sys, stream, SimpleNamespace(isatty=lambda: True))
        assert screen._console(stderr=stderr).width == 57


def test_a_pipe_gets_each_new_text_of_a_spinner_once(capsys: pytest.CaptureFixture[str]) -> None:
    with screen.spinner("one") as spinner:
        for text in ("one", "[two]", "[two]", "one"):
            spinner.update(text)
        spinner.update_terminal("three")
        spinner.update("three")

    assert capsys.readouterr().err.splitlines() == ["[two]", "one"]


@pytest.mark.parametrize(("width", "gap"), [(80, 3), (79, 1)])
def test_columns_stand_apart_where_there_is_room(
    width: int, gap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open("w") as nowhere:
        console = screen._Console(width=width, record=True, file=nowhere)
        monkeypatch.setattr(screen, "out", console)
        screen.print_table([">a", "b"], [["1", "2"], [10, 20]])

    lines = console.export_text().splitlines()
    assert len(lines[-1]) == len(lines[-1].rstrip())
    assert [line.rstrip() for line in lines] == [
        f"   a{' ' * gap}b",
        f"   1{' ' * gap}2",
        f"  10{' ' * gap}20",
    ]


@pytest.mark.parametrize(("kind", "code"), [(Failure, 1), (WrongInput, 2), (Interrupted, 130)])
def test_a_failure_has_the_exit_code_of_its_kind(kind: type[Failure], code: int) -> None:
    assert kind.exit_code == code
    assert Interrupted.exit_code == program.INTERRUPTED


def test_an_error_that_nobody_foresaw_is_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "PROJECT", tmp_path / "new")

    for text in ("first", "second"):
        told = program._unexpected(ValueError(text))
        assert told.startswith(f"kiban: unexpected ValueError: {text}; please report it")
    assert "second" in (tmp_path / "new" / ".cache" / "logs" / "kiban.log").read_text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", "a\N{REPLACEMENT CHARACTER}[2Jb"),
        ("a\rb\x9bc", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"),
        ("\u202eabc", "\N{REPLACEMENT CHARACTER}abc"),
        ("a\tb\nc 漢字 é", "a\tb\nc 漢字 é"),
    ],
)
def test_a_text_does_not_steer_the_terminal(text: str, shown: str) -> None:
    assert screen.escape(text) == shown
