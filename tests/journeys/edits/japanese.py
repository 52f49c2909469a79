"""`docs/ja/edits.md`: the English page, of which the matrix writes every verdict, in Japanese."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[3] / "docs" / "edits.ja.toml"
_WORDS: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))


def page(english: str) -> str:
    """The whole page; raises ValueError for a text that has no translation yet."""
    lines = english.splitlines()
    rows = lines[lines.index("|---|---|---|---|") + 1 : lines.index("## The steps") - 1]
    steps = lines[lines.index("## The steps") + 1 :]
    told = [*map(_row, rows), "", f"## {_WORDS['steps_title']}", *map(_step, steps)]
    return str(_WORDS["head"]) + "\n".join(told) + "\n"


def _row(line: str) -> str:
    setting, forward, back, to = re.split(r"(?<!\\) \| ", line.removeprefix("| "), maxsplit=3)
    where = re.sub(r" \((\w+) network\)$", _WORDS["suffix"], to.removesuffix(" |"))
    return f"| {setting} | {_cell(forward)} | {_cell(back) if back else ''} | {where} |"


def _cell(text: str) -> str:
    word, colon, why = text.partition(": ")
    if word not in _WORDS["verdicts"]:
        raise ValueError(f"no translation of the verdict {word!r}; add one in {_FILE.name}")
    verdict = str(_WORDS["verdicts"][word])
    return f"{verdict}: {_translated(why, _WORDS['reasons'])}" if colon else verdict


def _step(line: str) -> str:
    number, dot, text = line.partition(". ")
    if not (dot and number.isdigit()) or text.startswith("`"):
        # An empty line, the settings that the steps are for, or a command.
        return line
    return f"{number}. {_translated(text, _WORDS['steps'])}"


def _translated(text: str, rules: Iterable[dict[str, str]]) -> str:
    for rule in rules:
        if found := re.fullmatch(rule["english"], text):
            return found.expand(rule["japanese"])
    raise ValueError(f"no translation of {text!r}; add one in {_FILE.name}")
