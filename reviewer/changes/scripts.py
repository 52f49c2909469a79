"""Findings about texts: commands that fetch and run something, and secrets that stand in plain."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from reviewer.changes.finding import Finding, place, text
from reviewer.secrets import is_secret, mask, mask_tree

if TYPE_CHECKING:
    from reviewer.changes.resource_diff import ResourceDiff

_SHELL = r"(?:/(?:usr/)?bin/)?(?:(?:ba|z|da|k)?sh|python|perl|ruby|node)\b"
_SHELL_DIGITS = _SHELL.replace(r"\b", r"\d?(?!\w)")
_FETCHES = r"\b(?:curl|wget|aria2c)\b"
# A line that has all of a row, one after the other; each part takes linear time.
_FETCH_AND_RUN = tuple(
    tuple(re.compile(part, re.IGNORECASE) for part in parts)
    for parts in (
        # curl … | sh, wget -qO- … | sudo bash, echo … | base64 -d | sh
        (_FETCHES, rf"\|\s{{0,9}}(?:sudo\s{{1,9}})?{_SHELL_DIGITS}"),
        (r"\bbase64\s{1,9}(?:-d|--decode)\b", rf"\|\s{{0,9}}(?:sudo\s{{1,9}})?{_SHELL_DIGITS}"),
        # bash <(curl …), sh -c "$(curl …)", source <(wget …)
        (r"(?:<\(|\$\(|`)\s{0,9}(?:curl|wget)\b",),
        # curl -o x … && sh x, chmod +x x && ./x
        (
            _FETCHES,
            r"\bchmod\s{1,9}(?:[ugoa]{0,4}\+x|[0-7]{0,2}7)|[;&\n]\s{0,9}(?:ba)?sh\s{1,9}[^-\s]",
        ),
        (r"\beval\s{1,9}[\"'$(`]",),
        (r"\bpython[\d.]{0,5}\s{1,9}-c\b", r"\b(?:exec|eval|urlopen|urlretrieve|__import__)\b"),
        (r"\bexec\s{0,9}\(", r"\b(?:b64decode|urlopen|requests\.get)\b"),
        # What is installed from an address, from a repository, or from another index
        (r"\bpip\d?\s{1,9}install\b", r"https?://|git\+|--(?:extra-)?index-url"),
        (r"\b(?:npm|yarn|pnpm)\s{1,9}(?:install|add|i)\b", r"https?://|git\+|--registry"),
        (r"\b(?:apt-key\s{1,9}add|add-apt-repository)\b",),
        (r"\b(?:rpm|yum|dnf)\s{1,9}(?:-\w{1,9}|install)\b", r"https?://"),
        # A connection that gets a shell
        (r"\b(?:nc|ncat|netcat)\b", r"\s(?:-\w{0,4}[elc]\b|--exec|--listen)"),
        (r"/dev/(?:tcp|udp)/",),
        (r"\bInvoke-Expression\b|\biex\s{0,9}\(",),
    )
)
_LONGEST_SHOWN = 400
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{24,}={0,2}")


def script_changes(found: list[ResourceDiff]) -> Iterator[Finding]:
    """Yield every text that newly fetches something and runs it."""
    for diff in found:
        if diff.after is None:
            continue
        old = [text for was, _ in diff.changed.values() for text in _texts(was)]
        before = {command for text in old for command in commands(text)}
        for path, (_, new) in diff.changed.items():
            fresh = [
                command
                for text in _texts(new)
                for command in commands(text)
                if command not in before
            ]
            for command in dict.fromkeys(fresh):
                said = "a command fetches something and runs it, whatever it is by then"
                said = f"{said}: {place(path)}"
                yield Finding("fetch-and-run", "safety", diff.path, said, "-", mask(command))


def commands(text: str) -> Iterator[str]:
    """Yield the lines of a script that fetch and run something, each with the next one."""
    # Inside of a function that a deployment resolves a script is one text with `\n` in it.
    lines = text.replace("\\\n", " ").replace("\\n", "\n").splitlines()
    for line, after in zip_longest(lines, lines[1:], fillvalue=""):
        if _is_found(line):
            yield line.strip()[:_LONGEST_SHOWN]
        elif not _is_found(after) and _is_found(f"{line}\n{after}"):
            yield f"{line.strip()}; {after.strip()}"[:_LONGEST_SHOWN]


def _is_found(text: str) -> bool:
    return any(_has_all(text, parts) for parts in _FETCH_AND_RUN)


def _has_all(text: str, parts: tuple[re.Pattern[str], ...]) -> bool:
    place = 0
    for part in parts:
        found = part.search(text, place)
        if found is None:
            return False
        place = found.end()
    return True


def secret_changes(found: list[ResourceDiff]) -> Iterator[Finding]:
    """Yield every value that is newly a secret in plain text; it is shown masked."""
    for diff in found:
        if diff.after is None:
            continue
        for path, (old, new) in diff.changed.items():
            name = _name(diff, path)
            shown = _masked(name, new)
            if shown != new:
                said = (
                    f"a secret stands in plain text, for whoever reads the template: {place(path)}"
                )
                yield Finding(
                    "plain-secret",
                    "exposure",
                    diff.path,
                    said,
                    text(None if old is None else _masked(name, old)),
                    text(shown),
                    covers=(path,),
                )


def _name(diff: ResourceDiff, path: str) -> str:
    """Return the name under which a value stands: of a variable, a parameter or a property."""
    *parents, last = path.split("/")
    if last not in ("Value", "Default", "ParameterValue"):
        return last
    if parents:
        return parents[-1]
    return str(diff.new.get("Name") or diff.either.name).rpartition("/")[2]


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return "[masked]" if is_secret(name, value) else mask(value)
    return mask_tree(value, name)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text inside a value, and what it says where it is written in base64."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
        if _BASE64.fullmatch(value):
            yield from _decoded(value)


def _decoded(text: str) -> Iterator[str]:
    try:
        yield base64.b64decode(text).decode("utf-8")
    except (binascii.Error, ValueError):
        return
