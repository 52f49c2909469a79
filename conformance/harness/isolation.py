"""Takes the network away from a program; not every machine lets its users do that."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from conformance.check import NotApplicable
from conformance.harness.server import Server

_INSIDE = Path(__file__).with_name("cut_off.py")
_ASKING = Path(__file__).with_name("ask_inside.py")
_NAMESPACE = ("unshare", "--user", "--map-root-user", "--net", "--")
_TRY_SECONDS = 10


def without_network(words: Sequence[str]) -> list[str]:
    """The command that runs `words` where only loopback exists; raises NotApplicable if none."""
    if not is_possible():
        raise NotApplicable("this machine does not allow a network namespace (unshare --net)")
    python = [sys.executable, "-I", "-S", str(_INSIDE)]
    return [_found(), *_NAMESPACE[1:], *python, *words]


def asked_inside(port: int, server: Server, words: Sequence[str]) -> list[str]:
    """The command that serves without a network, asks once from inside, and ends with 0 for 200."""
    question = {
        "port": port,
        "seconds": server.terms.start_seconds,
        "body": server.example(0).decode(),
        "headers": {"Content-Type": server.serving.content_type, "Accept": server.serving.accept},
    }
    asking = [sys.executable, "-I", "-S", str(_ASKING), json.dumps(question)]
    return without_network([*asking, *words])


@cache
def is_possible() -> bool:
    """Whether this machine lets us take the network away."""
    try:
        done = subprocess.run(
            [_found(), *_NAMESPACE[1:], "true"], capture_output=True, timeout=_TRY_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _found() -> str:
    places = ("/usr/bin", "/bin", "/usr/sbin", "/sbin")
    found = (f"{place}/{_NAMESPACE[0]}" for place in places)
    return next((path for path in found if os.access(path, os.X_OK)), _NAMESPACE[0])
