"""The model on disk: one data file and a JSON signature for it; nothing in it is code."""

import hashlib
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from container.contract.errors import InputError
from container.contract.whole_files import write_whole

MODEL = "model.ubj"
SIGNATURE = "signature.json"

_LARGEST_BYTES = 4 * 1024**3
_REQUIRED: dict[str, type | tuple[type, ...]] = {
    "sha256": str,
    "task": str,
    "objective": str,
    "feature_count": int,
    "hyperparameters": dict,
    "metrics": list,
    "evaluation_metrics": list,
}


def save(folder: Path, content: bytes, signature: Mapping[str, Any]) -> None:
    """Write a model; without its signature it does not count, so that comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / MODEL, content)
    document = {**signature, "sha256": _sha256(folder / MODEL)}
    write_whole(folder / SIGNATURE, json.dumps(document, indent=2, sort_keys=True).encode() + b"\n")


def verify(folder: Path, where: str) -> dict[str, Any]:
    """The signature of a whole model; raises InputError otherwise, naming the file."""
    for name in (SIGNATURE, MODEL):
        if not (folder / name).is_file():
            raise InputError(
                f"{where}/{name}: the file is missing; provide a model that `train` wrote"
            )
    signature = _read_signature(folder / SIGNATURE, f"{where}/{SIGNATURE}")
    found = _sha256(folder / MODEL)
    if found != signature["sha256"]:
        raise InputError(
            f"{where}/{MODEL}: damaged; its SHA-256 is {found[:12]}…, the signature says "
            f"{signature['sha256'][:12]}…; provide the files of one training"
        )
    return signature


def unpack(archive: Path, folder: Path, where: str) -> None:
    """Extract model.tar.gz: exactly the two files, no link, no other path, bounded size."""
    if not archive.is_file():
        raise InputError(f"{where}: the file is missing; provide the output of a training job")
    try:
        with tarfile.open(archive, "r:gz") as stream:
            for member in stream:
                _extract(stream, member, folder, where)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InputError(f"{where}: not a readable tar.gz ({error}); upload it again") from error


def remove(folder: Path) -> None:
    """Leave no model, whole or partial, in `folder`."""
    for path in folder.glob("*"):
        if path.name.startswith((MODEL, SIGNATURE)) and path.is_file():
            path.unlink()


def _extract(stream: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, where: str) -> None:
    name = member.name.removeprefix("./")
    if member.isdir() and name in ("", "."):
        return
    if name not in (MODEL, SIGNATURE) or not member.isreg():
        raise InputError(
            f"{where}: holds {member.name!r}; pack just the files {MODEL} and {SIGNATURE}"
        )
    if member.size > _LARGEST_BYTES:
        raise InputError(f"{where}: {name} has {member.size} bytes; the limit is {_LARGEST_BYTES}")
    stream.extract(member, folder, filter="data")


def _read_signature(path: Path, where: str) -> dict[str, Any]:
    try:
        signature = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{where}: not JSON ({error}); provide the files of one training"
        ) from error
    if not isinstance(signature, dict):
        raise InputError(f"{where}: must hold an object; provide the files of one training")
    for name, kind in _REQUIRED.items():
        if not isinstance(signature.get(name), kind):
            raise InputError(
                f"{where}: {name} is missing or ill-typed; provide the files of one training"
            )
    return signature


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
