"""Files that differ between a commit and another one, or the folder as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.review.git_revisions import run_git
from cli.terminal.errors import Failure
from reviewer.sources.source_findings import FileChange, asks

# A user's or a branch's own settings must not decide what differs.
_DIFF = (
    *("diff", "--raw", "--no-abbrev", "--numstat", "-z", "--text", "--no-renames"),
    *("--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules=none"),
)


@dataclass
class _Entry:
    """What git says of one file: the hashes of both sides and the lines that differ."""

    old: str
    new: str
    added: int | None = None
    removed: int | None = None


def changed_files(folder: Path, base: str, head: str) -> list[FileChange]:
    """Return the files of a repository that a person may have to look at, with their contents.

    Without `head` the other side is the folder as it is, with what was never added.
    """
    entries = _entries(_git(folder, *_DIFF, base, *([head] if head else []), "--"))
    if not head:
        others = _parts(_git(folder, "ls-files", "--others", "--exclude-standard", "-z"))
        entries |= {path: _Entry("", "", _line_count(folder / path), 0) for path in others}
    asked = {path: entry for path, entry in entries.items() if asks(path)}
    old = _contents(folder, [entry.old for entry in asked.values()])
    new = (
        _contents(folder, [entry.new for entry in asked.values()])
        if head
        else [_content(folder / path) for path in asked]
    )
    return [
        FileChange(path, before, after, entry.added, entry.removed)
        for (path, entry), before, after in zip(asked.items(), old, new, strict=True)
    ]


def _entries(text: bytes) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    parts = iter(_parts(text))
    for part in parts:
        if part.startswith(":"):
            _, _, old, new, _ = part.split(" ")
            found[next(parts)] = _Entry(old.strip("0") and old, new.strip("0") and new)
        else:
            added, removed, path = part.split("\t", 2)
            found[path].added, found[path].removed = _number(added), _number(removed)
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _parts(text: bytes) -> list[str]:
    return [part for part in text.decode(errors="surrogateescape").split("\0") if part]


def _line_count(path: Path) -> int | None:
    content = _content(path)
    return None if content is None else len(content.splitlines())


def _content(path: Path) -> bytes | None:
    """Return the content of a file, of a link where it points; None for what is not there."""
    try:
        return str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
    except OSError:
        return None


def _contents(folder: Path, hashes: Sequence[str]) -> list[bytes | None]:
    """Return the content behind each hash; None for an empty one and what is no file."""
    asked = "".join(f"{one}\n" for one in hashes if one).encode()
    answer = _git(folder, "cat-file", "--batch", given=asked) if asked else b""
    found: list[bytes | None] = []
    for one in hashes:
        if not one:
            found.append(None)
            continue
        head, _, rest = answer.partition(b"\n")
        kind, _, size = head.rpartition(b" ")
        length = int(size) if size.isdigit() else -1
        found.append(rest[:length] if kind.endswith(b" blob") else None)
        answer = rest[length + 1 :]
    return found


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    done = run_git(folder, *arguments, given=given)
    if done.returncode:
        reason = (done.stderr.decode(errors="replace").splitlines() or ["it said nothing"])[0]
        raise Failure(f"git: cannot compare the files: {reason}; try: git fsck")
    return done.stdout
