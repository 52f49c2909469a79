"""Reports of a diff: Markdown for a pull request, a page with coloured diagrams, JSON."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from reviewer.changes.finding import AREAS, Finding
from reviewer.changes.revision_diff import RevisionDiff
from reviewer.markdown import code, counted, table
from reviewer.pricing.cost import IdleCost, usd
from reviewer.report.page import comparison_page
from reviewer.sheets.sheet_set import drawing_set

# GitHub refuses a comment of more than 65,536 letters; GitLab takes a million.
_MOST_LETTERS = 60_000


def markdown_report(base: str, found: Sequence[RevisionDiff]) -> str:
    """One comment for a pull request; what a person has to look at comes first."""
    lines = [f"# {_verdict(found)}", "", f"Compared with {code(base)}.", ""]
    for comparison in found:
        lines += _environment(comparison)
    text = "\n".join(lines).rstrip("\n") + "\n"
    if len(text) <= _MOST_LETTERS:
        return text
    return text[:_MOST_LETTERS].rpartition("\n")[0] + "\n\n…and more: see the page or the JSON.\n"


def json_report(base: str, found: Sequence[RevisionDiff]) -> dict[str, Any]:
    """Everything, for machines."""
    return {
        "base": base,
        "needs_person": any(comparison.needs_person for comparison in found),
        "environments": [
            {
                "environment": comparison.after.assembly.environment,
                "stage": comparison.stage,
                "needs_person": comparison.needs_person,
                "idle_usd_a_month": {
                    "before": str(comparison.idle_before.usd),
                    "after": str(comparison.idle_after.usd),
                    "meters_without_a_price": len(comparison.idle_after.unpriced),
                },
                "oldest_price": str(comparison.oldest_price) if comparison.oldest_price else None,
                "findings": [vars(finding) for finding in comparison.findings],
            }
            for comparison in found
        ],
    }


def html_report(base: str, found: Sequence[RevisionDiff]) -> str:
    """One page: the findings, and the pictures with what changed in colour."""
    parts = []
    for comparison in found:
        # What goes away is shown where it was; what stays or comes, where it will be.
        drawings = drawing_set(
            comparison.after.assembly, comparison.after.resolver, comparison.marks
        )
        gone = {path: mark for path, mark in comparison.marks.items() if mark == "removed"}
        if gone:
            before = drawing_set(comparison.before.assembly, comparison.before.resolver, gone)
            drawings |= {
                f"before-{name}": svg.replace('id="kb-', 'id="kb-before-').replace(
                    'labelledby="kb-', 'labelledby="kb-before-'
                )
                for name, svg in before.items()
                if '"removed"' in svg
            }
        touched = [svg for svg in drawings.values() if _is_touched(svg)]
        parts.append((comparison.stage, "\n".join(_environment(comparison, folds=False)), touched))
    return comparison_page(f"{_verdict(found)}, compared with {base}", parts)


def _is_touched(svg: str) -> bool:
    return any(f'class="{mark}' in svg for mark in ("added", "changed", "removed"))


def _verdict(found: Sequence[RevisionDiff]) -> str:
    asked = sum(finding.needs_person for one in found for finding in one.findings)
    if asked:
        return f"{counted(asked, 'change')} for a person to look at"
    if any(one.findings for one in found):
        return "Nothing that a person has to look at"
    return "No environment changes"


def _environment(comparison: RevisionDiff, *, folds: bool = True) -> list[str]:
    asked = [finding for finding in comparison.findings if finding.needs_person]
    others = [finding for finding in comparison.findings if not finding.needs_person]
    lines = [f"## {comparison.stage}", "", *_cost(comparison), ""]
    if not comparison.findings:
        return [*lines, "No change.", ""]
    for area, title in AREAS.items():
        lines += _table(title, [finding for finding in asked if finding.area == area])
    if others:
        more = f"{counted(len(others), 'change')} more"
        lines += ["<details>", f"<summary>{more}</summary>", ""] if folds else [f"### {more}", ""]
        lines += table(["where", "what"], [_short(finding) for finding in others])
        lines += ["</details>", ""] if folds else []
    return lines


def _table(title: str, found: Sequence[Finding]) -> list[str]:
    if not found:
        return []
    rows = [
        (code(it.at), it.said, it.before or "-", it.after or "-", code(it.rule)) for it in found
    ]
    return [f"### {title}", "", *table(["where", "what", "before", "after", "rule"], rows)]


def _short(finding: Finding) -> tuple[str, str]:
    values = f" ({finding.before} → {finding.after})" if finding.before or finding.after else ""
    return code(finding.at), f"{finding.said}{values}"


def _cost(comparison: RevisionDiff) -> Iterator[str]:
    before, after = comparison.idle_before, comparison.idle_after
    missing = _missing(len(before.unpriced), len(after.unpriced))
    if after.usd or before.usd:
        # What has no price on one side only would make a difference that is none.
        known = _amounts(before) == _amounts(after)
        change = _signed(after.usd - before.usd) if known else "difference not known"
        yield (
            f"Idle cost: {usd(before.usd)} → {usd(after.usd)} a month ({change}).{missing} "
            f"List prices, the oldest of {comparison.oldest_price}."
        )
    elif missing:
        yield f"Idle cost: not known.{missing}"


def _amounts(side: IdleCost) -> list[tuple[str, float]]:
    return sorted((usage.meter, usage.idle) for usage in side.unpriced)


def _signed(amount: Decimal) -> str:
    sign = "+" if amount > 0 else "-" if amount < 0 else "±"
    return f"{sign}{usd(abs(amount))}"


def _missing(before: int, after: int) -> str:
    if before == after:
        return f" {counted(after, 'meter')} without a price." if after else ""
    return f" Without a price: {counted(before, 'meter')} before, {after} after."


def json_text(report: dict[str, Any]) -> str:
    """The report as a file."""
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"
