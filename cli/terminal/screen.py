"""How everything looks: one set of tables, marks and progress, silent where nobody watches."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.status import Status
from rich.table import Table

_WIDTH_WITHOUT_TERMINAL = 100
_COMFORTABLE_WIDTH = 80
_GOOD = frozenset({"ok", "live", "ready", "registered", "running", "Approved", "SUCCEEDED"})
_BAD = frozenset({"fail", "refused", "Rejected", "FAILED", "TIMED_OUT", "ABORTED", "Failed"})


class _Console(Console):
    """Rich ends the program with 1 when a reader has seen enough; that is no failure."""

    def on_broken_pipe(self) -> None:
        """Leave it to `main`, which ends well."""
        raise BrokenPipeError


def _console(stderr: bool) -> Console:
    watched = (sys.stderr if stderr else sys.stdout).isatty()
    width = None if watched or "COLUMNS" in os.environ else _WIDTH_WITHOUT_TERMINAL
    return _Console(stderr=stderr, highlight=False, width=width)


out = _console(stderr=False)
err = _console(stderr=True)


def say(text: str) -> None:
    """Print one line of text; square brackets mean Rich markup."""
    out.print(text, soft_wrap=True)


def say_json(value: Any) -> None:
    """Print `value` for a machine: JSON on standard output, nothing else."""
    sys.stdout.write(json.dumps(value, indent=2, default=_json) + "\n")


def _json(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def plain(text: object) -> str:
    """Return `text` safe inside markup."""
    return escape(str(text))


def title(text: str, note: str = "") -> None:
    """Print the line above a table."""
    say(f"\n[bold]{plain(text)}[/]" + (f"  [dim]{plain(note)}[/]" if note else ""))


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
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
    out.print(Padding(grid, (0, 0, 0, 2), expand=False))


def coloured(state: str) -> str:
    """Return the markup of a state: green when all is well, red when it is not, else yellow."""
    text = plain(state)
    if state in _GOOD or (state.endswith(("_COMPLETE", "InService")) and "ROLLBACK" not in state):
        return f"[green]{text}[/]"
    if state in _BAD or "FAILED" in state or "ROLLBACK" in state:
        return f"[red]{text}[/]"
    return f"[yellow]{text}[/]"


def ago(moment: datetime | None) -> str:
    """Return how long ago `moment` was, in the largest unit that fits."""
    if moment is None:
        return "-"
    seconds = max(0, int((datetime.now(UTC) - moment.astimezone(UTC)).total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def lasting(seconds: float) -> str:
    """Return a duration as a person says it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


@contextmanager
def waiting(text: str) -> Iterator["Waiting"]:
    """Show that something takes its time: a spinner for a person, lines for a pipe."""
    with err.status(f"[dim]{plain(text)}[/]", spinner="dots") as status:
        yield Waiting(status, text)


class Waiting:
    """The spinner's line; a pipe gets each new text once."""

    def __init__(self, status: Status, text: str) -> None:
        self._status, self._text = status, text

    def now(self, text: str) -> None:
        """Say what is being waited for now."""
        if text == self._text:
            return
        self.show(text)
        if not err.is_terminal:
            err.print(plain(text), soft_wrap=True)

    def show(self, text: str) -> None:
        """Like `now`, but for a person only: a pipe gets nothing."""
        self._text = text
        self._status.update(f"[dim]{plain(text)}[/]")
