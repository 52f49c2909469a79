"""Findings of all environments as rows: the same one of several is one row, without its secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from reviewer.changes.finding import AREAS, Finding
from reviewer.markdown import counted
from reviewer.pricing.cost import IdleCost, usd
from reviewer.revision_report.value_lines import LONGEST_VALUE, difference, value_lines
from reviewer.secrets import is_secret, mask_sentence, mask_value, may_name_a_secret

if TYPE_CHECKING:
    from reviewer.changes.revision_diff import RevisionDiff

# A longer value is shown by its lines, below the table.
_LONGEST_SHORT = 120
_ABSENT = ("", "-")
# Each is held against the whole of a value.
_MOST_NAMES = 8
# A property or a variable in a sentence, as in `MasterUserPassword` or `API_TOKEN`; no word of it.
_NAME = re.compile(r"\b(?=\w*[A-Z_])[\w-]{2,80}")


@dataclass(frozen=True)
class FindingRow:
    """One finding without its secrets, and the environments that share it.

    `lines` is the difference of its values where one is too long for a cell.
    """

    finding: Finding
    environments: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        """Whether a value is too long for a cell."""
        return bool(self.lines)

    def cells(self) -> tuple[str, str]:
        """The values before and after, or how long they are."""
        return self._cell(self.finding.before), self._cell(self.finding.after)

    def extent(self) -> str:
        """How many lines of a long value come and go, in words."""
        numbers = {
            verb: sum(line.startswith(sign) for line in self.lines)
            for verb, sign in (("added", "+"), ("removed", "-"))
        }
        said = [f"{counted(it, 'line')} {verb}" for verb, it in numbers.items() if it]
        return ", ".join(said) or "what differs"

    def _cell(self, text: str) -> str:
        if text in _ABSENT:
            return "-"
        return f"{len(text):,} characters" if self.is_long else text


def finding_rows(found: Sequence[RevisionDiff]) -> list[FindingRow]:
    """Every finding once, what a person has to look at first, then by area and place."""
    shared: dict[Finding, dict[str, Finding]] = {}
    for comparison in found:
        for finding in comparison.findings:
            same = shared.setdefault(_without_stage(finding, comparison.stage), {})
            same[label(comparison)] = finding
    order = list(AREAS)
    rows = [
        # One environment alone keeps its own name.
        _row(finding if len(of) > 1 else next(iter(of.values())), tuple(of))
        for finding, of in shared.items()
    ]
    return sorted(
        rows,
        key=lambda row: (
            not row.finding.needs_person,
            order.index(row.finding.area),
            row.finding.at,
            row.finding.said,
        ),
    )


def masked_finding(finding: Finding) -> Finding:
    """The finding as it may be printed: secrets masked, a value beyond measure named by length."""
    names = _names(finding)
    before, after = (_masked(text, names) for text in (finding.before, finding.after))
    if before == after and finding.before != finding.after and before not in _ABSENT:
        after = f"{after}, another one"
    return replace(
        finding,
        at=mask_sentence(finding.at),
        said=mask_sentence(finding.said),
        before=before,
        after=after,
    )


def label(comparison: RevisionDiff) -> str:
    """What a person calls an environment: the name of its file, or its stage's."""
    return comparison.after.assembly.environment or comparison.stage


def unchanged(found: Sequence[RevisionDiff]) -> list[str]:
    """The environments in which nothing differs."""
    return [label(comparison) for comparison in found if not comparison.findings]


def verdict(found: Sequence[RevisionDiff], rows: Sequence[FindingRow]) -> str:
    """One line: how many changes ask for a person, what is replaced, what it costs."""
    asked = sum(row.finding.needs_person for row in rows)
    replaced = sum(row.finding.rule == "replaced" for row in rows)
    if not rows:
        return "No environment changes"
    parts = [
        f"{counted(asked, 'change')} for a person to look at"
        if asked
        else "Nothing that a person has to look at"
    ]
    if replaced:
        parts.append(counted(replaced, "replacement"))
    changes = [cost_change(comparison) for comparison in found]
    known = [change for change in changes if change is not None]
    if len(known) < len(changes):
        parts.append("difference in cost not known")
    elif total := sum(known, Decimal(0)):
        parts.append(f"{signed(total)} a month")
    return ", ".join(parts)


def cost_change(comparison: RevisionDiff) -> Decimal | None:
    """How much more a month without work costs; None when a price is missing on one side."""
    before, after = comparison.idle_before, comparison.idle_after
    # What has no price on one side only would make a difference that is none.
    return after.usd - before.usd if _amounts(before) == _amounts(after) else None


def signed(amount: Decimal) -> str:
    """`+USD 12.30`."""
    sign = "+" if amount > 0 else "-" if amount < 0 else "±"
    return f"{sign}{usd(abs(amount))}"


def _amounts(side: IdleCost) -> list[tuple[str, float]]:
    return sorted((usage.meter, usage.idle) for usage in side.unpriced)


def _row(finding: Finding, environments: tuple[str, ...]) -> FindingRow:
    masked = masked_finding(finding)
    texts = (finding.before, finding.after)
    if all(_is_short(_on_one_line(text)) for text in texts):
        before, after = _on_one_line(masked.before), _on_one_line(masked.after)
        return FindingRow(replace(masked, before=before, after=after), environments, ())
    if any(len(text) > LONGEST_VALUE for text in texts):
        return FindingRow(masked, environments, ())
    names = _names(finding)
    name = next((one for one in names if any(is_secret(one, text) for text in texts)), "")
    old, new = ([] if text in _ABSENT else value_lines(text, name) for text in texts)
    lines = difference(old, new) or ["(the same but for a secret or the spaces)"]
    return FindingRow(masked, environments, tuple(lines))


def _without_stage(finding: Finding, stage: str) -> Finding:
    """The finding as other environments would have it: names of ours begin with the stage."""
    said, before, after = (
        text.replace(stage, "{stage}") for text in (finding.said, finding.before, finding.after)
    )
    return replace(finding, said=said, before=before, after=after)


def _on_one_line(text: str) -> str:
    """JSON of several lines as one; any other text as it is."""
    if "\n" not in text or text[:1] not in ("{", "["):
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _is_short(text: str) -> bool:
    return len(text) <= _LONGEST_SHORT and "\n" not in text


def _names(finding: Finding) -> list[str]:
    """The properties that a finding is about which may say that its values are secrets."""
    names = [*map(_property, getattr(finding, "covers", ()))]
    names += _NAME.findall(finding.said[:LONGEST_VALUE])
    found = [name for name in dict.fromkeys(names) if may_name_a_secret(name)]
    # First those under which any value is a secret.
    return sorted(found, key=lambda name: not is_secret(name, "any"))[:_MOST_NAMES]


def _property(path: str) -> str:
    *above, last = path.split("/")
    return above[-1] if above and last in ("Value", "Default", "ParameterValue") else last


def _masked(text: str, names: Sequence[str]) -> str:
    if len(text) > LONGEST_VALUE:
        return f"({len(text):,} characters)"
    name = next((one for one in names if is_secret(one, text)), "")
    return mask_value(name, text)
