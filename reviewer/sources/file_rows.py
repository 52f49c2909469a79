"""Table of what a change of a file means, by its path."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PARTS = re.compile(r"(\*\*/|\*\*|\*)")
_MEANT = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}


@dataclass(frozen=True)
class FileRow:
    """Paths, and the finding of their change; without `rule`, why nobody has to look."""

    paths: Sequence[str]
    rule: str = ""
    says: str = ""
    harmless: str = ""

    def fits(self, path: str) -> bool:
        """Return whether a file is one of these."""
        return any(_pattern(one).fullmatch(path) for one in self.paths)


@cache
def rows() -> tuple[FileRow, ...]:
    """Return every row, in the order of the file."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(FileRow(**facts) for facts in tomllib.loads(text)["rows"])


def row_of(path: str) -> FileRow:
    """Return the first row that fits a file; the last fits every one."""
    return next(row for row in rows() if row.fits(path))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """Return the pattern of a path; a name may hold a line break."""
    parts = _PARTS.split(path)
    return re.compile("".join(_MEANT.get(part, re.escape(part)) for part in parts), re.DOTALL)
