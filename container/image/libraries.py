"""System libraries that the image's binaries link to, and the Debian packages they come from."""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from container.image import commands, tree
from container.image.errors import ImageError

_LINE = re.compile(r"\t(?:(?P<name>\S+) => )?(?P<path>/\S+|not found)")
_C_LIBRARY = "libc.so.6"


def copy_needed(root: Path) -> list[str]:
    """Copy all libraries that binaries in `root` load from outside; return their source paths.

    They are copied to one folder, where the loader searches first.
    """
    needed = dict(_needed(root))
    if _C_LIBRARY not in needed:
        raise ImageError(f"image: no program links to {_C_LIBRARY}; use a Python built with glibc")
    common = Path(needed[_C_LIBRARY]).parent
    for name, path in sorted(needed.items()):
        tree.copy(root, path, path if name == path else common / name)
    return sorted(needed.values())


def _needed(root: Path) -> Iterator[tuple[str, str]]:
    paths = map(str, tree.binaries(root))
    listed = commands.run_on_all(["ldd"], paths, "install libc-bin")
    for found in map(_LINE.match, listed.splitlines()):
        if found is None or found["path"].startswith(f"{root}/"):
            continue
        if found["path"] == "not found":
            raise ImageError(
                f"image: {found['name']} is not on this machine, but a package needs it; "
                "install it in the Dockerfile before this step"
            )
        # The loader has no other name than its path.
        yield found["name"] or found["path"], found["path"]


def copy_origins(root: Path, sources: Iterable[str]) -> list[dict[str, str]]:
    """Leave the system's record and licence of each package for scanners; return the records.

    Empty where the system is not Debian.
    """
    if shutil.which("dpkg-query") is None:
        return []
    records = []
    for package in sorted({owner for path in sources for owner in _owners(path)}):
        record = commands.run(["dpkg-query", "--status", package], "see dpkg")
        name = package.partition(":")[0]
        tree.put(root, f"/var/lib/dpkg/status.d/{name}", record)
        licence = Path("/usr/share/doc", name, "copyright")
        if licence.exists():
            tree.copy(root, licence)
        records.append(dict(re.findall(r"^([A-Z][\w-]+): (.*)$", record, re.MULTILINE)))
    return records


def _owners(path: str) -> list[str]:
    # Packages list their files by the name from before or from after /lib became a link.
    short = path.removeprefix("/usr")
    for spelling in dict.fromkeys((path, str(Path(path).resolve()), short, f"/usr{short}")):
        try:
            answer = commands.run(["dpkg-query", "--search", spelling], "")
        except ImageError:
            continue
        return [line.partition(": ")[0] for line in answer.splitlines()]
    return []
