"""Atomic replacement of a folder of sheets: a reader finds the old or the new, never both."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def differing(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Names of files that are missing, superfluous, or say something else."""
    there = {path.name for path in folder.iterdir() if path.is_file()} if folder.is_dir() else set()
    changed = {
        name
        for name, text in files.items()
        if name not in there or (folder / name).read_text(encoding="utf-8") != text
    }
    return sorted(changed | (there - files.keys()))


def write_folder(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Make `folder` hold exactly `files`; return the names of those that changed.

    The new folder is complete before it takes the place of the old one.
    """
    changed = differing(folder, files)
    if not changed:
        return []
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, text in files.items():
            (fresh / name).write_text(text, encoding="utf-8")
        fresh.chmod(0o755)
        _swap(folder, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return changed


def write_file(path: Path, text: str) -> None:
    """Write one file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _swap(folder: Path, fresh: Path) -> None:
    if not folder.exists():
        fresh.rename(folder)
        return
    old = fresh.with_name(f"{fresh.name}-old")
    folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old)
