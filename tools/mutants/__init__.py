"""Mutation testing with weakenings: which one-line change of the source does no test notice?"""

from pathlib import Path


def plugin_file() -> Path:
    """Return the file of the pytest plugin, which is copied and never imported here."""
    return Path(__file__).parent / "plugin.py"
