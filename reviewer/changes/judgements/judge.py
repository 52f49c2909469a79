"""Findings for what no check of its own speaks of: by the tables, and else by asking."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from reviewer.changes.finding import NOT_SET, Finding, place, text
from reviewer.changes.judgements.rows import ADDED, REMOVED, Row, first_row, unsafe_rows
from reviewer.changes.resource_diff import ResourceDiff

UNKNOWN = "not-known-harmless"
"""The rule of a difference that nothing is known of."""

_FUNCTION = "Fn::"
# A workflow is one text of hundreds of lines: what is not known of it is said of each state alone.
_PART_OF_WORKFLOW = re.compile(r"Definition(?:String)?/(?:States/[^/]+|[^/]+)")


def judge(found: Iterable[ResourceDiff], spoken: Collection[Finding]) -> Iterator[Finding]:
    """Judge every difference that no finding of `spoken` covers."""
    covered = _covered(spoken)
    asked: dict[str, set[str]] = defaultdict(set)
    for finding in spoken:
        if finding.needs_person:
            asked[finding.at].add(finding.rule)
    for diff in found:
        if diff.stays:
            yield from _changed(diff, covered.get(diff.path, ()))
        else:
            # A person who looks at one thing about a new resource looks at it as a whole.
            yield from _whole(diff, asked.get(diff.path, set()))


def _covered(spoken: Iterable[Finding]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for finding in spoken:
        found[finding.at] += finding.covers
    return found


def _changed(diff: ResourceDiff, covered: tuple[str, ...]) -> Iterator[Finding]:
    harmless: list[str] = []
    unknown: dict[str, None] = {}
    known: dict[tuple[int, str], tuple[Row, list[str]]] = {}
    rows = _rows(diff, covered)
    wholes = {path: row for path, row in rows.items() if row is not None and row.beside}
    for path, row in rows.items():
        old, new = diff.differences[path]
        if whole := next((one for one, it in wholes.items() if it.tells(one, path)), ""):
            key = (id(wholes[whole]), whole.rpartition("/")[0])
            known.setdefault(key, (wholes[whole], []))[1].append(path)
        elif row is None or (row.harmless and _is_decided_later(path, old, new)):
            unknown[_whole_of(path)] = None
        elif row.harmless:
            harmless.append(path)
        else:
            known.setdefault((id(row), row.part(path)), (row, []))[1].append(path)
    for (_, part), (row, paths) in known.items():
        yield _finding(row, diff, part, paths)
    for name in unknown:
        yield _unknown(diff, name)
    if harmless:
        yield _harmless(diff, harmless)


def _rows(diff: ResourceDiff, covered: tuple[str, ...]) -> Mapping[str, Row | None]:
    """Return the row of each difference that no check spoke of, by its path."""
    return {
        path: first_row(diff.type, path, old, new)
        for path, (old, new) in diff.differences.items()
        if not any(path == one or path.startswith(f"{one}/") for one in covered)
    }


def _is_decided_later(path: str, old: Any, new: Any) -> bool:
    """Whether a function that only a deployment resolves decides about a value."""
    return any(_FUNCTION in one for one in (path, text(old), text(new)))


def _whole(diff: ResourceDiff, asked: set[str]) -> Iterator[Finding]:
    """Judge what comes or goes; `asked` are the rules that ask about it already."""
    path, verb = (ADDED, "added") if diff.before is None else (REMOVED, "removed")
    sides = ("-", "there") if diff.before is None else ("there", "-")
    # What an entry of a template beside the resources says is its value.
    there = (diff.new or diff.old).get("Value", "there")
    row = first_row(diff.type, path, *(None if side == "-" else there for side in sides))
    unsafe = [] if diff.after is None else [one for one in _unsafe(diff) if one.rule not in asked]
    yield from unsafe
    is_named = any(rule.endswith(f"-{verb}") for rule in asked)
    if row is not None and not row.harmless and not is_named:
        said = f"{row.says}: {_kind(diff)}"
        yield Finding(row.rule, row.area, diff.path, said, *sides)
    else:
        asks = row is None and not asked and not unsafe
        yield Finding(verb, "resources", diff.path, f"{_kind(diff)} is {verb}", *sides, asks)


def _unsafe(diff: ResourceDiff) -> Iterator[Finding]:
    """Name each value of something new that is not the safe one."""
    values = {path: new for path, (_, new) in diff.changed.items()}
    for row, path, value in unsafe_rows(diff.type, values):
        after = NOT_SET if value is None else text(value)
        yield Finding(row.rule, row.area, diff.path, f"{row.says}: {path}", "-", after)


def _finding(row: Row, diff: ResourceDiff, part: str, paths: list[str]) -> Finding:
    before, after = (_side(diff, part, paths, number) for number in (0, 1))
    return Finding(
        rule=row.rule,
        area=row.area,
        at=diff.path,
        said=f"{row.says}: {place(part) or _properties(paths)}",
        before=before,
        after=after,
        covers=tuple(paths),
    )


def _properties(paths: list[str]) -> str:
    """Name the properties of which a row about all of them speaks."""
    return ", ".join(dict.fromkeys(place(path).partition("/")[0] for path in paths))


def _side(diff: ResourceDiff, part: str, paths: list[str], number: int) -> str:
    """Return one side of what differs inside of `part`: a line for each path, with its value."""
    values = {path: diff.differences[path][number] for path in paths}
    if paths == [part]:
        return text(values[part])
    lines = [
        f"{path.removeprefix(f'{part}/')}: {text(value)}"
        for path, value in values.items()
        if value is not None
    ]
    return "\n".join(lines) or text(None)


def _whole_of(path: str) -> str:
    """Return what is shown as a whole when nothing is known of a change: a property, a state."""
    found = _PART_OF_WORKFLOW.match(path)
    return found[0] if found else path.partition("/")[0]


def _unknown(diff: ResourceDiff, name: str) -> Finding:
    old, new = diff.both(name) if "/" in name else diff.whole(name)
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
    said = f"{_kind(diff)}: {_properties(paths)}"
    return Finding("changed", "resources", diff.path, said, "", "", False)


def _kind(diff: ResourceDiff) -> str:
    return diff.type.removeprefix("AWS::").removeprefix("Template::")
