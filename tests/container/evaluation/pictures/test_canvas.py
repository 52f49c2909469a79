"""The style of all pictures, as it is drawn whatever matplotlib's own files say."""

import io
import warnings

import matplotlib as mpl
import matplotlib.image
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.ticker import ScalarFormatter

from container.evaluation.pictures.canvas import (
    by_class,
    legend_above,
    picture_style,
    png,
    sheet,
    shorten,
)
from container.metrics.scored import Scored, Task

INK, GREY, GRID = "#1f2328", "#59636e", "#e4e7eb"


@pytest.fixture(scope="module")
def pane() -> Axes:
    """A pane with a line, a title and a legend."""
    with mpl.rc_context({"font.size": 40, "axes.grid": False}), picture_style():
        figure, (drawn,) = sheet("Title", "Subtitle")
        drawn.plot([0, 1_000_001], [0, 1], label="a $x$")
        drawn.set_title("pane")
        drawn.set_xlabel("across")
        drawn.legend()
        figure.canvas.draw()
    return drawn


def test_lines_and_letters_are_drawn_as_in_every_other_picture(pane: Axes) -> None:
    (line,) = pane.get_lines()

    assert line.get_linewidth() == 2
    assert line.get_solid_capstyle() == "round"
    assert pane.xaxis.label.get_fontfamily() == ["DejaVu Sans"]
    assert pane.xaxis.label.get_fontsize() == 10.5
    assert to_hex(pane.xaxis.label.get_color()) == INK


def test_a_pane_is_open_above_and_on_the_right_and_has_a_grid_behind_its_lines(pane: Axes) -> None:
    assert {side: spine.get_visible() for side, spine in pane.spines.items()} == {
        "left": True,
        "bottom": True,
        "top": False,
        "right": False,
    }
    assert to_hex(pane.spines["left"].get_edgecolor()) == GREY
    assert pane.get_axisbelow() is True
    grid = pane.get_xgridlines()
    assert grid[0].get_visible()
    assert to_hex(grid[0].get_color()) == GRID


def test_ticks_are_grey_and_their_numbers_black_and_whole(pane: Axes) -> None:
    for axis in (pane.xaxis, pane.yaxis):
        tick = axis.get_major_ticks()[0]
        assert to_hex(tick.tick1line.get_color()) == GREY
        assert to_hex(tick.label1.get_color()) == INK
        formatter = axis.get_major_formatter()
        assert isinstance(formatter, ScalarFormatter)
        assert formatter.get_useOffset() is False


def test_the_title_of_a_pane_is_small_and_stands_on_the_left(pane: Axes) -> None:
    title = pane.get_title(loc="left")

    assert (title, pane.get_title(loc="center")) == ("pane", "")
    drawn = pane._left_title  # type: ignore[attr-defined]
    assert (drawn.get_fontsize(), to_hex(drawn.get_color())) == (9.5, GREY)
    assert pane.titleOffsetTrans.get_matrix()[1, 2] == pytest.approx(8 / 72 * 200)  # type: ignore[attr-defined]


def test_a_legend_hides_little_and_is_written_as_the_data_has_it(pane: Axes) -> None:
    legend = pane.get_legend()
    assert legend is not None
    (text,) = legend.get_texts()

    assert to_hex(legend.get_frame().get_edgecolor()) == "#ffffff"
    assert legend.get_frame().get_alpha() == 0.9
    assert (text.get_fontsize(), to_hex(text.get_color())) == (9.5, INK)
    assert not text.get_parse_math()


def test_a_sheet_says_what_it_shows_above_its_panes() -> None:
    with picture_style():
        figure, panes = sheet("Title", "Subtitle", height=3, heights=(2, 1))

    title, subtitle = figure.texts
    assert (title.get_text(), title.get_fontsize(), title.get_fontweight()) == ("Title", 13, "bold")
    assert (subtitle.get_text(), subtitle.get_fontweight()) == ("Subtitle", "normal")
    assert (to_hex(title.get_color()), to_hex(subtitle.get_color())) == (INK, GREY)
    assert title.get_position() == pytest.approx((0.08 / 5.4, 1 - 0.09))
    assert subtitle.get_position()[1] < title.get_position()[1]
    assert len(panes) == 2
    figure.canvas.draw()
    upper, lower = (pane.get_position() for pane in panes)
    assert upper.height > 1.5 * lower.height
    assert upper.y1 < subtitle.get_position()[1]


def test_a_picture_is_as_wide_as_a_phone_and_the_same_bytes_each_time() -> None:
    def drawn() -> bytes:
        with picture_style():
            figure, _ = sheet("Title", "Subtitle")
            return png(figure)

    content = drawn()

    assert content == drawn()
    assert b"Software" not in content
    pixels = matplotlib.image.imread(io.BytesIO(content))
    assert pixels.shape[:2] == (900, 1080)
    assert pixels[0, 0].tolist() == [1, 1, 1, 1]


def test_the_style_ends_with_the_picture_and_hides_warnings_until_then() -> None:
    before = mpl.rcParams["font.size"]

    with picture_style():
        warnings.warn("a letter that the font lacks", stacklevel=1)
        assert mpl.rcParams["font.size"] == 10.5

    assert mpl.rcParams["font.size"] == before
    with pytest.warns(UserWarning, match="letter"):
        warnings.warn("a letter that the font lacks", stacklevel=1)


def test_a_legend_may_stand_above_a_full_pane() -> None:
    with picture_style():
        figure, (pane,) = sheet("Title", "Subtitle")
        for name in "abc":
            pane.plot([0, 1], label=name)
        legend_above(pane, 3)
        figure.canvas.draw()

    legend = pane.get_legend()
    assert legend is not None
    assert legend.get_window_extent().y0 > pane.get_window_extent().y1
    texts = [text.get_window_extent().y0 for text in legend.get_texts()]
    assert max(texts) - min(texts) < 5


@pytest.mark.parametrize(
    ("name", "shown"),
    [("x" * 26, "x" * 26), ("x" * 27, "x" * 25 + "…"), ("a\x00b\u202e", "a?b?"), ("é中", "é中")],
)
def test_a_name_fits_beside_an_axis(name: str, shown: str) -> None:
    assert shorten(name) == shown


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        ([0, 0, 1], "3 held-out rows: 2 of class 0, 1 of class 1"),
        ([1], "1 held-out row: 1 of class 1"),
        ([0, 1, 2, 2], "4 held-out rows of 3 classes"),
    ],
)
def test_rows_are_told_by_their_class(labels: list[float], shown: str) -> None:
    found = np.array(labels, float)

    assert by_class(Scored(Task("binary", classes=2), found, found)) == shown
