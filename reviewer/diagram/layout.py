"""Layout of a diagram by ELK, a graph layout library; nothing of it reaches a page."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.errors import ReviewError

_SCRIPT = Path(__file__).with_name("layout.mjs")
_PATIENCE_SECONDS = 300
_OPTIONS = {
    "elk.algorithm": "layered",
    "elk.direction": "DOWN",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.layered.spacing.nodeNodeBetweenLayers": "34",
    "elk.layered.spacing.edgeNodeBetweenLayers": "14",
    "elk.spacing.nodeNode": "18",
    "elk.spacing.edgeNode": "12",
    "elk.spacing.edgeEdge": "10",
    "elk.spacing.edgeLabel": "3",
    "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
    "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
    "elk.layered.cycleBreaking.strategy": "GREEDY_MODEL_ORDER",
    "elk.layered.layering.strategy": "COFFMAN_GRAHAM",
    # One box a layer: tall and narrow, as a phone is; the compaction closes the gaps again.
    "elk.layered.layering.coffmanGraham.layerBound": "1",
    "elk.layered.compaction.postCompaction.strategy": "EDGE_LENGTH",
    "elk.padding": "[top=14,left=14,bottom=14,right=14]",
    "elk.randomSeed": "1",
}


@dataclass(frozen=True)
class Box:
    """Something to be placed; position and size in the units of the picture."""

    id: str
    width: float
    height: float
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class Connector:
    """A labelled line between two boxes; `points` and the label's place come from the layout."""

    source: str
    target: str
    label: tuple[str, ...]
    label_width: float
    points: tuple[tuple[float, float], ...] = ()
    label_x: float = 0
    label_y: float = 0


@dataclass(frozen=True)
class Layout:
    """Boxes and lines, and how much room they take once placed."""

    boxes: tuple[Box, ...]
    lines: tuple[Connector, ...]
    width: float = 0
    height: float = 0


LABEL_HEIGHT = 13
_MARGIN = 14.0
_LEAST_WIDTH = 400.0


def placed(plans: Sequence[Layout]) -> list[Layout]:
    """Return each layout with everything placed; raises ReviewError when ELK is not installed.

    Plans that differ by their words only, as those of many models do, are placed once.
    """
    if not plans:
        return []
    shapes = {json.dumps(_asked(layout)): layout for layout in plans}
    done = dict(zip(shapes, _run(list(shapes)), strict=True))
    return [
        _with_loose(layout, _read(layout, done[json.dumps(_asked(layout))])) for layout in plans
    ]


def _run(questions: Sequence[str]) -> list[dict[str, Any]]:
    node = os.environ.get("JSII_NODE") or shutil.which("node")
    if node is None:
        raise ReviewError("node: not found; install it with: make setup")
    run = subprocess.run(
        # A graph is placed before an optimising compiler has paid for itself.
        [node, "--no-opt", str(_SCRIPT)],
        input=f"[{','.join(questions)}]",
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    if run.returncode:
        problem = next(
            (line for line in run.stderr.splitlines() if "rror" in line), "it said nothing"
        )
        raise ReviewError(
            f"reviewer/diagram/layout.mjs: {problem.strip()}; install ELK with: make setup"
        )
    answers: list[dict[str, Any]] = json.loads(run.stdout)
    return answers


def _with_loose(layout: Layout, done: Layout) -> Layout:
    """Put boxes that no line touches below the others, as many side by side as there is room."""
    room = max(done.width, _LEAST_WIDTH)
    x, y, row_height = _MARGIN, max(done.height, _MARGIN), 0.0
    boxes = {box.id: box for box in done.boxes}
    width = done.width
    for box in layout.boxes:
        if box.id in boxes:
            continue
        if x > _MARGIN and x + box.width + _MARGIN > room:
            x, y, row_height = _MARGIN, y + row_height + _MARGIN, 0.0
        boxes[box.id] = Box(box.id, box.width, box.height, x, y)
        width = max(width, x + box.width + _MARGIN)
        x, row_height = x + box.width + _MARGIN, max(row_height, box.height)
    height = y + row_height + _MARGIN if row_height else done.height
    return Layout(tuple(boxes.values()), done.lines, width, height)


def _asked(layout: Layout) -> dict[str, Any]:
    """ELK's question; boxes go by number, so that equal shapes ask the same."""
    numbers = {box.id: str(number) for number, box in enumerate(layout.boxes)}
    touched = {name for line in layout.lines for name in (line.source, line.target)}
    return {
        "id": "root",
        "layoutOptions": _OPTIONS,
        "children": [
            {"id": numbers[box.id], "width": box.width, "height": box.height}
            for box in layout.boxes
            if box.id in touched
        ],
        "edges": [
            {
                "id": f"line {number}",
                "sources": [numbers[line.source]],
                "targets": [numbers[line.target]],
                "labels": [
                    {
                        # ELK forgets a label without any text.
                        "text": "-",
                        "width": line.label_width,
                        "height": LABEL_HEIGHT * len(line.label),
                        "layoutOptions": {"elk.edgeLabels.inline": "true"},
                    }
                ],
            }
            for number, line in enumerate(layout.lines)
        ],
    }


def _read(layout: Layout, answer: dict[str, Any]) -> Layout:
    spots = {layout.boxes[int(child["id"])].id: child for child in answer["children"]}
    boxes = tuple(
        Box(box.id, box.width, box.height, spots[box.id]["x"], spots[box.id]["y"])
        for box in layout.boxes
        if box.id in spots
    )
    edges = {edge["id"]: edge for edge in answer["edges"]}
    lines = tuple(_line(line, edges[f"line {number}"]) for number, line in enumerate(layout.lines))
    if not boxes:
        return Layout((), (), 0, 0)
    return Layout(boxes, lines, answer["width"], answer["height"])


def _line(line: Connector, edge: dict[str, Any]) -> Connector:
    section, label = edge["sections"][0], edge["labels"][0]
    stops = [section["startPoint"], *section.get("bendPoints", []), section["endPoint"]]
    points = tuple((stop["x"], stop["y"]) for stop in stops)
    return Connector(
        line.source, line.target, line.label, line.label_width, points, label["x"], label["y"]
    )
