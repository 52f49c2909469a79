"""The tables of docs/second-opinion.md: what differs, made from differences.toml."""

from __future__ import annotations

from pathlib import Path

from tests.second_opinion.differences import Difference, table

PAGE = Path(__file__).parents[2] / "docs" / "second-opinion.md"
PARTS = {"templates": "CloudFormation", "policies": "IAM", "machines": "Step Functions"}
# What is above it is written by hand.
_MARK = "## What differs\n"
_COLUMNS = ("what", "the other one", "our sandbox", "who is right, by AWS", "what follows")


def text() -> str:
    """The page as it has to be, with a table for each part."""
    rows = table()
    by_hand, mark, _ = PAGE.read_text(encoding="utf-8").partition(_MARK)
    assert mark, f"{PAGE.name} has no line {_MARK}"
    tables = [
        "\n".join([f"\n### {title}\n", _cells(_COLUMNS), "|---" * len(_COLUMNS) + "|", *lines, ""])
        for part, title in PARTS.items()
        if (lines := [_line(row) for row in rows if row.part == part])
    ]
    return f"{by_hand}{_MARK}{''.join(tables)}"


def _line(row: Difference) -> str:
    right = f"[{row.right}]({row.source})"
    return _cells((f"`{row.subject}`", row.theirs, row.ours, right, row.consequence))


def _cells(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
