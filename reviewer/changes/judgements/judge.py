"""Findings for what no check of its own speaks of: by the tables, and else by asking."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from reviewer.changes.finding import Finding
from reviewer.changes.judgements.rows import ADDED, REMOVED, Row, first_row
from reviewer.changes.resource_diff import ResourceDiff

UNKNOWN = "not-known-harmless"
"""The rule of a difference that nothing is known of."""


def judge(found: Iterable[ResourceDiff], spoken: Collection[Finding]) -> Iterator[Finding]:
    """Judge every difference that no finding of `spoken` covers."""
    covered = _covered(spoken)
    asked = {finding.at for finding in spoken if finding.needs_person}
    for diff in found:
        if diff.stays:
            yield from _changed(diff, covered.get(diff.path, ()))
        else:
            # A person who looks at one thing about a new resource looks at it as a whole.
            yield from _whole(diff, is_quiet=diff.path in asked)


def _covered(spoken: Iterable[Finding]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for finding in spoken:
        found[finding.at] += finding.covers
    return found


def _changed(diff: ResourceDiff, covered: tuple[str, ...]) -> Iterator[Finding]:
    harmless: list[str] = []
    unknown: dict[str, None] = {}
    for path, (old, new) in diff.differences.items():
        if any(path == one or path.startswith(f"{one}/") for one in covered):
            continue
        row = first_row(diff.type, path, old, new)
        if row is None:
            unknown[path.partition("/")[0]] = None
        elif row.harmless:
            harmless.append(path)
        else:
            yield _finding(row, diff, path, old, new)
    for name in unknown:
        yield _unknown(diff, name)
    if harmless:
        yield _harmless(diff, harmless)


def _whole(diff: ResourceDiff, *, is_quiet: bool) -> Iterator[Finding]:
    path, verb = (ADDED, "added") if diff.before is None else (REMOVED, "removed")
    sides = ("-", "there") if diff.before is None else ("there", "-")
    # What an entry of a template beside the resources says is its value.
    there = (diff.new or diff.old).get("Value", "there")
    row = first_row(diff.type, path, *(None if side == "-" else there for side in sides))
    if row is not None and not row.harmless:
        yield Finding(row.rule, row.area, diff.path, row.says, *sides)
    else:
        asks = row is None and not is_quiet
        yield Finding(verb, "resources", diff.path, f"{_kind(diff)} is {verb}", *sides, asks)


def _finding(row: Row, diff: ResourceDiff, path: str, old: Any, new: Any) -> Finding:
    return Finding(
        rule=row.rule,
        area=row.area,
        at=diff.path,
        said=f"{row.says}: {path.removeprefix('@')}",
        before=text(old),
        after=text(new),
        covers=(path,),
    )


def _unknown(diff: ResourceDiff, name: str) -> Finding:
    old, new = diff.whole(name)
    return Finding(
        rule=UNKNOWN,
        area="resources",
        at=diff.path,
        said=f"{_kind(diff)}: {name.removeprefix('@')} changes; nothing proves it harmless",
        before=text(old),
        after=text(new),
        covers=(name,),
    )


def _harmless(diff: ResourceDiff, paths: list[str]) -> Finding:
    names = list(dict.fromkeys(path.partition("/")[0].removeprefix("@") for path in paths))
    said = f"{_kind(diff)}: {', '.join(names)}"
    return Finding("changed", "resources", diff.path, said, "", "", False)


def _kind(diff: ResourceDiff) -> str:
    return diff.type.removeprefix("AWS::").removeprefix("Template::")


def text(value: Any) -> str:
    """Return a value as a report shows it: "-" where there is none."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
