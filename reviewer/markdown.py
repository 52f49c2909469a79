"""Markdown that reads well in a diff: one fact a line, nothing aligned by spaces.

A value of a template is text to whoever reads the page: no letter of it is markup.
"""

import re
from collections.abc import Iterable, Sequence

_ADDRESS = re.compile(r"https://[^\s()<>]+")
_TICKS = re.compile(r"`+")
_TICKED = re.compile(r"`[^`]*`")
# `not allowed`, `there`, `3 hours idle, 30 hours at most`: words about a value, not the value.
_WORDS = re.compile(r"-|[a-z]+|[A-Za-z\d][\w.,-]*( [\w.,'%+±()-]+)+")
_MARKUP = re.compile(r"[\\`*_\[\]~]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"})
# GitHub and GitLab make links of these, mentions among them, wherever they are not code; no escape
# of Markdown hinders that.
_LINKED = re.compile(
    r"[@#$]|://|www\.|\bGH-\d|[!~%&^][\w\"]|(?<!:):[\w+-]+:(?!:)|\b[0-9a-f]{40}\b", re.IGNORECASE
)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; none when it has no rows."""
    body = [table_row(row) for row in rows]
    if not body:
        return []
    return [f"| {' | '.join(headers)} |", f"|{'---|' * len(headers)}", *body, ""]


def table_row(cells: Sequence[str]) -> str:
    """One row of a table, whatever its cells hold."""
    return f"| {' | '.join(_cell(item) for item in cells)} |"


def code(text: str) -> str:
    """`text` as it would be typed; what nobody sees in it as an escape of Python."""
    text = visible(text)
    if not text.strip():
        return ""
    runs = {len(run) for run in _TICKS.findall(text)}
    fence = next("`" * size for size in range(1, len(runs) + 2) if size not in runs)
    edge = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{edge}{text}{edge}{fence}"


def prose(text: str) -> str:
    """A sentence of which only what stands in backticks is markup."""
    found = ""
    for number, part in enumerate(re.split(r"`([^`]*)`", text)):
        piece = code(part) if number % 2 else _words(part)
        # Backticks that touch are one run, which begins and ends something else.
        touches = found.endswith("`") and piece.startswith("`")
        found += f" {piece}" if touches else piece
    return found


def value_cell(text: str) -> str:
    """A value of a template as code; words about one as a sentence."""
    return prose(text) if is_sentence(text) else code(text)


def is_sentence(text: str) -> bool:
    """Whether a text says something about a value, with values in backticks, and is none itself."""
    return bool(_WORDS.fullmatch(_TICKED.sub("x", text)))


def visible(text: str, *, kept: str = "") -> str:
    """`text` with every letter that is none to the eye written as an escape, but those in `kept`.

    Control characters, marks of direction, halves of a surrogate pair, spaces that are none of
    the keyboard's.
    """
    if text.isprintable():
        return text
    return "".join(
        letter
        if letter.isprintable() or letter in kept
        else letter.encode("unicode_escape").decode()
        for letter in text
    )


def fenced(lines: Sequence[str], language: str = "") -> list[str]:
    """A block of code that no line of it can end."""
    longest = max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *(visible(line, kept="\t") for line in lines), fence]


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


def _words(text: str) -> str:
    """Text outside code: a word that would become a link or a mention is code."""

    def word(found: re.Match[str]) -> str:
        if _LINKED.search(found[0]):
            return code(found[0])
        return _MARKUP.sub(r"\\\g<0>", found[0].translate(_ENTITIES))

    return re.sub(r"\S+", word, visible(re.sub(r"\s+", " ", text)))


def _cell(text: str) -> str:
    # GitHub reads two backslashes as one before it looks for the pipes that end a cell.
    text = re.sub(r"\\(?=\|)", r"\\ ", text)
    return " ".join(text.replace("|", "\\|").split())
