"""The pictures show what the templates say, and fit a phone."""

import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from reviewer.assembly import Assembly, SynthesisedStack
from reviewer.diagram.cards import Edge, Mark, Picture
from reviewer.diagram.graph import Graph
from reviewer.diagram.layout import Layout, placed
from reviewer.diagram.pictures import pictures, wrapped
from reviewer.resolver import Resolver
from reviewer.sheets.sheet_set import drawing_set

# A phone is 360 to 430 units wide; below two thirds of its size a text is hard to read.
PHONE_WIDTH = 430


@pytest.fixture(scope="module")
def graph(prod: Assembly) -> Graph:
    return Graph(prod, Resolver(prod))


@pytest.fixture(scope="module")
def drawn(graph: Graph, prod: Assembly) -> list[tuple[Picture, Layout]]:
    found = pictures(graph, Resolver(prod), {})
    return list(zip(found, placed([one.layout for one in found]), strict=True))


@pytest.mark.parametrize(
    ("source", "verb", "target"),
    [
        ("Applications", "calls", "Inference-churn/Endpoint"),
        ("Storage/Data", "tells", "Training-churn/Intake/DataArrived"),
        ("Training-churn/Intake/DataArrived", "starts", "Training-churn/Intake/Machine"),
        ("Training-churn/Intake/Machine", "starts", "Training-churn/Workflow/Machine"),
        ("Training-churn/Workflow/Machine", "reads", "Storage/Data"),
        ("Training-churn/Workflow/Machine", "registers in", "Training-churn/Versions"),
        ("Training-churn/Versions", "tells", "Training-churn/Rollout/VersionJudged"),
        ("Training-churn/Rollout/Machine", "updates", "Inference-churn/Endpoint"),
        ("Inference-churn/Endpoint", "captures to", "Storage/Monitoring"),
        ("Workbench/Workbench/NightlyStop", "stops", "Workbench/Workbench"),
    ],
)
def test_the_flow_is_read_from_the_templates(
    source: str, verb: str, target: str, graph: Graph
) -> None:
    assert Edge(source, target, verb) in graph.edges


def test_a_model_reads_no_training_data(graph: Graph) -> None:
    assert Edge("Inference-churn/Model", "Storage/Data", "reads") not in graph.edges


def test_every_principal_is_in_the_picture_of_its_stack(
    graph: Graph, drawn: list[tuple[Picture, Layout]]
) -> None:
    cards = {card.id for picture, _ in drawn[1:] for card in picture.cards if not card.is_foreign}

    assert cards == set(graph.principals)


def test_the_picture_of_the_environment_fits_a_phone(drawn: list[tuple[Picture, Layout]]) -> None:
    assert drawn[0][1].width <= PHONE_WIDTH


def test_no_picture_is_wider_than_two_phones(drawn: list[tuple[Picture, Layout]]) -> None:
    assert [picture.file for picture, layout in drawn if layout.width > 2 * PHONE_WIDTH] == []


def test_no_box_lies_on_another(drawn: list[tuple[Picture, Layout]]) -> None:
    for picture, layout in drawn:
        boxes = sorted(layout.boxes, key=lambda box: (box.y, box.x))
        for number, one in enumerate(boxes):
            for other in boxes[number + 1 :]:
                apart = one.x + one.width <= other.x or other.x + other.width <= one.x
                below = one.y + one.height <= other.y or other.y + other.height <= one.y
                assert apart or below, f"{picture.file}: {one.id} and {other.id}"


def test_lines_run_straight_up_or_straight_across(drawn: list[tuple[Picture, Layout]]) -> None:
    for _, layout in drawn:
        for line in layout.lines:
            for (x0, y0), (x1, y1) in pairwise(line.points):
                assert abs(x0 - x1) < 0.01 or abs(y0 - y1) < 0.01, line


def test_every_word_lies_on_its_line(drawn: list[tuple[Picture, Layout]]) -> None:
    for picture, layout in drawn:
        for line in layout.lines:
            middle = line.label_x + line.label_width / 2
            ends = [(x, min(y0, y1), max(y0, y1)) for (x, y0), (_, y1) in pairwise(line.points)]
            on_it = [
                abs(x - middle) <= line.label_width / 2 and low <= line.label_y + 1 <= high
                for x, low, high in ends
            ]
            assert any(on_it), f"{picture.file}: {line.source} {line.label} {line.target}"


def test_a_hundred_models_share_their_cards(prod: Assembly) -> None:
    many = replace(prod, stacks=tuple(copies(prod, 100)))
    resolver = Resolver(many)

    environment, storage, *_ = pictures(Graph(many, resolver), resolver, {})

    assert {"Inference-*", "Training-*"} <= {card.id for card in environment.cards}
    assert len(environment.cards) < 10
    assert len(storage.cards) < 15


def copies(assembly: Assembly, number: int) -> Iterator[SynthesisedStack]:
    """The stacks of an environment in which the one model is there `number` times."""
    for stack in assembly.stacks:
        if not stack.label.endswith("-churn"):
            yield stack
            continue
        for count in range(number):
            name = f"m{count}"
            yield replace(
                stack,
                label=stack.label.replace("churn", name),
                template=json.loads(json.dumps(stack.template).replace("churn", name)),
            )


def test_a_drawing_is_well_formed_and_says_in_words_what_it_shows(prod: Assembly) -> None:
    marks: dict[str, Mark] = {item.path: "changed" for item in prod.resources()}
    drawings = drawing_set(prod, Resolver(prod), marks)

    assert len(drawings) > len(prod.stacks) / 2
    for name, svg in drawings.items():
        root = ET.fromstring(svg)
        title, description = root[0].text, root[1].text
        assert title, name
        assert description, name
        assert "href" not in svg, name


def test_what_changed_is_marked(prod: Assembly) -> None:
    svg = drawing_set(prod, Resolver(prod), {"Storage/Data": "changed"})

    assert 'class="changed"' in svg["architecture-Storage.svg"]
    assert "~ Data" in svg["architecture.svg"]
    assert sorted(svg) == ["architecture-Storage.svg", "architecture.svg"]


def test_where_nothing_changed_nothing_is_laid_out(
    prod: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", None)

    assert drawing_set(prod, Resolver(prod), {}) == {}
    assert drawing_set(prod, Resolver(prod), {"Storage/Nothing": "changed"}) == {}


@pytest.mark.parametrize(("last", "lines"), [("ten letter", 1), ("ten letters", 2)])
def test_a_note_is_as_wide_as_its_card_and_no_wider(last: str, lines: int) -> None:
    found = wrapped(["ten letters", last])

    assert len(found) == lines
    assert max(map(len, found)) <= 24
