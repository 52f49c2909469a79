"""Findings about changed files: what judges and checks a revision, and what no template shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from posixpath import commonpath

from reviewer.changes.finding import Finding
from reviewer.markdown import counted
from reviewer.sources.file_rows import row_of
from reviewer.sources.same_meaning import mean_same

# More files of one kind are one finding.
_MOST_FILES = 8
_NAMED = 5


@dataclass(frozen=True)
class FileChange:
    """One file before and after, None where it is not there, and its lines added and removed.

    The numbers are None for a file that is not text.
    """

    path: str
    before: bytes | None
    after: bytes | None
    added: int | None
    removed: int | None


def asks(path: str) -> bool:
    """Return whether a person has to look at a change of a file, unless it means the same."""
    return bool(row_of(path).rule)


def source_findings(changes: Iterable[FileChange]) -> list[Finding]:
    """Return what a person has to look at, in the order of rules and paths."""
    kinds: dict[tuple[str, str], list[FileChange]] = {}
    for change in sorted(changes, key=lambda change: change.path):
        row = row_of(change.path)
        if row.rule and not mean_same(change.path, change.before, change.after):
            kinds.setdefault((row.rule, row.says), []).append(change)
    return [
        finding
        for (rule, says), found in sorted(kinds.items())
        for finding in _of(rule, says, found)
    ]


def _of(rule: str, says: str, found: list[FileChange]) -> list[Finding]:
    if len(found) <= _MOST_FILES:
        return [
            Finding(
                rule,
                "review",
                _visible(one.path),
                f"{says}: {_lines([one])}",
                _there(one.before),
                _there(one.after),
            )
            for one in found
        ]
    names = [_visible(one.path) for one in found]
    listed = f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    said = f"{says} in {counted(len(found), 'file')}: {_lines(found)}: {listed}"
    return [Finding(rule, "review", commonpath(names) or "all folders", said)]


def _visible(path: str) -> str:
    """Return a path without what would end a line or move a cursor; a name may hold anything."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in path
    )


def _there(content: bytes | None) -> str:
    return "-" if content is None else "there"


def _lines(found: list[FileChange]) -> str:
    if any(one.added is None or one.removed is None for one in found):
        return "not all of it is text"
    added, removed = sum(one.added or 0 for one in found), sum(one.removed or 0 for one in found)
    return f"{counted(added, 'line')} added, {removed} removed"
