"""Refusals of a save or a load, each one line that says where, what, got and do."""

from __future__ import annotations


class SaveRefused(Exception):
    """A sandbox that cannot be saved as it is; nothing was written."""


class StillRunning(SaveRefused):
    """A sandbox in which something runs; `names` are what has to end first."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"still running: {', '.join(names)}; wait for them, or use --wait")
        self.names = names


class FileRefused(Exception):
    """A file that is no whole saved sandbox of this version; nothing of it was used."""
