"""Becomes a program inside the image's file system, with /opt/ml in place, as in a container.

It runs by itself, in mount and user namespaces of its own: `enter.py ROOT SETTINGS WORD...`.
"""

import ctypes
import json
import os
import sys
import warnings  # noqa: F401

_READ_ONLY, _REMOUNT, _BIND, _RECURSIVE = 1, 32, 4096, 16384
_LIBC = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: str, kind: str | None = None, flags: int = 0) -> None:
    """mount(2); nothing has to be undone, it goes with the process."""
    words = (word.encode() if word else None for word in (source, target, kind))
    if _LIBC.mount(*words, flags, None):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def main(root: str, settings: str, words: list[str]) -> None:
    """Replace this process by the program that `words` name."""
    base = os.environ.pop("SAGEMAKER_BASE_DIR")
    # Nothing but /opt/ml and /tmp may be written to.
    mount(root, root, flags=_BIND)
    mount(root, root, flags=_BIND | _REMOUNT | _READ_ONLY)
    for place in ("/proc", "/sys", "/dev"):
        mount(place, f"{root}{place}", flags=_BIND | _RECURSIVE)
    mount(base, f"{root}/opt/ml", flags=_BIND)
    mount("tmpfs", f"{root}/tmp", "tmpfs")
    # From here on there is another standard library; what exec needs has been imported.
    os.chroot(root)
    os.chdir("/opt/program")
    environment = {**os.environ, **json.loads(settings), "HOME": "/tmp"}
    os.execvpe(words[0], words, environment)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
