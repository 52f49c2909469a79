"""Rows that cannot be read: counted, listed in a file beside the data, and refused."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from cli.data.reading.cells import clip
from cli.data.reading.source import display_name
from cli.terminal.errors import WrongInput

_MOST_LISTED = 10_000


@dataclass
class BadRows:
    """Rows that were left out, with their lines and reasons; the first ones are kept."""

    path: Path
    count: int = 0
    first: tuple[int, str, str] | None = None
    _listed: list[tuple[int, str, list[str]]] = field(default_factory=list)

    def add(self, line: int, row: list[str], reason: str, advice: str) -> None:
        """Note a row; `advice` is what a person does about it."""
        self.count += 1
        if self.first is None or line < self.first[0]:
            self.first = line, reason, advice
        if len(self._listed) < _MOST_LISTED:
            self._listed.append((line, reason, row))

    @property
    def list_path(self) -> Path:
        """The file beside the data that lists the rows."""
        if str(self.path) == "-":
            return Path("standard-input.bad-rows.csv")
        return self.path.with_name(f"{self.path.name}.bad-rows.csv")

    def write_list(self) -> str:
        """Write the list and return, for a message, where it is or why it is not."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("line", "reason", "row"))
        for line, reason, row in sorted(self._listed):
            writer.writerow((line, reason, *row))
        try:
            self.list_path.write_text(text.getvalue(), encoding="utf-8")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            return f"no list could be written to {self.list_path}: {reason}"
        rest = f", the first {_MOST_LISTED:,}" if self.count > _MOST_LISTED else ""
        return f"listed in {self.list_path}{rest}"

    def require_at_most(self, allowed: int) -> None:
        """List the rows and raise WrongInput when they are more than a person allowed."""
        if self.first is None or self.count <= allowed:
            return
        line, reason, advice = self.first
        rows = "1 row" if self.count == 1 else f"{self.count:,} rows"
        raise WrongInput(
            f"{display_name(self.path)}: line {line}: {clip_reason(reason)}; {advice}, or leave "
            f"{rows} that cannot be read out with --skip-bad {self.count} ({self.write_list()})"
        )


def clip_reason(reason: str) -> str:
    """Return a reason on one line."""
    return " ".join(reason.split())


def ragged_reason(row: list[str], width: int) -> tuple[str, str]:
    """Return what is wrong with a row of another width, and the advice."""
    columns = "1 column" if len(row) == 1 else f"{len(row)} columns"
    found = f"{columns}, but the first line has {width}"
    if len(row) == width + 1 and not row[-1].strip():
        return f"{found}: it ends with a separator", "remove the last separator of each line"
    return found, "give every line the same columns"


def ragged_error(where: str, line: int, row: list[str], width: int) -> WrongInput:
    """Return the refusal of a file for a row of another width."""
    reason, advice = ragged_reason(row, width)
    return WrongInput(f"{where}: line {line}: {reason}; {advice}")


def no_rows_error(where: str) -> WrongInput:
    """Return the refusal of a file that has a header alone."""
    return WrongInput(f"{where}: a header and no rows; give at least one row")


def misfit_reason(place: int, name: str | None, cell: str, kind: str) -> str:
    """Return what is wrong with a cell that is not of its column's kind."""
    named = f" ({clip(name)})" if name else ""
    noun = "date" if kind == "date" else "finite number"
    return f"column {place + 1}{named} is {clip(cell)!r}, not a {noun}"
