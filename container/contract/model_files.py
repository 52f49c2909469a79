"""Model files: data files with one JSON signature; nothing in them is code."""

import hashlib
import json
import re
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from container.contract.atomic_files import UNFINISHED, write_atomically
from container.contract.errors import InputError
from container.contract.model_formats import check_readable

# The built-in's name; of several models (cross-validation) each has its number behind a dash.
MODEL = "xgboost-model"
SIGNATURE = "signature.json"

_NAME = re.compile(rf"{MODEL}(-\d{{1,6}})?")
_LARGEST_BYTES = 4 * 1024**3
_AGAIN = "provide the files of one training"
_REQUIRED: dict[str, type | tuple[type, ...]] = {
    "sha256": dict,
    "task": str,
    "objective": str,
    "features": list,
    "hyperparameters": dict,
    "metrics": list,
    "evaluation_metrics": list,
}


def save(
    folder: Path, models: Sequence[bytes], signature: Mapping[str, Any], *, numbered: bool = False
) -> None:
    """Write one model, or `numbered` ones, and last the signature that makes them valid."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {f"{MODEL}-{i}": content for i, content in enumerate(models)}
    if not numbered:
        (only,) = models
        named = {MODEL: only}
    for name, content in named.items():
        write_atomically(folder / name, content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in named.items()}
    document = {**signature, "sha256": digests}
    write_atomically(
        folder / SIGNATURE, json.dumps(document, indent=2, sort_keys=True).encode() + b"\n"
    )


def verify(folder: Path, where: str) -> dict[str, Any]:
    """Return the signature of whole models; raises InputError otherwise, naming the file."""
    if not (folder / SIGNATURE).is_file():
        raise InputError(
            f"{where}/{SIGNATURE}: the file is missing; provide a model that `train` wrote"
        )
    signature = _read_signature(folder / SIGNATURE, f"{where}/{SIGNATURE}")
    for name, digest in signature["sha256"].items():
        if not (folder / name).is_file():
            raise InputError(f"{where}/{name}: the file is missing; {_AGAIN}")
        found = _sha256(folder / name)
        if found != digest:
            raise InputError(
                f"{where}/{name}: damaged; its SHA-256 is {found[:12]}…, the signature says "
                f"{str(digest)[:12]}…; {_AGAIN}"
            )
    return signature


def digest_of(folder: Path) -> str:
    """Return the SHA-256 of a signature, and thereby of the models whose digests it holds."""
    return _sha256(folder / SIGNATURE)


def require_registered(folder: Path, where: str, digest: str) -> None:
    """Raise InputError unless the signature is the one with `digest`, which was evaluated."""
    if not (folder / SIGNATURE).is_file():
        raise InputError(
            f"{where}/{SIGNATURE}: the file is missing, and the version was registered with one; "
            "restore the artifact of the version"
        )
    found = digest_of(folder)
    if found != digest:
        raise InputError(
            f"{where}/{SIGNATURE}: is not the registered version's; its SHA-256 is {found[:12]}…, "
            f"the version was registered with {digest[:12]}…; restore the artifact of the version"
        )


def names(signature: Mapping[str, Any]) -> list[str]:
    """Return the models that a signature lists, in the order of their numbers."""
    return sorted(signature["sha256"], key=_number)


def unsigned_models(folder: Path, where: str) -> list[Path]:
    """Return the models in a folder without signature, as the built-in writes it.

    Raises InputError when there is none, and for a pickle, an outdated format or a damaged file.
    """
    found = [
        path
        for path in folder.glob(f"{MODEL}*")
        if path.is_file() and not path.name.endswith(UNFINISHED)
    ]
    if not found:
        raise InputError(
            f"{where}/{MODEL}: the file is missing; provide a model of `train` or of the built-in"
        )
    for path in found:
        check_readable(path.read_bytes(), f"{where}/{path.name}")
    return sorted(found, key=lambda path: _number(path.name))


def unpack(archive: Path, folder: Path, where: str) -> None:
    """Extract model.tar.gz: models and signature alone, no link, no other path, bounded size."""
    if not archive.is_file():
        raise InputError(f"{where}: the file is missing; provide the output of a training job")
    left = _LARGEST_BYTES
    try:
        with tarfile.open(archive, "r:gz") as stream:
            for member in stream:
                left -= member.size
                _extract(stream, member, folder, where, left >= 0)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InputError(f"{where}: not a readable tar.gz ({error}); upload it again") from error


def remove(folder: Path) -> None:
    """Leave no model, whole or partial, in `folder`."""
    for path in folder.glob("*"):
        if path.name.startswith((MODEL, SIGNATURE)) and path.is_file():
            path.unlink()


def _extract(
    stream: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, where: str, fits: bool
) -> None:
    name = member.name.removeprefix("./")
    if member.isdir() and name in ("", "."):
        return
    if not (_NAME.fullmatch(name) or name == SIGNATURE) or not member.isreg():
        raise InputError(
            f"{where}: holds {member.name!r}; pack just the files {MODEL} and {SIGNATURE}"
        )
    if not fits:
        raise InputError(f"{where}: {name} is too large; the limit of all is {_LARGEST_BYTES}")
    stream.extract(member, folder, filter="data")


def _read_signature(path: Path, where: str) -> dict[str, Any]:
    try:
        signature = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not JSON ({error}); {_AGAIN}") from error
    if not isinstance(signature, dict):
        raise InputError(f"{where}: must hold an object; {_AGAIN}")
    for name, kind in _REQUIRED.items():
        if not isinstance(signature.get(name), kind):
            raise InputError(f"{where}: {name} is missing or ill-typed; {_AGAIN}")
    if not signature["sha256"] or not all(map(_NAME.fullmatch, signature["sha256"])):
        raise InputError(f"{where}: sha256 must name models such as {MODEL}; {_AGAIN}")
    return signature


def _number(name: str) -> tuple[int, str]:
    digits = name.rpartition("-")[2]
    return (int(digits) if digits.isdigit() else -1, name)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
