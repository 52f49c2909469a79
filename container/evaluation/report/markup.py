"""HTML elements of the report; all data is escaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import category

# Control and format characters, among them those that turn the direction of what follows.
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs")


class Markup(str):
    """Text that is HTML already; any other text is data."""

    __slots__ = ()


@dataclass(frozen=True)
class Cell:
    """One cell of a table: `note` in small letters below, `style` a class of page.css."""

    text: str
    note: str = ""
    style: str = ""


def escape_text(text: str) -> Markup:
    """Return escaped data; characters that are invalid in HTML become question marks."""
    if isinstance(text, Markup):
        return text
    shown = "".join("?" if category(each) in _UNSEEN else each for each in text)
    return Markup(escape(shown, quote=True))


def element(tag: str, content: str, style: str = "") -> Markup:
    """Return `<tag class="style">content</tag>`."""
    attribute = f' class="{style}"' if style else ""
    return Markup(f"<{tag}{attribute}>{escape_text(content)}</{tag}>")


def joined(parts: Sequence[str]) -> Markup:
    """Return one after the other, each on a line of its own."""
    return Markup("\n".join(map(escape_text, parts)))


def table(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[str | Cell]], style: str = ""
) -> Markup:
    """Return a table with headings for columns and rows, for screen readers."""
    columns = Markup("".join(f'<th scope="col">{escape_text(name)}</th>' for name in head))
    lines = [
        Markup(f'<tr><th scope="row">{_inside(row[0])}</th>{"".join(map(_cell, row[1:]))}</tr>')
        for row in rows
    ]
    return Markup(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape_text(caption)}">'
        f'<table class="{style}"><caption>{escape_text(caption)}</caption>'
        f"<thead><tr>{columns}</tr></thead>\n<tbody>{joined(lines)}</tbody></table></div>"
    )


def _cell(cell: str | Cell) -> Markup:
    style = f' class="{cell.style}"' if isinstance(cell, Cell) and cell.style else ""
    return Markup(f"<td{style}>{_inside(cell)}</td>")


def _inside(cell: str | Cell) -> Markup:
    if isinstance(cell, str):
        return escape_text(cell)
    note = element("small", cell.note) if cell.note else ""
    # Bold, so that a class can colour the word and not its note.
    text = element("b", cell.text) if cell.style in ("better", "worse", "unclear") else cell.text
    return Markup(escape_text(text) + note)
