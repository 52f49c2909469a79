"""Terminal output: lines, tables, JSON and spinners, without control characters in a pipe."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich import markup
from rich.console import Console
from rich.padding import Padding
from rich.status import Status
from rich.table import Table
from rich.text import Text

from cli.terminal import json_document

_WIDTH_WITHOUT_TERMINAL = 100
_COMFORTABLE_WIDTH = 80
# Control characters but tabs and ends of lines, and the marks that turn the direction of writing.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_GOOD = frozenset({"ok", "live", "ready", "registered", "running", "Approved", "SUCCEEDED"})
_BAD = frozenset({"fail", "refused", "Rejected", "TIMED_OUT", "ABORTED", "Failed"})


class _Console(Console):
    """Rich console that raises BrokenPipeError, where Rich ends the program with exit code 1."""

    def on_broken_pipe(self) -> None:
        """Leave the exit code to `main`."""
        raise BrokenPipeError


def _console(stderr: bool) -> Console:
    watched = (sys.stderr if stderr else sys.stdout).isatty()
    width = None if watched or "COLUMNS" in os.environ else _WIDTH_WITHOUT_TERMINAL
    return _Console(stderr=stderr, highlight=False, width=width)


out = _console(stderr=False)
err = _console(stderr=True)


def _for_people() -> Console:
    """Return where people read: standard output may be one JSON document and nothing else."""
    return err if json_document.is_wanted() else out


def print_line(text: str) -> None:
    """Print one line of text; square brackets mean Rich markup."""
    _for_people().print(text, soft_wrap=True)


def print_text(text: Text) -> None:
    """Print one line of text that has its colours already; nothing in it is markup."""
    _for_people().print(text, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print `value` as the JSON document of the command, on standard output."""
    json_document.give(value)


def escape(text: object) -> str:
    """Return `text` with Rich's markup escaped, and without what steers a terminal.

    A text of a template could otherwise wipe out the line above it.
    """
    return markup.escape(_STEERING.sub("\N{REPLACEMENT CHARACTER}", str(text)))


def print_title(text: str, note: str = "") -> None:
    """Print the line above a table."""
    print_line(f"\n[bold]{escape(text)}[/]" + (f"  [dim]{escape(note)}[/]" if note else ""))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print aligned columns; a header that begins with `>` is aligned right."""
    gap = 3 if out.width >= _COMFORTABLE_WIDTH else 1
    grid = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    for header in headers:
        grid.add_column(
            header.removeprefix(">"),
            justify="right" if header.startswith(">") else "left",
            overflow="fold",
        )
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, str) else str(cell) for cell in row))
    _for_people().print(Padding(grid, (0, 0, 0, 2), expand=False))


def state_markup(state: str) -> str:
    """Return a state with its colour: green for success, red for failure, else yellow."""
    text = escape(state)
    if state in _GOOD or (state.endswith(("_COMPLETE", "InService")) and "ROLLBACK" not in state):
        return f"[green]{text}[/]"
    if state in _BAD or "FAILED" in state or "ROLLBACK" in state:
        return f"[red]{text}[/]"
    return f"[yellow]{text}[/]"


def format_age(moment: datetime | None) -> str:
    """Return how long ago `moment` was, in the largest unit that fits."""
    if moment is None:
        return "-"
    seconds = max(0, int((datetime.now(UTC) - moment.astimezone(UTC)).total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def format_duration(seconds: float) -> str:
    """Return a duration in seconds, minutes or hours."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


@contextmanager
def spinner(text: str) -> Iterator["Spinner"]:
    """Show a spinner with `text` while the block runs; a pipe gets only what changes."""
    with err.status(f"[dim]{escape(text)}[/]", spinner="dots") as status:
        yield Spinner(status, text)


class Spinner:
    """Text beside a spinner on a terminal; a pipe gets each new text as a line."""

    def __init__(self, status: Status, text: str) -> None:
        self._status, self._text = status, text

    def update(self, text: str) -> None:
        """Show what is waited for now."""
        if text == self._text:
            return
        self.update_terminal(text)
        if not err.is_terminal:
            err.print(escape(text), soft_wrap=True)

    def update_terminal(self, text: str) -> None:
        """Like `update`, but a pipe gets nothing."""
        self._text = text
        self._status.update(f"[dim]{escape(text)}[/]")
