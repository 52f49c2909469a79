"""What the pictures show: the stacks of an environment as cards, and each stack from the inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reviewing.assembly import Resource, Stack
from reviewing.encryption import encrypted_with
from reviewing.graph import APPLICATIONS, Edge, Graph
from reviewing.layout import Box, Line, Plan
from reviewing.lifetimes import HOLDS_DATA, is_retained
from reviewing.markdown import counted, listed
from reviewing.parts import LOOKS, Look
from reviewing.values import Speller

Mark = Literal["", "added", "changed", "removed"]
_OUTSIDE = Look("outside", "applications")
_STACK = Look("outside", "stack")
MAX_ROWS = 7
# From this many stacks of one kind on, they share a card: a hundred models make no picture.
_CROWD = 4
CARD_WIDTH, ROW_HEIGHT, HEADER_HEIGHT, NOTE_HEIGHT = 150.0, 21.0, 34.0, 14.0
# Said on the card of whoever does it: as lines, these would cover everything else.
_QUIET = {"notifies": "tells", "leaves behind": "failed to", "logs to": "access log in"}
# What belongs to a card is said by its number.
_COUNTED = {
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::VPCEndpoint": "AWS endpoint",
}
_NOTE_LETTERS = 24
_LETTER = 7.9
_SMALL = 5.6


@dataclass(frozen=True)
class Row:
    """One line of a card."""

    look: Look
    text: str
    mark: Mark = ""


@dataclass(frozen=True)
class Card:
    """One box: a resource, a stack with what it holds, or somebody outside."""

    id: str
    look: Look
    title: str
    notes: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
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
    marks: Mapping[Edge, Mark] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """What has to be placed."""
        boxes = tuple(Box(card.id, *card.size) for card in self.cards)
        return Plan(boxes, tuple(map(_line, self.edges)))


def _line(edge: Edge) -> Line:
    # One verb below the other keeps a picture narrow enough for a phone.
    words = tuple(edge.verb.split(", "))
    return Line(edge.source, edge.target, words, max(map(len, words)) * _SMALL + 6)


def pictures(graph: Graph, speller: Speller, marks: Mapping[str, Mark]) -> list[Picture]:
    """The environment, and each stack; `marks` says what changed, by path."""
    stacks = [_inside(stack, graph, speller, marks) for stack in graph.assembly.stacks]
    return [_environment(graph, marks), *(picture for picture in stacks if picture.cards)]


def _environment(graph: Graph, marks: Mapping[str, Mark]) -> Picture:
    crowds = _crowds(graph.assembly.stacks)
    cards = [_stack_card(label, stacks, graph, marks) for label, stacks in crowds.items()]
    home = {stack.label: label for label, stacks in crowds.items() for stack in stacks}
    found = {
        (home.get(_stack(edge.source), edge.source), home.get(_stack(edge.target), edge.target)): 0
        for edge in graph.edges
        if edge.verb not in _QUIET
    }
    edges = [
        Edge(source, target, _together(graph.edges, source, target, home))
        for source, target in sorted(found)
        if source != target
    ]
    outside = {name for edge in edges for name in (edge.source, edge.target)}
    if APPLICATIONS in outside:
        cards.insert(0, Card(APPLICATIONS, _OUTSIDE, APPLICATIONS, ("attach the policy",)))
    title = f"The stacks of {graph.assembly.stage}"
    return Picture("architecture", title, tuple(cards), tuple(edges))


def _crowds(stacks: Sequence[Stack]) -> dict[str, list[Stack]]:
    """Stacks by the card that shows them."""
    kinds: dict[str, list[Stack]] = {}
    for stack in stacks:
        kinds.setdefault(stack.label.partition("-")[0], []).append(stack)
    found: dict[str, list[Stack]] = {}
    for kind, own in kinds.items():
        if len(own) >= _CROWD:
            found[f"{kind}-*"] = own
        else:
            found |= {stack.label: [stack] for stack in own}
    return found


def _stack(path: str) -> str:
    return path.partition("/")[0]


def _together(edges: Sequence[Edge], source: str, target: str, home: Mapping[str, str]) -> str:
    verbs = {
        edge.verb
        for edge in edges
        if home.get(_stack(edge.source), edge.source) == source
        and home.get(_stack(edge.target), edge.target) == target
        and edge.verb not in _QUIET
    }
    return ", ".join(sorted(verbs))


def _stack_card(
    label: str, stacks: Sequence[Stack], graph: Graph, marks: Mapping[str, Mark]
) -> Card:
    first = stacks[0]
    own = [item for item in graph.principals.values() if item.stack == first.label]
    own.sort(key=lambda item: list(LOOKS).index(item.type))
    rows = [Row(LOOKS[item.type], short(item), marks.get(item.path, "")) for item in own]
    if len(rows) > MAX_ROWS:
        rows = [*rows[: MAX_ROWS - 1], Row(_STACK, f"{len(rows) - MAX_ROWS + 1} more")]
    notes = (f"{len(stacks)} models",) if len(stacks) > 1 else ()
    changed = {marks.get(item.path, "") for stack in stacks for item in stack.resources}
    mark: Mark = "changed" if changed - {""} else ""
    return Card(label, _STACK, label, notes, tuple(rows), mark=mark)


def _inside(stack: Stack, graph: Graph, speller: Speller, marks: Mapping[str, Mark]) -> Picture:
    own = [item for item in graph.principals.values() if item.stack == stack.label]
    cards = [_card(item, graph, speller, marks) for item in own]
    near = [
        edge
        for edge in graph.edges
        if stack.label in (_stack(edge.source), _stack(edge.target)) and edge.verb not in _QUIET
    ]
    # Neighbours of neighbours stay out: only lines with one end in this stack.
    known = {card.id for card in cards}
    others = dict.fromkeys(
        name for edge in near for name in (edge.source, edge.target) if name not in known
    )
    cards += [_foreign(name, graph) for name in sorted(others)]
    title = f"{stack.label} of {graph.assembly.stage}"
    return Picture(f"architecture-{stack.label}", title, tuple(cards), tuple(_merged(near)))


def _merged(edges: Sequence[Edge]) -> list[Edge]:
    """One line between two boxes, whatever the number of verbs."""
    verbs: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        verbs.setdefault((edge.source, edge.target), []).append(edge.verb)
    return [Edge(*ends, ", ".join(words)) for ends, words in sorted(verbs.items())]


def _card(item: Resource, graph: Graph, speller: Speller, marks: Mapping[str, Mark]) -> Card:
    mine = graph.beside(item)
    words = [LOOKS[item.type].word]
    if item.type in HOLDS_DATA:
        words.append("kept" if is_retained(item) else "ends with its stack")
    if encrypted_with(item, speller).startswith("{"):
        words.append("own key")
    for kind, noun in _COUNTED.items():
        if number := sum(one.type == kind for one in mine):
            words.append(counted(number, noun))
    words += [
        f"{_QUIET[edge.verb]} {short(graph.principals[edge.target])}"
        for edge in graph.edges
        if edge.source == item.path and edge.verb in _QUIET
    ]
    changed = {marks.get(one.path, "") for one in mine} - {""}
    mark: Mark = marks.get(item.path) or ("changed" if changed else "")
    return Card(item.path, LOOKS[item.type], short(item), _wrapped(words), mark=mark)


def _wrapped(words: Sequence[str]) -> tuple[str, ...]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) + 3 <= _NOTE_LETTERS:
            lines[-1] += f" · {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _foreign(path: str, graph: Graph) -> Card:
    item = graph.principals.get(path)
    if item is None:
        return Card(path, _OUTSIDE, path, ("outside",), is_foreign=True)
    return Card(path, LOOKS[item.type], short(item), (item.stack,), is_foreign=True)


def short(item: Resource) -> str:
    """The word of a path that tells most: `Workflow/Machine` is the workflow."""
    parts = [part for part in item.name.split("/") if part != "Machine"] or [item.name]
    return parts[-1]


def described(picture: Picture) -> str:
    """What a picture says, for whoever cannot see it."""
    told = [f"{edge.source} {edge.verb} {edge.target}" for edge in picture.edges]
    return f"{picture.title}. {listed(told)}." if told else f"{picture.title}."
