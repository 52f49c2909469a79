"""HTML page of a comparison: the findings of all environments, and pictures of what changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from reviewer.changes.finding import AREAS
from reviewer.markdown import counted, is_sentence, visible
from reviewer.report.page import document, figures
from reviewer.revision_report.cost_lines import cost_lines
from reviewer.revision_report.finding_rows import (
    FindingRow,
    finding_rows,
    label,
    unchanged,
    verdict,
)
from reviewer.sheets.sheet_set import drawing_set

if TYPE_CHECKING:
    from reviewer.changes.revision_diff import RevisionDiff

_COLUMNS = ("where", "environments", "what", "before", "after", "rule")
# Where an identifier may go on in the next line: behind a mark between two words of it. A short one
# stays whole, and so do numbers and ranges of addresses.
_BETWEEN_WORDS = re.compile(
    r"(?<=[_=-])(?=\w)|(?<![\d:]/)(?<=/)(?=[\w{*])|(?<=[.,])(?=[A-Za-z{])|(?<=[A-Za-z}]\.)(?=\d)"
    r"|(?<=::)(?=\w)"
)
_WITHIN_ARN = re.compile(rf"{_BETWEEN_WORDS.pattern}|(?<=[^:]:)(?=[^:\s])")
_SHORT, _ARN = 16, 24
_CODE = re.compile(r"`([^`]*)`")


def html_report(base: str, found: Sequence[RevisionDiff]) -> str:
    """One page: the findings, and the pictures with what changed in colour."""
    rows = finding_rows(found)
    several = len(found) > 1
    asked = [row for row in rows if row.finding.needs_person]
    others = [row for row in rows if not row.finding.needs_person]
    sections = []
    for area, title in AREAS.items():
        here = [row for row in asked if row.finding.area == area]
        sections += [f"<h3>{title}</h3>", _table(here, several=several)] if here else []
    sections += [f"<p>{_prose(line)}</p>" for line in cost_lines(found)]
    if names := unchanged(found):
        sections.append(f"<p>No change: {', '.join(_code(name) for name in names)}.</p>")
    if others:
        more = f"{counted(len(others), 'more change')}"
        sections += [f"<h3>{more}</h3>", _table(others, several=several)]
    body = [f'<section id="findings">\n<h2>Findings</h2>\n{"".join(sections)}</section>']
    tabs = [("findings", "Findings")]
    for comparison in found:
        if touched := [svg for svg in _drawings(comparison).values() if _is_touched(svg)]:
            stage = escape(comparison.stage)
            title = f"<h2>Pictures of {_code(label(comparison))}</h2>"
            body.append(f'<section id="{stage}">\n{title}\n{figures(touched)}</section>')
            tabs.append((stage, label(comparison)))
    title = f"{verdict(found, rows)}, compared with {visible(base)}"
    return document(title, tabs, "\n".join(body), _style())


def _drawings(comparison: RevisionDiff) -> dict[str, str]:
    """What goes away is shown where it was; what stays or comes, where it will be."""
    after, before = comparison.after, comparison.before
    drawings = drawing_set(after.assembly, after.resolver, comparison.marks)
    gone = {path: mark for path, mark in comparison.marks.items() if mark == "removed"}
    if not gone:
        return drawings
    return drawings | {
        f"before-{name}": svg.replace('id="kb-', 'id="kb-before-').replace(
            'labelledby="kb-', 'labelledby="kb-before-'
        )
        for name, svg in drawing_set(before.assembly, before.resolver, gone).items()
        if '"removed"' in svg
    }


def _is_touched(svg: str) -> bool:
    return any(f'class="{mark}' in svg for mark in ("added", "changed", "removed"))


def _table(rows: Sequence[FindingRow], *, several: bool) -> str:
    columns = [name for name in _COLUMNS if several or name != "environments"]
    heads = "".join(f"<th>{name}</th>" for name in columns)
    body = "\n".join(_row(row, columns) for row in rows)
    return (
        f'<table class="findings"><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody></table>'
    )


def _row(row: FindingRow, columns: Sequence[str]) -> str:
    before, after = row.cells()
    cells = {
        "where": _code(row.finding.at),
        "environments": ", ".join(_code(name) for name in row.environments),
        "what": _prose(row.finding.said),
        "before": _value(before),
        "after": _value(after),
        "rule": _code(row.finding.rule),
    }
    # A card has a line for each cell that says something.
    shown = "".join(
        f'<td data-label="{name}"{" class=none" if cells[name] == "-" else ""}>{cells[name]}</td>'
        for name in columns
    )
    lines = "".join(map(_line, row.lines))
    if not lines:
        return f"<tr>{shown}</tr>\n"
    details = f"<details><summary>{row.extent()}</summary><pre>{lines}</pre></details>"
    return f'<tr>{shown}</tr>\n<tr class="lines"><td colspan="{len(columns)}">{details}</td></tr>\n'


def _line(line: str) -> str:
    kind = {"+": "ins", "-": "del"}.get(line[:1], "span")
    return f"<{kind}>{escape(visible(line, kept=chr(9)))}\n</{kind}>"


def _value(text: str) -> str:
    return _prose(text) if is_sentence(text) else _code(text)


def _prose(text: str) -> str:
    """A sentence in which what stands in backticks is code."""
    parts = _CODE.split(text)
    return "".join(_code(part) if at % 2 else _broken(part) for at, part in enumerate(parts))


def _code(text: str) -> str:
    return f"<code>{_broken(text)}</code>" if text else ""


def _broken(text: str) -> str:
    return re.sub(r"\S+", lambda found: _word(found[0]), visible(text))


def _word(word: str) -> str:
    if len(word) < _SHORT:
        return escape(word)
    marks = _WITHIN_ARN if len(word) > _ARN else _BETWEEN_WORDS
    return "<wbr>".join(escape(part) for part in marks.split(word))


@cache
def _style() -> str:
    return files("reviewer.revision_report").joinpath("findings.css").read_text(encoding="utf-8")
