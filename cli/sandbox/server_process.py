"""Background process of the sandbox, started and stopped with all its children."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from cli.aws.connection import without_aws_variables
from cli.sandbox import inventory, sandbox_state
from cli.sandbox.sandbox_state import RunningSandbox
from cli.system.project_paths import PROJECT, display_path
from cli.system.signal_handlers import defer_signals
from cli.terminal.errors import Failure

START_SECONDS = 60
# A saved one is read whole, and the packages of its images may have to be installed.
LOAD_SECONDS = 900
STOP_SECONDS = 20

# glibc gives each request's thread a malloc arena, which costs half as much memory again.
_MALLOC_SETTINGS = {"MALLOC_ARENA_MAX": "2"}

# Servers that this process started: only their parent can reap them.
_started: dict[int, subprocess.Popen[bytes]] = {}


def start_sandbox(
    folder: Path,
    port: int,
    region: str = "",
    *,
    new_account: bool = False,
    saved: Path | None = None,
) -> RunningSandbox:
    """Start a sandbox in the background and return it when it is ready; port 0: any free one.

    A `new_account` has the quotas of one that nobody has used yet. A `saved` one is loaded from its
    file, which knows its region.

    Raises Failure when the port is taken, another command has started one, or the server ends
    before it is ready. An interruption ends the server.
    """
    require_free_port(port)
    make_private(folder)
    with _one_at_a_time(folder):
        other = sandbox_state.find_sandbox(folder)
        if other is not None:
            raise Failure(f"sandbox: another command has just started it at {other.url}; use that")
        for left in ("state.json", inventory.FILE):
            (folder / left).unlink(missing_ok=True)
        more = ["--new-account"] if new_account else []
        more += ["--load", str(saved)] if saved else ["--region", region]
        return _start(folder, ["--port", str(port), *more])


def make_private(folder: Path) -> None:
    """Make the folder of a sandbox, which is its owner's alone; raises Failure if it cannot be."""
    from sandbox.server import private_folder

    try:
        private_folder.make(folder)
    except private_folder.FolderRefused as error:
        raise Failure(f"sandbox: {error}") from None


def _start(folder: Path, options: list[str]) -> RunningSandbox:
    log = folder / "sandbox.log"
    command = [sys.executable, "-m", "sandbox", "serve", "--folder", str(folder), *options]
    server = None
    try:
        # A server that was started but is not known yet could never be ended.
        with defer_signals():
            server = _launch(command, log)
        limit = LOAD_SECONDS if "--load" in options else None
        return _wait_until_ready(server, folder, log, limit)
    except BaseException:
        with defer_signals():
            if server is not None:
                end_sandbox(server.pid, folder)
            (folder / "state.json").unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Lock the folder, so that a second `up` waits for the first."""
    with (folder / "starting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _launch(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    log.unlink(missing_ok=True)
    # Appended to, so that the server can cut it while it runs.
    descriptor = os.open(log, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    with open(descriptor, "wb", buffering=0) as output:
        server = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={
                **without_aws_variables(dict(os.environ)),
                **_MALLOC_SETTINGS,
                "PYTHONPATH": str(PROJECT),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _started[server.pid] = server
    return server


def stop_sandbox(folder: Path) -> RunningSandbox | None:
    """Stop the sandbox of `folder` and return it, or None when none ran."""
    state = sandbox_state.read_state(folder)
    if state is not None and sandbox_state.is_sandbox(state.pid, folder):
        end_sandbox(state.pid, folder)
    else:
        state = None
    (folder / "state.json").unlink(missing_ok=True)
    return state


def stop_own_sandbox(folder: Path) -> None:
    """Stop the sandbox of `folder` if this process started it."""
    state = sandbox_state.read_state(folder)
    if state is not None and state.pid in _started:
        stop_sandbox(folder)


def end_sandbox(pid: int, folder: Path) -> None:
    """End the sandbox `pid` of `folder` with SIGTERM, then with SIGKILL."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if _has_ended(pid, folder):
                return
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        if pid in _started:
            _started[pid].wait()


def require_free_port(port: int) -> None:
    """Raise Failure when `port` cannot be bound."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise Failure(
                f"sandbox: port {port} cannot be used ({reason.lower()}); "
                "end the program that has it or choose another: ./kiban up --port PORT"
            ) from None


def _has_ended(pid: int, folder: Path) -> bool:
    if pid in _started:
        return _started[pid].poll() is not None
    return not sandbox_state.is_sandbox(pid, folder)


def _wait_until_ready(
    server: subprocess.Popen[bytes], folder: Path, log: Path, limit: float | None = None
) -> RunningSandbox:
    limit = START_SECONDS if limit is None else limit
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Failure(f"sandbox: it ended while starting: {_last_line(log)}")
        state = sandbox_state.read_state(folder)
        if state is not None:
            return state
        time.sleep(0.05)
    raise Failure(
        f"sandbox: not ready after {limit:g} seconds; the last line of its log: {_last_line(log)}"
    )


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f"{lines[-1] if lines else 'nothing'} (all of it: {display_path(log)})"
