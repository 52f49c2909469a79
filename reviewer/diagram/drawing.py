"""SVG of a laid-out diagram: one file without references, light or dark as its reader is."""

from html import escape

from cfn.catalogue import Icon
from reviewer.diagram.cards import (
    HEADER_HEIGHT,
    NOTE_HEIGHT,
    ROW_HEIGHT,
    Card,
    Mark,
    Picture,
    described,
)
from reviewer.diagram.glyphs import COLOURS, GLYPHS, STYLE
from reviewer.diagram.layout import LABEL_HEIGHT, Box, Connector, Layout

_TITLE_HEIGHT = 30
_TITLE_LETTER = 7.6
_CORNER = 6
_SIGNS: dict[Mark, str] = {"": "", "added": "+ ", "changed": "~ ", "removed": "- "}


def drawn(picture: Picture, layout: Layout) -> str:
    """The whole file."""
    width = max(layout.width, len(picture.title) * _TITLE_LETTER + 28)
    height = layout.height + _TITLE_HEIGHT
    places = {box.id: box for box in layout.boxes}
    ids = f"kb-{picture.file}"
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" class="kb"'
            f' viewBox="0 0 {_n(width)} {_n(height)}"'
            f' width="{_n(width)}" height="{_n(height)}" role="img"'
            f' aria-labelledby="{ids}-t {ids}-d">',
            f'<title id="{ids}-t">{escape(picture.title)}</title>',
            f'<desc id="{ids}-d">{escape(described(picture))}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="bg" width="{_n(width)}" height="{_n(height)}"/>',
            f'<text class="t" x="14" y="21">{escape(picture.title)}</text>',
            f'<g transform="translate(0 {_TITLE_HEIGHT})">',
            *(_line(line) for line in layout.lines),
            *(_label(line) for line in layout.lines),
            *(_card(card, places[card.id]) for card in picture.cards),
            "</g>",
            "</svg>",
            "",
        ]
    )


def _line(line: Connector) -> str:
    (x, y), *rest = line.points
    path = f"M{_n(x)} {_n(y)}"
    for number, (bend_x, bend_y) in enumerate(rest):
        if number == len(rest) - 1:
            path += f"L{_n(bend_x)} {_n(bend_y)}"
            break
        path += _bend(line.points[number], (bend_x, bend_y), rest[number + 1])
    return f'<path class="e" d="{path}"/>{_arrow(line)}'


def _bend(
    before: tuple[float, float], corner: tuple[float, float], after: tuple[float, float]
) -> str:
    """A rounded corner that never reaches beyond half of either side."""
    start, end = _towards(corner, before), _towards(corner, after)
    return (
        f"L{_n(start[0])} {_n(start[1])}Q{_n(corner[0])} {_n(corner[1])} {_n(end[0])} {_n(end[1])}"
    )


def _towards(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    long = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    part = min(_CORNER, long / 2) / long if long else 0
    return corner[0] + (other[0] - corner[0]) * part, corner[1] + (other[1] - corner[1]) * part


def _arrow(line: Connector) -> str:
    (x0, y0), (x, y) = line.points[-2:]
    if abs(x - x0) > abs(y - y0):
        side = 6 if x > x0 else -6
        return f'<path class="a" d="M{_n(x)} {_n(y)}l{-side} -3.5v7z"/>'
    side = 6 if y > y0 else -6
    return f'<path class="a" d="M{_n(x)} {_n(y)}l-3.5 {-side}h7z"/>'


def _label(line: Connector) -> str:
    x, y = line.label_x, line.label_y
    middle = _n(x + line.label_width / 2)
    words = "".join(
        f'<text class="l" x="{middle}" y="{_n(y + 10 + LABEL_HEIGHT * number)}"'
        f' text-anchor="middle">{escape(word)}</text>'
        for number, word in enumerate(line.label)
    )
    return (
        f'<rect class="lb" x="{_n(x)}" y="{_n(y)}" width="{_n(line.label_width)}"'
        f' height="{LABEL_HEIGHT * len(line.label)}" rx="3"/>{words}'
    )


def _card(card: Card, box: Box) -> str:
    kind = " ".join(word for word in (card.mark, "f" if card.is_foreign else "") if word)
    inside = _stack_rows(card, box) if card.rows else _resource(card)
    return (
        f"<g{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}"
        f' transform="translate({_n(box.x)} {_n(box.y)})">'
        f'<rect class="c" width="{_n(box.width)}" height="{_n(box.height)}" rx="8"/>{inside}</g>'
    )


def _resource(card: Card) -> str:
    sign = _SIGNS[card.mark]
    notes = "".join(
        f'<text class="n" x="44" y="{_n(34 + NOTE_HEIGHT * number)}">{escape(note)}</text>'
        for number, note in enumerate(card.notes)
    )
    return (
        f"{_icon(card.icon, 8, 8, 28)}"
        f'<text class="h {card.mark}" x="44" y="20">{sign}{escape(card.title)}</text>'
        f"{notes}"
    )


def _stack_rows(card: Card, box: Box) -> str:
    width, side = _n(box.width - 1), _n(HEADER_HEIGHT - 14)
    parts = [
        f'<path class="hd" d="M.5 {_n(HEADER_HEIGHT - 6)}V8a7.5 7.5 0 0 1 7.5-7.5'
        f'h{_n(box.width - 16)}a7.5 7.5 0 0 1 7.5 7.5v{side}z"/>',
        f'<text class="h" x="10" y="19">{escape(card.title)}</text>',
        f'<text class="n" x="{width}" y="19" dx="-8" text-anchor="end">'
        f"{escape(' '.join(card.notes))}</text>",
    ]
    for number, row in enumerate(card.rows):
        top = HEADER_HEIGHT + ROW_HEIGHT * number
        parts.append(_icon(row.icon, 8, top, 16))
        text = f"{_SIGNS[row.mark]}{row.text}"
        parts.append(f'<text class="r {row.mark}" x="31" y="{_n(top + 12)}">{escape(text)}</text>')
    return "".join(parts)


def _icon(icon: Icon, x: float, y: float, size: float) -> str:
    scale = _n(size / 24)
    return (
        f'<g transform="translate({_n(x)} {_n(y)}) scale({scale})"><rect width="24" height="24"'
        f' rx="5" fill="{COLOURS[icon.family]}"/><path class="g"'
        f' transform="translate(3 3) scale(.75)" d="{GLYPHS[icon.word]}"/></g>'
    )


def _n(number: float) -> str:
    return f"{round(number, 2):g}"
