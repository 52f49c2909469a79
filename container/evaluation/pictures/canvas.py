"""Style of all pictures, and deterministic PNG output."""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from container.evaluation.results.number_format import grouped, rows_text
from container.metrics.scored import Scored

# Okabe and Ito's palette, safe for colour-blind readers; dashes help in print.
CANDIDATE, CHAMPION = "#0072B2", "#D55E00"
CLASS_0, CLASS_1 = "#56B4E9", "#5B2A86"
INK, GREY, GRID = "#1F2328", "#59636E", "#E4E7EB"

# Inches; small, so that text can still be read on a phone's 360 points.
_WIDTH, _DOTS_PER_INCH = 5.4, 200
_HEAD, _MARGIN = 0.58, 0.08
_LONGEST_NAME = 26

# Any: matplotlib types its settings as one long list of literals.
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titlecolor": GREY,
    "axes.titlepad": 8,
    "axes.formatter.useoffset": False,
    "grid.color": GRID,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.edgecolor": "white",
    "legend.framealpha": 0.9,
    "legend.fontsize": 9.5,
    "lines.linewidth": 2.0,
    "lines.solid_capstyle": "round",
}


@dataclass(frozen=True)
class Pen:
    """Line style of one of the two models."""

    colour: str
    dashes: str
    marker: str


PENS = {"candidate": Pen(CANDIDATE, "-", "o"), "champion": Pen(CHAMPION, "--", "D")}


@contextmanager
def picture_style() -> Iterator[None]:
    """Draw in this style, independent of matplotlib's configuration files."""
    with mpl.rc_context(), warnings.catch_warnings():
        # A name in letters that the font lacks is drawn as boxes; the tables have it in full.
        warnings.simplefilter("ignore")
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def sheet(
    title: str, subtitle: str, *, height: float = 4.5, heights: Sequence[float] = (1.0,)
) -> tuple[Figure, list[Axes]]:
    """Return a figure with one pane below the other, under what it shows and on how many rows."""
    figure = Figure(figsize=(_WIDTH, height), dpi=_DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    top = 1 - _HEAD / height
    figure.set_layout_engine("constrained", rect=(0, 0, 0.99, top), h_pad=0.06)
    panes = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    for text, down, size, weight, colour in (
        (title, 0.27, 13.0, "bold", INK),
        (subtitle, 0.48, 9.5, "normal", GREY),
    ):
        left = _MARGIN / _WIDTH
        figure.text(left, 1 - down / height, text, size=size, weight=weight, color=colour)
    return figure, list(panes)


def legend_above(pane: Axes, columns: int) -> None:
    """Put the legend above a pane without a free corner."""
    pane.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=columns, borderaxespad=0.2)


def png(figure: Figure) -> bytes:
    """Return the PNG without the library's version, which would change the bytes."""
    buffer = io.BytesIO()
    # Not `savefig`, which draws everything once before it, only to know the layout.
    canvas: Any = figure.canvas
    canvas.print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()


def shorten(name: str) -> str:
    """Return a name that fits beside an axis, without characters that cannot be printed."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 1] + "…"


def class_name(scored: Scored, code: float) -> str:
    """Return a class as pictures call it."""
    return shorten(scored.task.class_name(code))


def by_class(scored: Scored) -> str:
    """Return a text such as `89 held-out rows: 34 of class 0, 55 of class 1`."""
    classes, counts = np.unique(scored.labels, return_counts=True)
    if len(classes) > 2:
        return f"{rows_text(scored.rows)} of {len(classes)} classes"
    pairs = zip(classes.tolist(), counts.tolist(), strict=True)
    each = [f"{grouped(count)} of class {class_name(scored, label)}" for label, count in pairs]
    return f"{rows_text(scored.rows)}: {', '.join(each)}"
