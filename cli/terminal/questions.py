"""Questions to a person: only at a terminal, and never of a command with `--json`."""

import sys

from cli.terminal import json_document
from cli.terminal.errors import WrongInput


def can_ask() -> bool:
    """Return whether a person can be asked: at a terminal, and without `--json`."""
    return sys.stdin.isatty() and not json_document.is_wanted()


def require_person(where: str, advice: str) -> None:
    """Raise WrongInput when nobody can be asked; `advice` says what confirms instead."""
    if not can_ask():
        reason = "--json asks nothing" if json_document.is_wanted() else "no terminal to confirm on"
        raise WrongInput(f"{where}: {reason}; {advice}")
