"""The image's system layer: Python, packages and libraries, without a shell."""

import os
import platform
import tempfile
from pathlib import Path

from container.image import interpreter, libraries, packages, sbom, symbols, tree
from container.image.errors import ImageError

# Names are looked up as everywhere: the hosts of a training know each other by name.
_FILES = {
    "/etc/passwd": "root:x:0:0:root:/root:/sbin/nologin\n",
    "/etc/group": "root:x:0:\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
_FOLDERS = {"/tmp": 0o1777, "/root": 0o700, "/opt/ml": 0o755}
_RELEASE = Path("/etc/os-release")


def make(root: Path) -> None:
    """Make the new folder `root`; raises ImageError and leaves nothing when it cannot."""
    if (platform.system(), platform.python_version_tuple()[:2]) != ("Linux", ("3", "12")):
        raise ImageError("image: needs Python 3.12 on Linux; run it with python3.12")
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent) as temporary:
        draft = Path(temporary) / "system"
        draft.mkdir(mode=0o755)
        _fill(draft)
        draft.rename(root)


def _fill(root: Path) -> None:
    interpreter.make(root)
    hashes = packages.install(tree.inside(root, interpreter.SITE))
    sources = libraries.copy_needed(root)
    origins = libraries.copy_origins(root, sources)
    if symbols.are_stripped():
        for library in list(tree.binaries(root)):
            symbols.strip(library)
    for place, text in _FILES.items():
        tree.put(root, place, text)
    if _RELEASE.exists():
        tree.copy(root, _RELEASE)
    for place, mode in _FOLDERS.items():
        os.makedirs(tree.inside(root, place), exist_ok=True)
        tree.inside(root, place).chmod(mode)
    tree.compile_all(root, root)
    sbom.write(root, tree.inside(root, interpreter.SITE), hashes, origins)
    tree.normalise_files(root)
