"""Draws two texts side by side in a browser: a terminal's and a comment's, as a small PNG."""

from __future__ import annotations

import io
import re
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from PIL import Image
from playwright.sync_api import Browser
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from tools.review_pictures.outputs import Outputs


_WIDTH = 1_400
# Letters and a few colours: more of either make a file that is larger and no better to read.
_SCALE, _COLOURS = 1.5, 64


def page(found: Outputs) -> str:
    """The HTML of one picture."""
    # The comment escapes what is not its own, so that its <details> are folded as on GitHub.
    comment = MarkdownIt("commonmark", {"html": True}).enable("table").render(found.comment)
    return Template(
        files("tools.review_pictures").joinpath("picture.html").read_text(encoding="utf-8")
    ).substitute(
        command=f"cdk diff {escape(found.stack)}",
        terminal=_terminal(found.cdk_diff),
        comment=comment,
    )


def draw(browser: Browser, found: Outputs, target: Path) -> None:
    """Write the picture of one change."""
    tab = browser.new_page(viewport={"width": _WIDTH, "height": 100}, device_scale_factor=_SCALE)
    tab.set_content(page(found))
    shot = Image.open(io.BytesIO(tab.locator("main").screenshot()))
    tab.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    shot.convert("RGB").quantize(_COLOURS).save(target, optimize=True)


def _terminal(text: str) -> str:
    """The text of a terminal with its colours as HTML."""
    console = Console(record=True, file=io.StringIO(), width=10_000, color_system="standard")
    # Fonts of a machine without pictures for letters have a box in place of this one.
    for line in re.sub(r"\n{3,}", "\n\n", text.replace("✨", "")).strip("\n").split("\n"):
        console.print(Text.from_ansi(line), soft_wrap=True)
    return console.export_html(inline_styles=True, code_format="{code}")
