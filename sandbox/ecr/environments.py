"""Python virtual environments of images, one per content of their requirements files."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sandbox.ecr import installer


class EnvironmentFailed(Exception):
    """An environment that cannot be made; the text is one line."""


def cache_folder() -> Path:
    """Return where environments are kept: `KIBAN_CACHE`, else `.cache` of the project."""
    chosen = os.environ.get("KIBAN_CACHE")
    root = Path(chosen) if chosen else Path(__file__).resolve().parents[2] / ".cache"
    return root / "environments"


def required_by(source: Path) -> list[Path]:
    """Return the requirement files of an image's source, all of which its Dockerfile installs."""
    return [source / "requirements.txt", *sorted(source.glob("requirements-*.txt"))]


def key(requirements: Sequence[Path]) -> str:
    """Return what identifies the environment of `requirements` for this Python on this machine."""
    digest = hashlib.sha256(b"".join(sorted(file.read_bytes() for file in requirements)))
    digest.update(f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()}".encode())
    return digest.hexdigest()[:16]


def ensure(*requirements: Path) -> Path:
    """Return the environment that has all `requirements`, made now if this is the first time.

    Two processes may ask at once: the second waits and finds it made. Raises EnvironmentFailed
    when uv cannot install the packages.
    """
    for file in requirements:
        if not file.is_file():
            raise EnvironmentFailed(f"{file.name}: not found; list the image's packages there")
    final = cache_folder() / key(requirements)
    if final.is_dir():
        return final
    final.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(final.with_suffix(".lock")):
        if not final.is_dir():
            _make(requirements, final)
    return final


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _make(requirements: Sequence[Path], final: Path) -> None:
    # Renamed into place when complete, so that a folder which exists is an environment that works.
    draft = final.with_name(f"{final.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        _run([sys.executable, "-m", "venv", "--without-pip", str(draft)], requirements)
        if any(map(_wants_packages, requirements)):
            uv = [str(installer.UV), "pip", "install", "--quiet"]
            target = ["--python", str(draft / "bin" / "python")]
            chosen = [argument for file in requirements for argument in ("-r", str(file))]
            _run([*uv, *target, *_of_locks(requirements), *chosen], requirements)
        _point_scripts_at(final, draft)
        draft.rename(final)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _of_locks(requirements: Sequence[Path]) -> list[str]:
    """Return the options for lock files: what they name and nothing besides, by hash."""
    is_locked = all(file.suffix == ".lock" for file in requirements)
    return ["--require-hashes", "--no-deps"] if is_locked else []


def _wants_packages(requirements: Path) -> bool:
    lines = (line.split("#", 1)[0].strip() for line in requirements.read_text().splitlines())
    return any(lines)


def _run(command: list[str], requirements: Sequence[Path]) -> None:
    environment = installer.variables(os.environ)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        names = " and ".join(file.name for file in requirements)
        raise EnvironmentFailed(
            f"{names}: cannot install the packages: {_reason(done.stderr)}; correct the file or "
            "the network and build again"
        )


def _reason(stderr: str) -> str:
    # uv prints warnings, the error, its causes line by line, and after an empty line a hint.
    error = stderr[max(stderr.find("error: "), 0) :].strip().split("\n\n")[0]
    words = [
        line.strip().removeprefix("error: ").removeprefix("cause: ") for line in error.splitlines()
    ]
    return ": ".join(words).rstrip(".") or "no output"


def _point_scripts_at(final: Path, draft: Path) -> None:
    # Console scripts begin with the absolute path of the folder they were installed into.
    for script in (draft / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        if content.startswith(b"#!"):
            script.write_bytes(content.replace(bytes(draft), bytes(final)))


def main(arguments: list[str]) -> int:
    """Make the environment of the requirement files in `arguments`; quiet when it exists."""
    if not arguments:
        print(
            "usage: python -m sandbox.ecr.environments container/requirements*.txt", file=sys.stderr
        )
        return 2
    try:
        ensure(*map(Path, arguments))
    except EnvironmentFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
