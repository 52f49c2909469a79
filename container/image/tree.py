"""File operations on the file system that is built: copy, remove, compile, normalise."""

import compileall
import os
import py_compile
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from container.image.errors import ImageError

# Archives of the ZIP kind know no earlier time.
TIME_SECONDS = 315_532_800


def put(root: Path, place: str | Path, text: str) -> None:
    """Write a text file at the absolute path that `place` is inside `root`."""
    target = inside(root, place)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def copy(root: Path, source: str | Path, place: str | Path | None = None) -> None:
    """Copy what the path `source` leads to, links followed, to `place` or where it lies."""
    target = inside(root, place or source)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def inside(root: Path, place: str | Path) -> Path:
    """Return where an absolute path of the image lies while it is made."""
    return root / str(place).lstrip("/")


def remove(folder: Path, patterns: Iterable[str]) -> None:
    """Remove all paths below `folder` that match."""
    for pattern in patterns:
        for path in list(folder.glob(pattern)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def binaries(folder: Path) -> Iterator[Path]:
    """Yield programs and libraries in machine code below `folder`, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def compile_all(folder: Path, root: Path, prefix: str = "/") -> None:
    """Compile every module below `folder`, named as it is where `root` becomes `prefix`.

    The bytecode is not compared with its source at import, as images are not edited. One module
    after another: objects that workers of a pool share by chance would change the bytecode.
    """
    whole = compileall.compile_dir(
        folder,
        maxlevels=64,
        quiet=1,
        stripdir=str(root),
        prependdir=prefix,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not whole:
        raise ImageError(f"image: {folder.name} does not compile; see the lines above")


def normalise_files(root: Path) -> None:
    """Give every file the same time and only programs the right to run.

    Equal content makes equal layers, independent of the times in the packages' archives.
    """
    for path in (root, *root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o755 if path.parent.name == "bin" or ".so" in path.name else 0o644)
        os.utime(path, (TIME_SECONDS, TIME_SECONDS), follow_symlinks=False)


def size_bytes(folder: Path) -> int:
    """Return what the files below `folder` hold."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
