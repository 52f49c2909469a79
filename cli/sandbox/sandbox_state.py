"""State file of a sandbox, validated against the process that it names."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from cli.system.project_paths import display_path
from cli.terminal.errors import Failure


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox as `state.json` describes it."""

    pid: int
    port: int
    url: str
    region: str
    account: str
    secret: str = field(default="unknown", repr=False)


def find_sandbox(folder: Path) -> RunningSandbox | None:
    """Return the sandbox that runs in `folder`, or None when none does."""
    state = read_state(folder)
    return state if state is not None and is_sandbox(state.pid, folder) else None


def require_sandbox(folder: Path) -> RunningSandbox:
    """Return the sandbox that runs in `folder`; raises Failure when none does."""
    state = read_state(folder)
    if state is None:
        raise Failure("sandbox: none is running; start one with: ./kiban up")
    if not is_sandbox(state.pid, folder):
        raise Failure(
            f"sandbox: the one in {display_path(folder)} is gone (process {state.pid} has ended); "
            "start it again with: ./kiban up"
        )
    return state


def read_state(folder: Path) -> RunningSandbox | None:
    """Return the content of `folder`/state.json; raises Failure when it is invalid."""
    path = folder / "state.json"
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        return RunningSandbox(
            int(state["pid"]),
            int(state["port"]),
            state["url"],
            state["region"],
            state["account"],
            state["secret"],
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(
            f"{display_path(path)}: not a sandbox's state ({error!r}); "
            "remove the file, then: ./kiban up"
        ) from None


def is_sandbox(pid: int, folder: Path) -> bool:
    """Return whether process `pid` is the sandbox of `folder`: a number may be used again."""
    arguments = _command_line(pid)
    if "sandbox" not in arguments or "serve" not in arguments:
        return False
    # A relative folder was typed on a command line; only its name can be compared.
    named = (
        Path(arguments[arguments.index("--folder") + 1]) if "--folder" in arguments[:-1] else folder
    )
    return named == folder or (not named.is_absolute() and named.name == folder.name)


def _command_line(pid: int) -> list[str]:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except (ProcessLookupError, OverflowError):
        return []
    except OSError:
        # No /proc on macOS; there `ps` always exists.
        done = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
        )
        return done.stdout.split()
