"""Markdown that reads well in a diff: one fact a line, nothing aligned by spaces."""

import re
from collections.abc import Iterable, Sequence

_ADDRESS = re.compile(r"https://[^\s()<>]+")


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; none when it has no rows."""
    body = [f"| {' | '.join(_cell(item) for item in row)} |" for row in rows]
    if not body:
        return []
    return [f"| {' | '.join(headers)} |", f"|{'---|' * len(headers)}", *body, ""]


def code(text: str) -> str:
    """`text` as it would be typed."""
    return f"`{text.replace('`', chr(39))}`"


def linked(text: str) -> str:
    """`text` with every address as a link that has a short name."""
    return _ADDRESS.sub(lambda found: f"[{_named(found[0])}]({found[0]})", text)


def page(title: str, *parts: Iterable[str]) -> str:
    """A whole page; it ends in one newline."""
    lines = [f"# {title}", ""]
    for part in parts:
        lines += part
    return "\n".join(lines).rstrip("\n") + "\n"


def counted(number: int, noun: str) -> str:
    """`1 alarm`, `3 alarms`, `2 policies`."""
    if number == 1:
        return f"1 {noun}"
    is_policy = noun.endswith("y") and noun[-2] not in "aeiou"
    return f"{number} {noun[:-1]}ies" if is_policy else f"{number} {noun}s"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _named(address: str) -> str:
    _, _, host, *path = address.split("/")
    return "/".join(path[:2]) if host == "github.com" else host


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
