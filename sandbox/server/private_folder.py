"""The folder of a sandbox, which is its owner's alone: it holds a secret, data and programs."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class FolderRefused(Exception):
    """A folder that others could write to; the text is one line that says what to do."""


def make(folder: Path) -> None:
    """Make the folder with mode 0700; FolderRefused for one that others own or may write to."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid != os.getuid():
        raise FolderRefused(f"{folder}: belongs to another user; choose another folder")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise FolderRefused(
            f"{folder}: others may write to it; look at what is in it, then: chmod 700 {folder}"
        )
    folder.chmod(0o700)
