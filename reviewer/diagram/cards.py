"""Elements of a diagram: cards, their rows, and labelled edges between cards."""

from dataclasses import dataclass
from typing import Literal

from cfn.catalogue import Icon
from reviewer.diagram.layout import Box, Connector, Layout
from reviewer.markdown import listed

Mark = Literal["", "added", "changed", "removed"]
CARD_WIDTH, ROW_HEIGHT, HEADER_HEIGHT, NOTE_HEIGHT = 150.0, 21.0, 34.0, 14.0
# How wide a letter is, in a title and in a note; a little generous, since fonts differ.
_LETTER = 7.9
_SMALL = 5.6


@dataclass(frozen=True, order=True)
class Edge:
    """`source` does `verb` to `target`; both are paths of principals."""

    source: str
    target: str
    verb: str


@dataclass(frozen=True)
class CardRow:
    """One line of a card."""

    icon: Icon
    text: str
    mark: Mark = ""


@dataclass(frozen=True)
class Card:
    """One box: a resource, a stack with what it holds, or a principal outside."""

    id: str
    icon: Icon
    title: str
    notes: tuple[str, ...] = ()
    rows: tuple[CardRow, ...] = ()
    is_foreign: bool = False
    mark: Mark = ""

    @property
    def size(self) -> tuple[float, float]:
        """How much room it takes."""
        if self.rows:
            return CARD_WIDTH, HEADER_HEIGHT + ROW_HEIGHT * len(self.rows) + 8
        widest = max(len(self.title) * _LETTER, *(len(note) * _SMALL for note in self.notes), 0)
        return max(110.0, widest + 54), 30.0 + NOTE_HEIGHT * len(self.notes)


@dataclass(frozen=True)
class Picture:
    """What is to be drawn; `file` is its name without ending."""

    file: str
    title: str
    cards: tuple[Card, ...]
    edges: tuple[Edge, ...]

    @property
    def is_marked(self) -> bool:
        """Whether it shows anything that changed."""
        return any(card.mark or any(row.mark for row in card.rows) for card in self.cards)

    @property
    def layout(self) -> Layout:
        """What has to be placed."""
        boxes = tuple(Box(card.id, *card.size) for card in self.cards)
        return Layout(boxes, tuple(map(_line, self.edges)))


def _line(edge: Edge) -> Connector:
    # One verb below the other keeps a picture narrow enough for a phone.
    words = tuple(edge.verb.split(", "))
    return Connector(edge.source, edge.target, words, max(map(len, words)) * _SMALL + 6)


def described(picture: Picture) -> str:
    """Alternative text of a picture."""
    sentences = [f"{edge.source} {edge.verb} {edge.target}" for edge in picture.edges]
    return f"{picture.title}. {listed(sentences)}." if sentences else f"{picture.title}."
