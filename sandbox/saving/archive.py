"""Reader and writer of the file: a zip archive without compression, with a hash of each member.

Nothing is compressed, so that no file unpacks to more than its own size. `sandbox.json` is written
last and names every other member.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sandbox.saving.refused import FileRefused

INDEX = "sandbox.json"
STATE = "state.json"
_NAME = re.compile(r"state\.json|objects/\d{6,}|images/[0-9a-f]{32}\.zip")
_CHUNK = 1024 * 1024
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # zip archives know no earlier date
_ENCRYPTED = 0x1


def object_name(number: int) -> str:
    """Return the member that holds the content of one S3 object."""
    return f"objects/{number:06}"


class Writer:
    """Writes members to an open file; `close` writes the index."""

    def __init__(self, file: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self._members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, content: IO[bytes]) -> None:
        """Add a member, from the beginning of `content`."""
        digest, size = hashlib.sha256(), 0
        content.seek(0)
        with self._archive.open(_entry(name), "w", force_zip64=True) as member:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self._members[name] = {"size": size, "sha256": digest.hexdigest()}

    def close(self, index: dict[str, Any]) -> None:
        """Write the index with what it has to tell beside the members."""
        text = json.dumps({**index, "members": self._members})
        self._archive.writestr(_entry(INDEX), text.encode())
        self._archive.close()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.external_attr = 0o600 << 16
    return entry


class Reader:
    """An archive whose members were checked against its index; FileRefused for any other file."""

    def __init__(self, path: Path) -> None:
        _require_private(path)
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError):
            raise FileRefused("it is no saved sandbox, or not all of one") from None
        with contextlib.ExitStack() as opened:
            opened.callback(self._archive.close)
            self._check_entries(path.stat().st_size)
            self.index = self._read_index()
            self._check_members()
            opened.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def names(self, folder: str) -> list[str]:
        """Return the members of a folder, in order."""
        return sorted(name for name in self._members if name.startswith(f"{folder}/"))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of a member; FileRefused at its end when it is not what it was."""
        if name not in self._members:
            raise FileRefused(f"it has no {name}")
        digest = hashlib.sha256()
        try:
            with self._archive.open(name) as member:
                while chunk := member.read(_CHUNK):
                    digest.update(chunk)
                    yield chunk
        except (zipfile.BadZipFile, EOFError):
            raise FileRefused(f"{name} is damaged") from None
        if digest.hexdigest() != self._members[name]["sha256"]:
            raise FileRefused(f"{name} is not what was saved: its hash differs")

    def read(self, name: str) -> bytes:
        """Return the content of a member."""
        return b"".join(self.chunks(name))

    def _check_entries(self, size: int) -> None:
        entries = self._archive.infolist()
        names = [entry.filename for entry in entries]
        if len(set(names)) != len(names):
            raise FileRefused("it has a member twice")
        for entry in entries:
            if entry.filename != INDEX and not _NAME.fullmatch(entry.filename):
                raise FileRefused(f"it has a member {entry.filename[:80]!r}, which none has")
            if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & _ENCRYPTED:
                raise FileRefused(f"{entry.filename} is compressed or encrypted, which none is")
            if entry.file_size != entry.compress_size:
                raise FileRefused(f"{entry.filename} has two sizes")
        if sum(entry.file_size for entry in entries) > size:
            raise FileRefused("its members are larger than itself")

    def _read_index(self) -> dict[str, Any]:
        try:
            index = json.loads(self._archive.read(INDEX))
            self._members: dict[str, Any] = dict(index["members"])
        except (KeyError, ValueError, TypeError, RecursionError, zipfile.BadZipFile):
            raise FileRefused(f"its {INDEX} cannot be read") from None
        return dict(index)

    def _check_members(self) -> None:
        sizes = {entry.filename: entry.file_size for entry in self._archive.infolist()}
        del sizes[INDEX]
        if sizes.keys() != self._members.keys():
            raise FileRefused(f"its members are not those of its {INDEX}")
        for name, size in sizes.items():
            told = self._members[name]
            if not isinstance(told, dict) or told.get("size") != size:
                raise FileRefused(f"{name} has not the size that {INDEX} says")


def _require_private(path: Path) -> None:
    """Refuse a file that others could have written: what is in it is run."""
    try:
        found = path.stat()
    except OSError as error:
        raise FileRefused(f"it cannot be read ({error.strerror})") from None
    if not stat.S_ISREG(found.st_mode):
        raise FileRefused("it is not a file")
    if found.st_uid != os.getuid():
        raise FileRefused("it belongs to another user; copy it first if you trust them")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise FileRefused("others may write to it; chmod 600 if you trust what is in it")
