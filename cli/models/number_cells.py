"""Numbers of a CSV file as models read them: a decimal point, and nothing between thousands."""

import re
from collections.abc import Sequence

from cli.terminal.errors import WrongInput

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII),
    ",": re.compile(
        r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d*)(?:,\d*)?(?:[eE][+-]?\d+)?(?<=\d)", re.ASCII
    ),
}

Rows = list[tuple[int, list[str]]]


def number_text(cell: str, decimal: str) -> str | None:
    """Return a number with a point and without groups; None for text."""
    if decimal == "." and "," not in cell:
        return cell if _PLAIN.fullmatch(cell) else None
    if not _GROUPED[decimal].fullmatch(cell):
        return None
    if decimal == ".":
        return cell.replace(",", "")
    return cell.replace(".", "").replace(",", ".")


def decimal_sign(rows: Rows, where: str) -> str:
    """Return the decimal sign of a file whose separator is no comma, by some of its rows.

    Raises WrongInput when there are two, and for `1,234` alone, which may be either.
    """
    found: dict[str, str] = {}
    doubtful = ""
    for cell in (cell for _, row in rows for cell in row if "," in cell or "." in cell):
        signs = [sign for sign in ".," if number_text(cell, sign) is not None]
        if len(signs) == 1:
            found.setdefault(signs[0], cell)
        elif signs:
            doubtful = doubtful or cell
    if len(found) == 2:
        raise WrongInput(
            f"{where}: {found[',']!r} has a decimal comma and {found['.']!r} a decimal point; "
            "write all numbers alike"
        )
    if not found and doubtful:
        raise WrongInput(
            f"{where}: {doubtful!r} is a thousand or a fraction; write points in numbers, and "
            "nothing between thousands"
        )
    return next(iter(found), ".")


def plain_rows(rows: Rows, decimal: str) -> Rows:
    """Return rows whose columns of numbers are plain; a column with any text stays as it is."""
    for place in range(len(rows[0][1])):
        cells = [row[place] for _, row in rows]
        if any("," in cell or (decimal == "," and "." in cell) for cell in cells):
            _replace(rows, place, [number_text(cell, decimal) if cell else "" for cell in cells])
    return rows


def _replace(rows: Rows, place: int, texts: Sequence[str | None]) -> None:
    if None in texts:
        return
    for (_, row), text in zip(rows, texts, strict=True):
        row[place] = text or ""
