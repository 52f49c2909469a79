"""Findings of a comparison on a terminal: one line each, what asks first, none wider than it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from cli.terminal import screen
from reviewer.markdown import counted, visible
from reviewer.revision_report.finding_rows import FindingRow, finding_rows, unchanged, verdict

if TYPE_CHECKING:
    from reviewer.changes.revision_diff import RevisionDiff

_GAP = "  "
# Names take up to a third of a line, so that what is said of them has room; the rule's name, which
# is for machines, is left out of a narrow one.
_NAMES_SHARE = 3
_WIDE = 120


def print_comparison(comparison: RevisionDiff) -> None:
    """Print what asks of one environment, below its name, and the number of other changes."""
    rows = finding_rows([comparison])
    asked = [row for row in rows if row.finding.needs_person]
    others = len(rows) - len(asked)
    screen.print_title(comparison.stage, counted(others, "other change") if others else "")
    if not asked:
        screen.print_line("  [green]nothing that a person has to look at[/]")
    _print_rows(asked, with_environments=False)


def print_comparisons(found: Sequence[RevisionDiff]) -> None:
    """Print what asks over all environments, then how many changes ask nobody."""
    rows = finding_rows(found)
    asked = [row for row in rows if row.finding.needs_person]
    screen.print_title(verdict(found, rows))
    _print_rows(asked, with_environments=len(found) > 1)
    if others := len(rows) - len(asked):
        screen.print_line(f"{_GAP}[dim]{counted(others, 'other change')}[/]")
    if names := unchanged(found):
        screen.print_line(f"{_GAP}[dim]no change: {screen.escape(visible(', '.join(names)))}[/]")


def _print_rows(rows: Sequence[FindingRow], *, with_environments: bool) -> None:
    width = screen.out.width if screen.out.is_terminal else None
    for line in finding_lines(rows, width, with_environments=with_environments):
        screen.print_text(line)


def finding_lines(
    rows: Sequence[FindingRow], width: int | None, *, with_environments: bool
) -> Iterator[Text]:
    """The line of each finding, cut at `width` columns; whole when that is None, as in a pipe."""
    rules = [Text(visible(row.finding.rule), "yellow") for row in rows]
    places = [Text(visible(row.finding.at)) for row in rows]
    if width is not None:
        if width < _WIDE:
            rules = [Text() for _ in rows]
        for place in places:
            _cut_from_left(place, width // _NAMES_SHARE)
    columns = [_aligned(texts) for texts in (rules, places)]
    for row, rule, place in zip(rows, *columns, strict=True):
        names = ", ".join(row.environments) if with_environments else ""
        end = Text(f"{_GAP}{visible(names)}" if names else "", "dim")
        line = Text(_GAP, no_wrap=True).append_text(rule).append_text(place)
        said = Text(_said(row))
        if width is not None:
            said.truncate(max(1, width - line.cell_len - end.cell_len), overflow="ellipsis")
        yield line.append_text(said).append_text(end)


def _said(row: FindingRow) -> str:
    before, after = row.cells()
    values = "" if {before, after} == {"-"} else f" ({before} → {after})"
    return visible(f"{row.finding.said}{values}")


def _aligned(texts: Sequence[Text]) -> list[Text]:
    """The texts padded to the widest of them, with a gap behind; empty ones stay empty."""
    widest = max((text.cell_len for text in texts), default=0)
    for text in texts:
        if widest:
            text.append(" " * (widest - text.cell_len) + _GAP)
    return list(texts)


def _cut_from_left(text: Text, width: int) -> None:
    """Leave the end of a path, which says what it is: `…/Alarms/Idle`."""
    plain = text.plain
    if cell_len(plain) <= width:
        return
    while cell_len(plain) > max(1, width - 1):
        plain = plain[1:]
    text.plain = f"…{plain}"
