"""The image's file system on this machine, and its programs as SageMaker starts them."""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from container.image import interpreter, packages
from tests.container.support import dockerfile
from tests.container.support.world import PACKAGE

_PROJECT = PACKAGE.parent
_MADE = _PROJECT / ".cache" / "image"
_ENTER = Path(__file__).with_name("enter.py")
_UNSHARE = ["unshare", "--user", "--map-root-user", "--mount", "--"]
_MADE_BY_THE_ENGINE = ("proc", "sys", "dev")


@dataclass(frozen=True)
class Image:
    """`root` is its file system; `programs` holds bin/, which starts what is inside."""

    root: Path
    programs: Path

    @property
    def site(self) -> Path:
        (found,) = self.root.glob("opt/venv/lib/python3*/site-packages")
        return found

    def inside(self, words: Sequence[str]) -> list[str]:
        """The command that runs `words` in the image, with the environment its Dockerfile sets."""
        settings = json.dumps(dockerfile.read().pairs("ENV"))
        return [
            *_UNSHARE,
            sys.executable,
            "-I",
            "-S",
            str(_ENTER),
            str(self.root),
            settings,
            *words,
        ]


def listed(root: Path) -> dict[str, tuple[float, int, str]]:
    """Time, mode and content of everything below `root`, by its path."""
    return {
        str(path.relative_to(root)): (path.lstat().st_mtime, path.lstat().st_mode, _content(path))
        for path in root.rglob("*")
    }


def _content(path: Path) -> str:
    if path.is_symlink():
        return os.readlink(path)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def make() -> Image:
    """Make the image, what seldom changes only once per content; skips where that cannot be."""
    python = image_python()
    digest = hashlib.sha256(python.encode())
    for path in (packages.LOCK, *sorted((PACKAGE / "image").glob("*.py"))):
        digest.update(path.read_bytes())
    root = _MADE / digest.hexdigest()[:16]
    if not root.is_dir():
        shutil.rmtree(_MADE, ignore_errors=True)
        step(python, "system", root)
    shutil.rmtree(root / "opt/program", ignore_errors=True)
    step(python, "program", root / "opt/program")
    for name in _MADE_BY_THE_ENGINE:
        (root / name).mkdir(exist_ok=True)
    image = Image(root, _MADE / "programs")
    _require_namespaces(image)
    _write_programs(image)
    return image


def image_python() -> str:
    """A Python like the image's; skips where there is none."""
    found = [shutil.which("python3.12"), *map(str, _of_pyenv()), sys.executable]
    question = "import pip, sys, sysconfig; assert sys.version_info[:2] == (3, 12)"
    for python in filter(None, found):
        asked = subprocess.run([python, "-c", question], capture_output=True, check=False)
        if asked.returncode == 0:
            return python
    pytest.skip("the image has Python 3.12, and none with pip is on this machine")


def _of_pyenv() -> Iterator[Path]:
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(root.glob("versions/3.12.*/bin/python"))


def step(python: str, name: str, folder: Path) -> None:
    """One of the Dockerfile's two."""
    command = [python, "-m", "container.image", name, str(folder)]
    done = subprocess.run(command, cwd=_PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _require_namespaces(image: Image) -> None:
    words = image.inside([f"{interpreter.VENV}/bin/python3", "-c", "print('inside')"])
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(image.root / "opt/ml")}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode and ("unshare" in done.stderr or "PermissionError" in done.stderr):
        pytest.skip(f"this machine lets nobody mount: {done.stderr.strip().splitlines()[-1]}")
    assert done.stdout == "inside\n", done.stderr


def _write_programs(image: Image) -> None:
    """`train` and `serve` are arguments of the entry point; a processing job replaces it."""
    entrypoint = dockerfile.read().entrypoint
    starts = {"train": [*entrypoint, "train"], "serve": [*entrypoint, "serve"]}
    starts |= {"evaluate": ["evaluate"], "entrypoint": entrypoint}
    (image.programs / "bin").mkdir(parents=True, exist_ok=True)
    for name, words in starts.items():
        script = image.programs / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {shlex.join(image.inside(words))} "$@"\n')
        script.chmod(0o755)
    described = (PACKAGE / "conformance.toml").read_text(encoding="utf-8")
    ours = described.splitlines()[1]
    assert ours.startswith("entrypoint = ")
    described = described.replace(ours, 'entrypoint = ["./bin/entrypoint"]')
    (image.programs / "conformance.toml").write_text(described, encoding="utf-8")
