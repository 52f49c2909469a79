"""Diagrams of an environment: its stacks as cards, and each stack from the inside."""

from collections.abc import Mapping, Sequence

from cfn.catalogue import Icon, rows
from reviewer.assembly import Resource, SynthesisedStack
from reviewer.diagram.cards import Card, CardRow, Edge, Mark, Picture
from reviewer.diagram.graph import APPLICATIONS, Graph
from reviewer.diagram.parts import icon_of
from reviewer.encryption import encrypted_with
from reviewer.lifetimes import holds_data, is_retained
from reviewer.markdown import counted
from reviewer.resolver import Resolver

_OUTSIDE = Icon(0, "outside", "applications")
_STACK = Icon(0, "outside", "stack")
_MAX_ROWS = 7
# From this many stacks of one kind on, they share a card: a hundred models make no picture.
_CROWD = 4
# Written on the card of the source: as lines, these would cover everything else.
_QUIET = {"notifies": "tells", "leaves behind": "failed to", "logs to": "access log in"}
_NOTE_LETTERS = 24


def pictures(graph: Graph, resolver: Resolver, marks: Mapping[str, Mark]) -> list[Picture]:
    """The environment, and each stack; `marks` says what changed, by path."""
    crowds = _crowds(graph.assembly.stacks)
    home = {stack.label: label for label, stacks in crowds.items() for stack in stacks}
    stacks = [_inside(stack, graph, resolver, home, marks) for stack in graph.assembly.stacks]
    return [
        _environment(graph, crowds, home, marks),
        *(picture for picture in stacks if picture.cards),
    ]


def _environment(
    graph: Graph,
    crowds: Mapping[str, list[SynthesisedStack]],
    home: Mapping[str, str],
    marks: Mapping[str, Mark],
) -> Picture:
    cards = [_stack_card(label, stacks, graph, marks) for label, stacks in crowds.items()]
    edges = _merged(
        [
            Edge(
                home.get(_stack(it.source), it.source),
                home.get(_stack(it.target), it.target),
                it.verb,
            )
            for it in graph.edges
        ]
    )
    if any(APPLICATIONS in (edge.source, edge.target) for edge in edges):
        cards.insert(0, Card(APPLICATIONS, _OUTSIDE, APPLICATIONS, ("attach the policy",)))
    title = f"The stacks of {graph.assembly.stage}"
    return Picture("architecture", title, tuple(cards), tuple(edges))


def _crowds(stacks: Sequence[SynthesisedStack]) -> dict[str, list[SynthesisedStack]]:
    """Stacks by the card that shows them."""
    kinds: dict[str, list[SynthesisedStack]] = {}
    for stack in stacks:
        kinds.setdefault(stack.label.partition("-")[0], []).append(stack)
    found: dict[str, list[SynthesisedStack]] = {}
    for kind, own in kinds.items():
        if len(own) >= _CROWD:
            found[f"{kind}-*"] = own
        else:
            found |= {stack.label: [stack] for stack in own}
    return found


def _stack(path: str) -> str:
    return path.partition("/")[0]


def _stack_card(
    label: str, stacks: Sequence[SynthesisedStack], graph: Graph, marks: Mapping[str, Mark]
) -> Card:
    first = stacks[0]
    own = [item for item in graph.principals.values() if item.stack == first.label]
    own.sort(key=lambda item: icon_of(item).rank)
    rows = [CardRow(icon_of(item), short(item), marks.get(item.path, "")) for item in own]
    if len(rows) > _MAX_ROWS:
        rows = [*rows[: _MAX_ROWS - 1], CardRow(_STACK, f"{len(rows) - _MAX_ROWS + 1} more")]
    notes = (f"{len(stacks)} of them",) if len(stacks) > 1 else ()
    changed = {marks.get(item.path, "") for stack in stacks for item in stack.resources}
    mark: Mark = "changed" if changed - {""} else ""
    return Card(label, _STACK, label, notes, tuple(rows), mark=mark)


def _inside(
    stack: SynthesisedStack,
    graph: Graph,
    resolver: Resolver,
    home: Mapping[str, str],
    marks: Mapping[str, Mark],
) -> Picture:
    own = [item for item in graph.principals.values() if item.stack == stack.label]
    cards = {item.path: _card(item, graph, resolver, marks) for item in own}
    edges: list[Edge] = []
    # Neighbours of neighbours stay out: only lines with one end in this stack.
    for edge in graph.touching(stack.label):
        if edge.verb in _QUIET:
            continue
        ends = []
        for path in (edge.source, edge.target):
            card = cards[path] if path in cards else _foreign(path, graph, home)
            cards.setdefault(card.id, card)
            ends.append(card.id)
        edges.append(Edge(ends[0], ends[1], edge.verb))
    title = f"{stack.label} of {graph.assembly.stage}"
    everybody = tuple(sorted(cards.values(), key=lambda card: card.is_foreign))
    return Picture(f"architecture-{stack.label}", title, everybody, tuple(_merged(edges)))


def _merged(edges: Sequence[Edge]) -> list[Edge]:
    """One line between two boxes, with all verbs on it."""
    verbs: dict[tuple[str, str], set[str]] = {}
    for edge in edges:
        if edge.source != edge.target and edge.verb not in _QUIET:
            verbs.setdefault((edge.source, edge.target), set()).add(edge.verb)
    return [Edge(*ends, ", ".join(sorted(words))) for ends, words in sorted(verbs.items())]


def _card(item: Resource, graph: Graph, resolver: Resolver, marks: Mapping[str, Mark]) -> Card:
    mine = graph.beside(item)
    words = [icon_of(item).word]
    if holds_data(item):
        words.append("kept" if is_retained(item) else "ends with its stack")
    if encrypted_with(item, resolver).startswith("{"):
        words.append("own key")
    for kind in rows().values():
        if kind.counted_as and (number := sum(one.type == kind.type for one in mine)):
            words.append(counted(number, kind.counted_as))
    words += [
        f"{_QUIET[edge.verb]} {short(graph.principals[edge.target])}"
        for edge in graph.touching(item.stack)
        if edge.source == item.path and edge.verb in _QUIET
    ]
    changed = {marks.get(one.path, "") for one in mine} - {""}
    mark: Mark = marks.get(item.path) or ("changed" if changed else "")
    return Card(item.path, icon_of(item), short(item), wrapped(words), mark=mark)


def wrapped(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a note in as few lines as its card has room for."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) + 3 <= _NOTE_LETTERS:
            lines[-1] += f" · {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _foreign(path: str, graph: Graph, home: Mapping[str, str]) -> Card:
    """A neighbour from another stack; the same one of many models is one card."""
    item = graph.principals.get(path)
    if item is None:
        return Card(path, _OUTSIDE, path, ("outside",), is_foreign=True)
    place = home[item.stack]
    return Card(f"{place}/{item.name}", icon_of(item), short(item), (place,), is_foreign=True)


def short(item: Resource) -> str:
    """The word of a path that tells most: `Workflow/Machine` is the workflow."""
    parts = [part for part in item.name.split("/") if part != "Machine"] or [item.name]
    return parts[-1]
