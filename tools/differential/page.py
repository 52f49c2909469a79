"""Table of differences on the container's page, made from the data and read back from it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tools.differential.differences import PARTS, Difference

PAGE = Path(__file__).parents[2] / "container" / "README.md"
BEGIN = "<!-- `python -m tools.differential --table` makes this of differences.toml -->"
END = "<!-- end of what is made -->"
_SWITCHED = " *"


def page(text: str, rows: Sequence[Difference]) -> str:
    """Return the page with the tables of these rows between the two marks."""
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"the page lacks the line {BEGIN} or, after it, {END}")
    tables = "\n".join(_table(part, rows) for part in PARTS)
    return f"{before}{BEGIN}\n\n{tables}\n{END}{after}"


def absorbed(text: str, rows: Sequence[Difference]) -> list[Difference]:
    """Return the rows as the page has them, whatever was edited there by hand.

    What the page does not show of a row, its cases and reasons, is kept from `rows`.
    """
    known = {(row.part, row.subject): row for row in rows}
    part, found = "", []
    for line in text.partition(BEGIN)[2].partition(END)[0].splitlines():
        cells = [_plain(cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 3 or set(line) <= set("|-"):
            continue
        if cells[1] == "the built-in":
            part = cells[0]
            continue
        subject, original, here = cells
        row = known.get((part, subject), Difference(part, subject, "", ""))
        switch = row.switch or "BUILTIN_ANSWERS" if here.endswith(_SWITCHED) else ""
        here = here.removesuffix(_SWITCHED)
        found.append(replace(row, original=original, here=here, switch=switch))
    return found


def _table(part: str, rows: Sequence[Difference]) -> str:
    lines = [f"| {part} | the built-in | here |", "|---|---|---|"]
    for row in rows:
        if row.part == part:
            here = row.here + (_SWITCHED if row.switch else "")
            lines.append(f"| {' | '.join(map(_cell, (row.subject, row.original, here)))} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _plain(cell: str) -> str:
    return cell.strip().replace("\\|", "|")
