"""Lines end in arrows that point the way they go, and bend in round corners."""

import pytest

from reviewer.diagram import drawing
from reviewer.diagram.layout import Box, Connector, Layout, _read


def line(*points: tuple[float, float]) -> str:
    return drawing._line(Connector("a", "b", ("w",), 10, points))


@pytest.mark.parametrize(
    ("end", "arrow"),
    [
        ((50, 10), "M50 10l-6 -3.5v7z"),
        ((-50, 10), "M-50 10l6 -3.5v7z"),
        ((10, 50), "M10 50l-3.5 -6h7z"),
        ((10, -50), "M10 -50l-3.5 6h7z"),
        ((20, 20), "M20 20l-3.5 -6h7z"),
        ((0, 0), "M0 0l-3.5 6h7z"),
    ],
)
def test_an_arrow_points_the_way_its_line_goes(end: tuple[float, float], arrow: str) -> None:
    assert f'<path class="a" d="{arrow}"/>' in line((10, 10), end)


def test_a_line_is_straight_to_its_end_and_round_at_each_bend() -> None:
    assert '<path class="e" d="M0 0L0 40"/>' in line((0, 0), (0, 40))
    assert '<path class="e" d="M0 0L0 34Q0 40 6 40L50 40"/>' in line((0, 0), (0, 40), (50, 40))


def test_a_round_corner_takes_no_more_than_half_of_a_short_side() -> None:
    drawn = line((0, 0), (0, 40), (4, 40), (4, 80))

    assert 'd="M0 0L0 34Q0 40 2 40L2 40Q4 40 4 46L4 80"' in drawn


def test_of_what_elk_was_asked_its_answer_is_read_and_nothing_else() -> None:
    boxes = (Box("a", 1, 2), Box("loose", 3, 4), Box("b", 5, 6))
    asked = Layout(boxes, (Connector("a", "b", ("w",), 10),))
    children = [{"id": "0", "x": 7, "y": 8}, {"id": "2", "x": 9, "y": 10}]
    section = {"startPoint": {"x": 1, "y": 1}, "endPoint": {"x": 2, "y": 2}}
    edge = {"id": "line 0", "sections": [section], "labels": [{"x": 3, "y": 4}]}

    found = _read(asked, {"children": children, "edges": [edge], "width": 70, "height": 80})

    assert [*found.boxes] == [Box("a", 1, 2, 7, 8), Box("b", 5, 6, 9, 10)]
    assert [*found.lines[0].points] == [(1, 1), (2, 2)]
    assert (found.width, found.height) == (70, 80)


def test_a_picture_without_lines_takes_no_room_before_its_boxes_are_placed() -> None:
    margins = {"children": [], "edges": [], "width": 28, "height": 28}

    assert _read(Layout((Box("a", 1, 2),), ()), margins) == Layout((), (), 0, 0)
