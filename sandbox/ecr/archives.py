"""Safe extraction of an image's source archive: no path outside, no links, bounded size."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

_MOST_FILES = 10_000
_MOST_BYTES = 512 * 1024 * 1024
_SYMLINK = 0o120000


class UnsafeArchive(Exception):
    """An archive that will not be unpacked; the text says which entry, why, and what to do."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the zip file `archive` into the new folder `folder`.

    Raises UnsafeArchive before the first file is written when the archive is not a zip file, or has
    an absolute or climbing path, a link, more than 10,000 entries or more than 512 MiB.
    """
    try:
        with zipfile.ZipFile(archive) as source:
            entries = source.infolist()
            _check_size(archive.name, entries)
            for entry in entries:
                _check_entry(archive.name, entry)
            folder.mkdir(parents=True)
            for entry in entries:
                _extract(source, entry, folder)
    except zipfile.BadZipFile as error:
        raise UnsafeArchive(f"{archive.name}: {error}; upload a zip file of container/") from None


def _check_size(where: str, entries: list[zipfile.ZipInfo]) -> None:
    size = sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_FILES or size > _MOST_BYTES:
        raise UnsafeArchive(
            f"{where}: {len(entries)} entries of {size} bytes; an image source has at most "
            f"{_MOST_FILES} entries and {_MOST_BYTES} bytes; leave data out of it"
        )


def _check_entry(where: str, entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
        raise UnsafeArchive(f"{where}: {entry.filename!r} leaves the folder; use relative paths")
    if stat.S_IFMT(entry.external_attr >> 16) == _SYMLINK:
        raise UnsafeArchive(f"{where}: {entry.filename!r} is a link; put the file itself there")


def _extract(source: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    # ZipFile enforces the size that was checked: a longer stream fails as a bad zip file.
    target = Path(source.extract(entry, folder))
    runnable = target.parent.name == "bin" or (entry.external_attr >> 16) & stat.S_IXUSR
    if not entry.is_dir():
        target.chmod(0o755 if runnable else 0o644)
