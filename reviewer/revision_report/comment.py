"""Markdown comment on a pull request: what asks for a person first, whole findings, bounded.

What does not fit is counted by area; the page and the JSON beside the comment have all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from reviewer.changes.finding import AREAS, Area
from reviewer.markdown import (
    code,
    counted,
    fenced,
    listed,
    prose,
    table,
    table_row,
    value_cell,
    visible,
)
from reviewer.revision_report.cost_lines import cost_lines
from reviewer.revision_report.finding_rows import (
    FindingRow,
    finding_rows,
    label,
    unchanged,
    verdict,
)

if TYPE_CHECKING:
    from reviewer.changes.revision_diff import RevisionDiff

# GitHub refuses a longer one: "Body is too long (maximum is 65536 characters)". A letter beyond
# U+FFFF counts as two here, whatever GitHub takes it for; GitLab takes a million.
_MOST_CHARACTERS = 65_536
# A finding that is longer comes after all others, the lines of a value are on the page alone.
_LONG_FINDING = 12_000


def markdown_report(base: str, found: Sequence[RevisionDiff]) -> str:
    """One comment for a pull request."""
    rows = finding_rows(found)
    asked = [row for row in rows if row.finding.needs_person]
    others = [row for row in rows if not row.finding.needs_person]
    layout = _Layout(tuple(dict.fromkeys(label(comparison) for comparison in found)))
    head = [f"# {verdict(found, rows)}", "", f"Compared with {code(base)}.", ""]
    tail = [line for fact in (*cost_lines(found), *_unchanged(found)) for line in (fact, "")]
    room = _MOST_CHARACTERS - _size([*head, *_missing(rows, len(asked)), *tail])
    room -= _size(layout.fold([], len(others)))
    room -= sum(_size(layout.heading(area)) for area in {row.finding.area for row in asked})

    shown, room = _fitting(asked, lambda row: [layout.row(row)], room)
    long = [row for row in shown if row.is_long and _size(_value(row)) <= _LONG_FINDING]
    valued, room = _fitting(long, _value, room)
    folded, _ = _fitting(others, lambda row: [layout.other_row(row)], room)

    seen = {*shown, *folded}
    missing = _missing(
        [row for row in rows if row not in seen], sum(row.is_long for row in shown) - len(valued)
    )
    lines = [*head, *missing, *layout.tables(shown, set(valued)), *tail]
    if folded:
        lines += layout.fold(folded, len(folded))
    return "\n".join(lines).rstrip("\n") + "\n"


def measured(text: str) -> int:
    """The length of a text in UTF-16, which is never less than what GitHub counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True)
class _Layout:
    """How findings are written; with a column for environments when several were compared."""

    compared: tuple[str, ...]

    def tables(self, rows: Sequence[FindingRow], valued: Collection[FindingRow]) -> list[str]:
        """A table for each area, the longer values below it."""
        lines = []
        for area in AREAS:
            here = [row for row in rows if row.finding.area == area]
            if here:
                lines += [*self.heading(area)[:-1], *(self.row(row) for row in here), ""]
            lines += [line for row in here if row in valued for line in _value(row)]
        return lines

    def heading(self, area: Area) -> list[str]:
        """What stands above the findings of an area, and the line below them."""
        names = self._columns(["where", "what", "before", "after", "rule"])
        return [f"## {AREAS[area]}", "", *table(names, [[""] * len(names)])[:2], ""]

    def row(self, row: FindingRow) -> str:
        """A finding that asks, as a row of the table."""
        finding = row.finding
        cells = [value_cell(cell) for cell in row.cells()]
        return table_row([*self._place(row), prose(finding.said), *cells, code(finding.rule)])

    def other_row(self, row: FindingRow) -> str:
        """A finding that asks nobody, as a row of the table."""
        cells = [value_cell(cell) for cell in row.cells()]
        values = "" if cells == ["-", "-"] else f" ({cells[0]} → {cells[1]})"
        return table_row([*self._place(row), f"{prose(row.finding.said)}{values}"])

    def fold(self, rows: Sequence[FindingRow], number: int) -> list[str]:
        """The findings that ask nobody, behind one line."""
        names = self._columns(["where", "what"])
        above = table(names, [[""] * len(names)])[:2]
        summary = f"<summary>{_more(number)}</summary>"
        body = [*above, *(self.other_row(row) for row in rows)]
        return ["<details>", summary, "", *body, "", "</details>", ""]

    def _columns(self, names: list[str]) -> list[str]:
        return [names[0], "environments", *names[1:]] if len(self.compared) > 1 else names

    def _place(self, row: FindingRow) -> list[str]:
        where = code(row.finding.at)
        if len(self.compared) < 2:
            return [where]
        if len(row.environments) == len(self.compared) > 3:
            return [where, f"all {len(self.compared)}"]
        return [where, listed([code(name) for name in row.environments])]


def _value(row: FindingRow) -> list[str]:
    """The lines in which a long value differs, behind one line."""
    names = [row.finding.at, row.finding.rule, *row.environments]
    summary = f"<summary>{', '.join(map(_html_code, names))}: {row.extent()}</summary>"
    return ["<details>", summary, "", *fenced(row.lines, "diff"), "", "</details>", ""]


def _html_code(text: str) -> str:
    return f"<code>{escape(visible(text))}</code>"


def _fitting(
    rows: Sequence[FindingRow], lines: Callable[[FindingRow], list[str]], room: int
) -> tuple[list[FindingRow], int]:
    """The rows that have room, in their order, and the room that they leave.

    A long one comes last: it would take the room of many.
    """
    sizes = {row: _size(lines(row)) for row in rows}
    chosen = set()
    for row in sorted(rows, key=lambda row: sizes[row] > _LONG_FINDING):
        if sizes[row] <= room:
            chosen.add(row)
            room -= sizes[row]
    return [row for row in rows if row in chosen], room


def _size(lines: Sequence[str]) -> int:
    return sum(measured(line) + 1 for line in lines)


def _missing(rows: Sequence[FindingRow], values: int) -> list[str]:
    """What has no room, counted by area, and where it is."""
    areas = Counter(row.finding.area for row in rows if row.finding.needs_person)
    others = sum(not row.finding.needs_person for row in rows)
    parts = [f"{AREAS[area]}: {areas[area]}" for area in AREAS if areas[area]]
    parts += [_more(others)] if others else []
    parts += [f"the lines of {counted(values, 'value')}"] if values else []
    if not parts:
        return []
    said = f"**Not in this comment, for want of room:** {listed(parts)}."
    return [f"{said} All of it is in `review.html` and `review.json`.", ""]


def _more(number: int) -> str:
    return f"{counted(number, 'more change')} that {'asks' if number == 1 else 'ask'} nobody"


def _unchanged(found: Sequence[RevisionDiff]) -> list[str]:
    names = unchanged(found)
    return [f"No change: {', '.join(code(name) for name in names)}."] if names else []
