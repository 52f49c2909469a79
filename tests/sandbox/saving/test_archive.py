"""Which files are refused before anything of them is used."""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from sandbox.saving import archive
from sandbox.saving.refused import FileRefused

CONTENT = b"content" * 1000
NAME = archive.object_name(0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A good one with one member."""
    path = tmp_path / "a.sandbox"
    with path.open("wb") as opened:
        writer = archive.Writer(opened)
        writer.add(archive.STATE, io.BytesIO(b"{}"))
        writer.add(NAME, io.BytesIO(CONTENT))
        writer.close({"kiban": "1"})
    path.chmod(0o600)
    return path


def test_a_whole_file_is_read_as_it_was_written(file: Path) -> None:
    reader = archive.Reader(file)

    assert reader.index["kiban"] == "1"
    assert reader.read(NAME) == CONTENT
    assert reader.names("objects") == [NAME]
    reader.close()


Change = Callable[[dict[str, Any], dict[str, bytes]], None]


def made(path: Path, change: Change, compression: int = zipfile.ZIP_STORED) -> Path:
    """A file whose index and members were changed."""
    members = {archive.STATE: b"{}", NAME: CONTENT}
    told = {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in members.items()
    }
    change(told, members)
    with zipfile.ZipFile(path, "w", compression) as target:
        for name, content in members.items():
            target.writestr(name, content)
        target.writestr(archive.INDEX, json.dumps({"members": told}))
    path.chmod(0o600)
    return path


def told_of(name: str) -> Change:
    """Adds a member that the index knows."""

    def change(told: dict[str, Any], members: dict[str, bytes]) -> None:
        members[name] = b"x"
        told[name] = {"size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}

    return change


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "objects/../../evil", "images/evil.zip", "objects/1", "other.json"],
)
def test_a_member_of_another_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="which none has"):
        archive.Reader(made(tmp_path / "f", told_of(name)))


def test_a_compressed_member_is_refused_as_it_may_be_a_bomb(tmp_path: Path) -> None:
    def bomb(told: dict[str, Any], members: dict[str, bytes]) -> None:
        members[NAME] = b"\0" * 5_000_000
        told[NAME] = {"size": 5_000_000, "sha256": hashlib.sha256(members[NAME]).hexdigest()}

    file = made(tmp_path / "f", bomb, zipfile.ZIP_DEFLATED)
    assert file.stat().st_size < 10_000
    with pytest.raises(FileRefused, match="compressed or encrypted"):
        archive.Reader(file)


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "f"
    told = {archive.object_name(n): {"size": len(CONTENT), "sha256": ""} for n in range(50)}
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(NAME, CONTENT)
        target.writestr(archive.INDEX, json.dumps({"members": told}))
        for number in range(1, 50):
            other = copy(target.getinfo(NAME))
            other.filename = other.orig_filename = archive.object_name(number)
            target.filelist.append(other)
    path.chmod(0o600)

    with pytest.raises(FileRefused, match="its members are larger than itself"):
        archive.Reader(path)


def test_a_member_twice_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "f", lambda told, members: None)
    with (
        zipfile.ZipFile(path, "a") as target,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        target.writestr(NAME, CONTENT)

    with pytest.raises(FileRefused, match="it has a member twice"):
        archive.Reader(path)


def forget(told: dict[str, Any], members: dict[str, bytes]) -> None:
    del told[NAME]


def promise(told: dict[str, Any], members: dict[str, bytes]) -> None:
    told[archive.object_name(1)] = {"size": 1, "sha256": ""}


def shorten(told: dict[str, Any], members: dict[str, bytes]) -> None:
    members[NAME] = members[NAME][:-1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (forget, "its members are not those of its sandbox.json"),
        (promise, "its members are not those of its sandbox.json"),
        (shorten, "has not the size that sandbox.json says"),
    ],
)
def test_an_index_that_tells_of_other_members_is_refused(
    change: Change, message: str, tmp_path: Path
) -> None:
    with pytest.raises(FileRefused, match=message):
        archive.Reader(made(tmp_path / "f", change))


def test_a_member_with_other_bytes_is_refused_when_it_is_read(tmp_path: Path) -> None:
    def swap(told: dict[str, Any], members: dict[str, bytes]) -> None:
        members[NAME] = b"x" * len(CONTENT)

    reader = archive.Reader(made(tmp_path / "f", swap))

    with pytest.raises(FileRefused, match="its hash differs"):
        reader.read(NAME)
    reader.close()


def test_a_damaged_member_is_refused_when_it_is_read(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content.replace(b"contentcontent", b"contentCONTENT", 1))
    reader = archive.Reader(file)

    with pytest.raises(FileRefused, match="is damaged"):
        reader.read(NAME)
    reader.close()


@pytest.mark.parametrize("part", [0.0, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused(part: float, file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * part)])

    with pytest.raises(FileRefused, match="it is no saved sandbox, or not all of one"):
        archive.Reader(file)


@pytest.mark.parametrize(
    "index",
    [b"", b"[]", b"{}", b'{"members": 1}', b"[" * 100_000],
    ids=["empty", "a list", "without members", "members that are none", "too deep"],
)
def test_an_index_that_cannot_be_read_is_refused(index: bytes, tmp_path: Path) -> None:
    path = tmp_path / "f"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(archive.INDEX, index)
    path.chmod(0o600)

    with pytest.raises(FileRefused, match=r"its sandbox\.json cannot be read"):
        archive.Reader(path)


def test_a_file_that_others_may_write_to_is_refused(file: Path) -> None:
    file.chmod(0o620)

    with pytest.raises(FileRefused, match="others may write to it; chmod 600"):
        archive.Reader(file)


def test_a_file_of_another_user_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: file.stat().st_uid + 1)

    with pytest.raises(FileRefused, match="it belongs to another user"):
        archive.Reader(file)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="it is not a file"):
        archive.Reader(tmp_path)
    with pytest.raises(FileRefused, match=r"it cannot be read \(No such file"):
        archive.Reader(tmp_path / "none")
