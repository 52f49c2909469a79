"""Links of the project's Markdown, followed by what they become on the site."""

import posixpath
import re
from collections.abc import Callable

from tools.docs_site.errors import BrokenPage
from tools.docs_site.pages import EDITIONS, Edition, Page
from tools.docs_site.places import PROJECT

PICTURES = (".svg", ".png")
_LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"^\s*```")
# The site offers the other language in every page's header.
_SWITCH = re.compile(r"^\[(日本語|English)\]\(\S+\)$")
# Whole pages already, beside those that Sphinx makes.
_READY = re.compile(r"sheets/[^/]+/index\.html")

Keep = Callable[[str], str]


def rewritten(text: str, page: Page, edition: Edition, keep_picture: Keep) -> str:
    """Return the Markdown of `page` with the links that the site needs; code stays as it is."""
    lines, in_code = [], False
    for line in text.splitlines():
        if _FENCE.match(line):
            in_code = not in_code
        if _SWITCH.match(line):
            continue
        if not in_code:
            line = _LINK.sub(lambda link: _link(link, page, edition, keep_picture), line)
        lines.append(line)
    return "\n".join(lines) + "\n"


def _link(link: re.Match[str], page: Page, edition: Edition, keep_picture: Keep) -> str:
    text, target = link["text"], link["target"]
    if ":" in target or target.startswith("#"):
        return link[0]
    path, _, fragment = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), path))
    if not (PROJECT / path).exists():
        raise BrokenPage(f"{page.source}: link to {target}; no such file; correct the link")
    if path.endswith(PICTURES):
        return f"{link['picture']}[{text}]({_relative(keep_picture(path), page.name)})"
    if _READY.fullmatch(path):
        return f"[{text}](site:{_relative(path, edition.address(page.name))})"
    for other in (edition, *EDITIONS):
        name = next((one.name for one in other.all_pages if one.source == path), None)
        if name is None:
            continue
        if other is edition:
            anchor = f"#{fragment}" if fragment else ""
            return f"[{text}]({_relative(f'{name}.md', page.name)}{anchor})"
        return f"[{text}](site:{_relative(other.address(name), edition.address(page.name))})"
    # The site holds pages, not the source code beside them.
    return text


def _relative(target: str, origin: str) -> str:
    return posixpath.relpath(target, posixpath.dirname(origin) or ".")
