"""Self-contained HTML page of a review, with client-side search."""

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from markdown_it import MarkdownIt

from reviewer.diagram.glyphs import STYLE

_TITLES = {
    "resources.md": "Resources",
    "iam.md": "Permissions",
    "network.md": "Network",
    "data.md": "Data",
    "cost.md": "Cost",
    "nag.md": "Findings",
}


def index(stage: str, pages: Mapping[str, str], drawings: Mapping[str, str]) -> str:
    """The whole page."""
    sections = [_pictures(drawings), *(_sheet(name, text) for name, text in pages.items())]
    tabs = [("pictures", "Pictures"), *((_anchor(name), _TITLES[name]) for name in pages)]
    return document(f"Review of {stage}", tabs, "\n".join(sections))


def document(title: str, tabs: list[tuple[str, str]], body: str, style: str = "") -> str:
    """A page with a search field, one link for each section, and no request to anybody."""
    links = "".join(f'<a href="#{anchor}">{escape(text)}</a>' for anchor, text in tabs)
    return Template(_asset("page.html")).substitute(
        title=escape(title),
        style=_asset("page.css").replace("/*PICTURES*/", f"{STYLE}{style}"),
        links=links,
        body=body,
        script=_asset("page.js"),
    )


def rendered(text: str) -> str:
    """Markdown as HTML; wide tables scroll by themselves."""
    html = str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))
    return html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )


def _sheet(name: str, text: str) -> str:
    body = rendered(text).replace("<h2>", "<h3>").replace("</h2>", "</h3>")
    body = body.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return f'<section id="{_anchor(name)}">\n{body}</section>'


def _pictures(drawings: Mapping[str, str]) -> str:
    return f'<section id="pictures">\n<h2>Pictures</h2>\n{figures(drawings.values())}</section>'


def figures(drawings: Iterable[str]) -> str:
    """Pictures side by side where there is room."""
    found = "\n".join(f"<figure>{_inline(svg)}</figure>" for svg in drawings)
    return f'<div class="figures">{found}</div>'


def _inline(svg: str) -> str:
    # The page's own style says the same, and knows the reader's choice of colours.
    begin, end = svg.index("<style>"), svg.index("</style>") + len("</style>")
    return svg[:begin] + svg[end:].lstrip("\n").rstrip("\n")


def _anchor(name: str) -> str:
    return name.partition(".")[0]


@cache
def _asset(name: str) -> str:
    return files("reviewer.report").joinpath(name).read_text(encoding="utf-8")
