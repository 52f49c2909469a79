"""What is copied between S3 and folders, and in which words it fails."""

import io
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.s3 import transfers
from sandbox.s3.transfers import TransferError


class NoSuchBucket(Exception):
    """S3's error for a bucket that is not there."""


class ClientError(Exception):
    """S3's error for an object that is not there."""


class Storage:
    """Objects of one bucket."""

    exceptions = SimpleNamespace(NoSuchBucket=NoSuchBucket, ClientError=ClientError)

    def __init__(self, **objects: bytes) -> None:
        self.objects: dict[str, bytes] = dict(objects)
        self.error: Exception | None = None

    def get_paginator(self, operation: str) -> Any:
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Any:
        if self.error:
            raise self.error
        keys = [key for key in self.objects if key.startswith(Prefix)]
        return [{"Contents": [{"Key": key}]} for key in keys] or [{}]

    def download_file(self, bucket: str, key: str, path: str) -> None:
        Path(path).write_bytes(self.objects[key])

    def upload_file(self, path: str, bucket: str, key: str) -> None:
        self.objects[f"{bucket}/{key}"] = Path(path).read_bytes()

    def upload_fileobj(self, stream: Any, bucket: str, key: str) -> None:
        self.objects[f"{bucket}/{key}"] = stream.read()

    def download_fileobj(self, bucket: str, key: str, stream: Any) -> None:
        if self.error:
            raise self.error
        stream.write(self.objects[key])


class Caller:
    """A role that may do everything, and what it was asked for."""

    region = "us-east-1"

    def __init__(self) -> None:
        self.needed: list[tuple[str, str]] = []

    def need(self, action: str, resource: str, given: dict[str, str]) -> None:
        self.needed.append((action, resource))
        self.given = given

    def need_object(self, action: str, bucket: str, key: str) -> None:
        self.needed.append((action, f"{bucket}/{key}"))


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Storage:
    found = Storage()
    monkeypatch.setattr(transfers, "s3", lambda *_: found)
    return found


@pytest.fixture
def caller() -> Any:
    return Caller()


@pytest.mark.parametrize("uri", ["", "s3://", "s3:///key", "bucket/key", "https://bucket/key"])
def test_another_address_is_refused(uri: str) -> None:
    with pytest.raises(TransferError, match="is no S3 address; use s3://bucket/key"):
        transfers.split(uri)
    assert transfers.split("s3://b") == ("b", "")
    assert transfers.split("s3://b/k/l") == ("b", "k/l")


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("https://s3.us-east-1.amazonaws.com/b/k/l", ("b", "k/l")),
        ("https://s3-eu-west-1.amazonaws.com/b/k", ("b", "k")),
        ("https://s3.amazonaws.com/b", ("b", "")),
        ("https://b.s3.us-east-1.amazonaws.com/k/l", ("b", "k/l")),
        ("https://b.with.dots.s3.amazonaws.com/k%20l", ("b.with.dots", "k l")),
    ],
)
def test_an_https_address_of_s3_is_one_too(uri: str, parts: tuple[str, str]) -> None:
    assert transfers.split(uri) == parts


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.com/b/k",
        "https://s3.us-east-1.amazonaws.com.example.com/b/k",
        "https://s3.us-east-1.amazonaws.com/",
        "http://s3.us-east-1.amazonaws.com/b/k",
    ],
)
def test_an_address_of_another_host_is_refused(uri: str) -> None:
    with pytest.raises(transfers.TransferError, match="is no S3 address"):
        transfers.split(uri)


@pytest.mark.parametrize(
    ("uri", "names"),
    [
        ("s3://b/data/", ["a", "deep/b"]),
        ("s3://b/data", ["a", "deep/b", "x/c"]),
        ("s3://b/data/a", ["a"]),
        ("s3://b/none", []),
    ],
)
def test_objects_below_a_prefix_are_copied_by_the_rest_of_their_keys(
    uri: str, names: list[str], tmp_path: Path, storage: Storage, caller: Any
) -> None:
    storage.objects = {"data/": b"", "data/a": b"a", "data/deep/b": b"b", "datax/c": b"c"}

    assert transfers.download(uri, tmp_path, caller) == len(names)

    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path).as_posix() for path in files] == names
    assert caller.needed[0] == ("s3:ListBucket", "arn:aws:s3:::b")
    assert caller.given == {"s3:prefix": uri.removeprefix("s3://b/")}
    assert [action for action, _ in caller.needed[1:]] == ["s3:GetObject"] * len(names)


def test_what_must_be_there_is_told_by_its_address(
    tmp_path: Path, storage: Storage, caller: Any
) -> None:
    with pytest.raises(TransferError, match='No S3 objects found under S3 URL "s3://b/data"'):
        transfers.require("s3://b/data", tmp_path, caller)
    storage.error = NoSuchBucket()
    with pytest.raises(TransferError, match="No S3 objects found"):
        transfers.require("s3://b/data", tmp_path, caller)
    storage.error = KeyError("a bug")
    with pytest.raises(KeyError):
        transfers.require("s3://b/data", tmp_path, caller)
    storage.error, storage.objects = None, {"data": b"x"}
    transfers.require("s3://b/data", tmp_path, caller)


def test_a_key_that_climbs_out_of_its_folder_is_refused(
    tmp_path: Path, storage: Storage, caller: Any
) -> None:
    storage.objects = {"data/../../x": b""}

    with pytest.raises(TransferError, match="points outside its folder; rename it"):
        transfers.download("s3://b/data/", tmp_path / "in", caller)


def test_files_of_a_folder_are_put_below_a_prefix(
    tmp_path: Path, storage: Storage, caller: Any
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a").write_text("a")

    assert transfers.upload(tmp_path, "s3://b/out/", caller) == 1
    assert transfers.upload(tmp_path, "s3://b", caller) == 1
    assert storage.objects == {"b/out/deep/a": b"a", "b/deep/a": b"a"}
    assert caller.needed[0] == ("s3:PutObject", "b/out/deep/a")


def test_an_archive_comes_back_as_it_was_and_an_empty_folder_is_none(
    tmp_path: Path, storage: Storage, caller: Any
) -> None:
    for name in ("empty", "full/deep", "back"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "full/deep/a").write_text("a")
    transfers.upload_archive(tmp_path / "empty", "s3://b/none", caller)
    assert (storage.objects, caller.needed) == ({}, [])

    transfers.upload_archive(tmp_path / "full", "s3://b/m.tar.gz", caller)
    storage.objects = {"m.tar.gz": storage.objects["b/m.tar.gz"]}
    transfers.download_archive("s3://b/m.tar.gz", tmp_path / "back", caller)

    assert (tmp_path / "back/deep/a").read_text() == "a"
    assert caller.needed == [("s3:PutObject", "b/m.tar.gz"), ("s3:GetObject", "b/m.tar.gz")]


def climbing() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../x"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", climbing(), climbing()[:20]],
    ids=["empty", "text", "outside of the folder", "cut off"],
)
def test_an_archive_that_cannot_be_unpacked_is_told(
    content: bytes, tmp_path: Path, storage: Storage, caller: Any
) -> None:
    storage.objects = {"m": content}

    with pytest.raises(TransferError, match="Failed to extract model data archive s3://b/m"):
        transfers.download_archive("s3://b/m", tmp_path, caller)


def test_an_archive_that_is_not_there_is_told_and_a_bug_is_not_hidden(
    tmp_path: Path, storage: Storage, caller: Any
) -> None:
    storage.error = ClientError()
    with pytest.raises(TransferError, match="Could not find model data at s3://b/m"):
        transfers.download_archive("s3://b/m", tmp_path, caller)
    storage.error = KeyError("a bug")
    with pytest.raises(KeyError):
        transfers.download_archive("s3://b/m", tmp_path, caller)
