"""The commands that the pages show, read from the pages themselves."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
# Each page beside the same page in Japanese.
TRANSLATED = {
    "README.md": "README.ja.md",
    "docs/quickstart.md": "docs/ja/quickstart.md",
    "docs/tour.md": "docs/ja/tour.md",
    "docs/data.md": "docs/ja/data.md",
    "docs/reviews.md": "docs/ja/reviews.md",
    "docs/removal.md": "docs/ja/removal.md",
    "docs/containers.md": "docs/ja/containers.md",
    "docs/existing.md": "docs/ja/existing.md",
    "docs/delivery/README.md": "docs/ja/delivery.md",
    "docs/architecture.md": "docs/ja/architecture.md",
}
PAGES = (*TRANSLATED, "docs/notebook.md")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(page: str) -> list[tuple[str, str]]:
    """Every code block of a page with its language, without what is only a remark."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    return [(kind, _without_remarks(kind, code)) for kind, code in _BLOCK.findall(text)]


def commands(page: str) -> list[str]:
    """What a reader of a page types, line for line; a line that goes on is one command."""
    typed = [code.replace("\\\n", " ") for kind, code in blocks(page) if kind == "sh"]
    return [line.strip() for code in typed for line in code.splitlines() if line.strip()]


def between(first: str, last: str) -> list[str]:
    """The README's commands from one to another, both included."""
    listed = commands("README.md")
    return listed[listed.index(first) : listed.index(last) + 1]


def of(program: str) -> list[str]:
    """The commands of one program, from all pages, each once."""
    found = [command for page in PAGES for command in commands(page)]
    return list(dict.fromkeys(line for line in found if line.startswith(program)))


def _without_remarks(kind: str, code: str) -> str:
    if kind not in {"sh", "toml"}:
        return code
    return "\n".join(re.sub(r"\s+#\s.*$|^#\s.*$", "", line).rstrip() for line in code.splitlines())
