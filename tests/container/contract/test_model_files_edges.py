"""Files of a model, one wrong thing at a time: the signature, the archive, the folder."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from container.contract import model_files
from container.contract.errors import InputError
from container.contract.model_files import (
    digest_of,
    names,
    remove,
    require_registered,
    save,
    unpack,
    unsigned_models,
    verify,
)

SIGNATURE: dict[str, Any] = {
    "task": "binary",
    "objective": "binary:logistic",
    "features": [],
    "hyperparameters": {},
    "metrics": [],
    "evaluation_metrics": [],
}


def signed(folder: Path, **changes: Any) -> Path:
    """A model whose signature has other members; None: without it."""
    save(folder, [b"model"], SIGNATURE)
    path = folder / "signature.json"
    document = {**json.loads(path.read_bytes()), **changes}
    path.write_text(json.dumps({k: v for k, v in document.items() if v is not None}))
    return folder


def test_a_model_is_saved_with_a_signature_that_reads_the_same_every_time(tmp_path: Path) -> None:
    folder = tmp_path / "not/there/yet"
    save(folder, [b"model"], {"z": 1, "a": 2})
    save(folder, [b"model"], {"a": 2, "z": 1})

    digest = hashlib.sha256(b"model").hexdigest()
    assert (folder / "signature.json").read_text() == (
        f'{{\n  "a": 2,\n  "sha256": {{\n    "xgboost-model": "{digest}"\n  }},\n  "z": 1\n}}\n'
    )
    assert (folder / "xgboost-model").read_bytes() == b"model"


@pytest.mark.parametrize("name", ["sha256", *SIGNATURE])
@pytest.mark.parametrize("value", [None, 5])
def test_a_signature_has_all_of_its_members(tmp_path: Path, name: str, value: object) -> None:
    verify(signed(tmp_path / "whole"), "model")

    with pytest.raises(InputError, match=f"model/signature.json: {name} is missing or ill-typed"):
        verify(signed(tmp_path / "other", **{name: value}), "model")


@pytest.mark.parametrize(
    "digests", [{}, {"other": "x"}, {"xgboost-model": "x", "../x": "x"}, {"xgboost-model-1x": ""}]
)
def test_a_signature_names_models_alone(tmp_path: Path, digests: dict[str, str]) -> None:
    with pytest.raises(InputError, match="sha256 must name models such as xgboost-model"):
        verify(signed(tmp_path, sha256=digests), "model")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("", "not JSON"), ("[" * 100_000, "not JSON"), ("[]", "must hold an object")],
)
def test_a_signature_is_an_object(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "signature.json").write_text(text)

    with pytest.raises(InputError, match=f"model/signature.json: {complaint}"):
        verify(tmp_path, "model")


def test_a_signature_and_its_models_are_there_and_whole(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"model/signature.json: the file is missing; provide a"):
        verify(tmp_path, "model")
    folder = signed(tmp_path)
    assert verify(folder, "model")["task"] == "binary"
    (folder / "xgboost-model").write_bytes(b"other")
    with pytest.raises(InputError, match="model/xgboost-model: damaged; its SHA-256 is"):
        verify(folder, "model")
    (folder / "xgboost-model").unlink()
    with pytest.raises(InputError, match="model/xgboost-model: the file is missing"):
        verify(folder, "model")


def test_only_the_signature_that_was_registered_is_served(tmp_path: Path) -> None:
    folder = signed(tmp_path)

    require_registered(folder, "model", digest_of(folder))
    with pytest.raises(InputError, match="is not the registered version's"):
        require_registered(folder, "model", "0" * 64)
    (folder / "signature.json").unlink()
    with pytest.raises(InputError, match="and the version was registered with one"):
        require_registered(folder, "model", "0" * 64)


def test_models_are_in_the_order_of_their_numbers() -> None:
    listed = ["xgboost-model-10", "xgboost-model-2", "xgboost-model", "xgboost-model-0"]

    assert names({"sha256": dict.fromkeys(listed)}) == [
        "xgboost-model",
        "xgboost-model-0",
        "xgboost-model-2",
        "xgboost-model-10",
    ]


def test_models_without_a_signature_are_found_by_name(tmp_path: Path) -> None:
    for name in ("xgboost-model-10", "xgboost-model-2", "xgboost-model.sagemaker-ignore", "other"):
        (tmp_path / name).write_bytes(b"{}" if name != "other" else b"x")
    (tmp_path / "xgboost-model-3").mkdir()

    found = unsigned_models(tmp_path, "model")

    assert [path.name for path in found] == ["xgboost-model-2", "xgboost-model-10"]
    with pytest.raises(InputError, match="none/xgboost-model: the file is missing; provide a"):
        unsigned_models(tmp_path / "xgboost-model-3", "none")
    (tmp_path / "xgboost-model-2").write_bytes(b"\x80\x04.")
    with pytest.raises(InputError, match="model/xgboost-model-2: a pickle"):
        unsigned_models(tmp_path, "model")


def test_old_models_are_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in ("xgboost-model", "xgboost-model-1", "signature.json", "other"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "xgboost-model-code").mkdir()

    remove(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "xgboost-model-code"]


def archive(path: Path, *members: tuple[str, bytes | None]) -> Path:
    """A tar.gz of files, or folders where the content is None."""
    with tarfile.open(path, "w:gz") as stream:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content or b"")
            if content is None:
                member.type = tarfile.DIRTYPE
            stream.addfile(member, io.BytesIO(content or b""))
    return path


def test_an_archive_of_models_and_a_signature_is_unpacked(tmp_path: Path) -> None:
    members = [
        (".", None),
        ("./", None),
        ("./xgboost-model", b"1"),
        ("xgboost-model-12", b"2"),
        ("signature.json", b"3"),
    ]

    unpack(archive(tmp_path / "m.tar.gz", *members), tmp_path / "out", "model.tar.gz")

    found = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert found == {"xgboost-model": b"1", "xgboost-model-12": b"2", "signature.json": b"3"}


@pytest.mark.parametrize(
    "member",
    [
        ("other", b""),
        ("code/xgboost-model", b""),
        ("../xgboost-model", b""),
        ("/xgboost-model", b""),
        ("xgboost-model-1234567", b""),
        ("xgboost-model", None),
        ("code", None),
        ("signature.json", None),
    ],
)
def test_an_archive_of_anything_else_is_refused(
    tmp_path: Path, member: tuple[str, bytes | None]
) -> None:
    with pytest.raises(InputError, match=r"m: holds .*; pack just the files xgboost-model and sig"):
        unpack(archive(tmp_path / "m.tar.gz", member), tmp_path / "out", "m")


@pytest.mark.parametrize("name", [".", ""])
def test_a_file_with_the_name_of_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="pack just the files"):
        unpack(archive(tmp_path / "m.tar.gz", (name, b"x")), tmp_path / "out", "m")


def test_all_files_of_an_archive_together_have_a_largest_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "_LARGEST_BYTES", 5)
    whole = archive(tmp_path / "m.tar.gz", ("xgboost-model", b"123"), ("signature.json", b"45"))
    larger = archive(tmp_path / "n.tar.gz", ("xgboost-model", b"123"), ("signature.json", b"456"))

    unpack(whole, tmp_path / "out", "m")
    with pytest.raises(InputError, match=r"n: signature\.json is too large; the limit of all is 5"):
        unpack(larger, tmp_path / "out", "n")


@pytest.mark.parametrize("content", [b"", b"x" * 99, b"\x1f\x8b\x08"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="m: the file is missing; provide the output of a"):
        unpack(tmp_path / "m.tar.gz", tmp_path / "out", "m")
    (tmp_path / "m.tar.gz").write_bytes(content)
    with pytest.raises(InputError, match=r"m: not a readable tar.gz"):
        unpack(tmp_path / "m.tar.gz", tmp_path / "out", "m")


def test_an_archive_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "m.tar.gz", ("xgboost-model", bytes(range(256)) * 99))
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(InputError, match=r"m: not a readable tar.gz"):
        unpack(path, tmp_path / "out", "m")


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("_extract", lambda base: unpack(base / "m.tar.gz", base / "out", "m")),
        ("json.loads", lambda base: verify(base / "out", "m")),
    ],
)
def test_an_error_that_says_nothing_of_the_file_is_not_swallowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[Path], object]
) -> None:
    archive(tmp_path / "m.tar.gz", ("xgboost-model", b"123"))
    signed(tmp_path / "out")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(f"container.contract.model_files.{name}", broken)

    with pytest.raises(ZeroDivisionError):
        act(tmp_path)
