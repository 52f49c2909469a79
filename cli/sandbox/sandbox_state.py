"""Which sandbox runs in a folder: read from its state file, believed only after a look at it."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.system.project_paths import shown
from cli.terminal.errors import Failure


@dataclass(frozen=True)
class RunningSandbox:
    """What `state.json` says about a sandbox."""

    pid: int
    port: int
    url: str
    region: str
    account: str


def find(folder: Path) -> RunningSandbox | None:
    """Return the sandbox that runs in `folder`, or None when none does."""
    state = read_state(folder)
    return state if state is not None and is_sandbox(state.pid, folder) else None


def require(folder: Path) -> RunningSandbox:
    """Return the sandbox that runs in `folder`; raises Failure when it is gone or never was."""
    state = read_state(folder)
    if state is None:
        raise Failure("sandbox: none is running; start one with: ./kiban up")
    if not is_sandbox(state.pid, folder):
        raise Failure(
            f"sandbox: the one in {shown(folder)} is gone (process {state.pid} has ended); "
            "start it again with: ./kiban up"
        )
    return state


def read_state(folder: Path) -> RunningSandbox | None:
    """Return what `folder`/state.json says; raises Failure when it cannot be understood."""
    path = folder / "state.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return RunningSandbox(
            int(said["pid"]), int(said["port"]), said["url"], said["region"], said["account"]
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(
            f"{shown(path)}: not a sandbox's state ({error!r}); remove the file, then: ./kiban up"
        ) from None


def is_sandbox(pid: int, folder: Path) -> bool:
    """Return whether process `pid` is alive and is the sandbox of `folder`, not a stranger."""
    words = _command_line(pid)
    if "sandbox" not in words or "serve" not in words:
        return False
    # A relative folder is one that somebody typed; only the name can be compared.
    named = Path(words[words.index("--folder") + 1]) if "--folder" in words[:-1] else folder
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
