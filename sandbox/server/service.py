"""The sandbox as a background process: state file, lock and signal handling."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.saving.refused import FileRefused
from sandbox.server import inventory, log_limit, memory_tuning
from sandbox.server.private_folder import FolderRefused
from sandbox.state import clients

if TYPE_CHECKING:
    from sandbox.server.server import Sandbox

STATE_FILE = "state.json"


def serve(sandbox: Sandbox) -> int:
    """Start `sandbox` and serve until SIGTERM or SIGINT; return the exit code."""
    running = running_pid(sandbox.folder)
    if running is not None:
        return _refuse(f"{sandbox.folder}: process {running} serves there already; stop it first")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    memory_tuning.drop_other_regions(sandbox.region)
    # What it and its programs write is their owner's alone.
    before = os.umask(0o077)
    try:
        return _serve(sandbox, stop)
    finally:
        os.umask(before)


def _serve(sandbox: Sandbox, stop: threading.Event) -> int:
    folder = sandbox.folder
    try:
        sandbox.start()
    except (FolderRefused, FileRefused) as error:
        return _refuse(str(error))
    except OSError as error:
        port = sandbox.wanted_port
        return _refuse(f"port {port}: {error.strerror}; choose another with --port")
    try:
        _write_state(folder, sandbox)
        print(f"sandbox: {sandbox.url} ({sandbox.region}), files in {folder}", flush=True)
        log_limit.watch(1, stop)
        with inventory.kept(folder):
            stop.wait()
    finally:
        (folder / STATE_FILE).unlink(missing_ok=True)
        sandbox.stop()
    return 0


def _refuse(reason: str) -> int:
    print(f"sandbox: {reason}", file=sys.stderr)
    return 1


def read_state(folder: Path) -> dict[str, str] | None:
    """Return what a running sandbox wrote: pid, port, url, region, account, secret."""
    try:
        state: dict[str, str] = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return state


def running_pid(folder: Path) -> int | None:
    """Return the process that serves for this folder, if one lives."""
    state = read_state(folder)
    if state is None:
        return None
    pid = int(state["pid"])
    try:
        os.kill(pid, 0)
    except OSError:
        return None
    return pid


def _write_state(folder: Path, sandbox: Sandbox) -> None:
    state = {
        "pid": os.getpid(),
        "port": sandbox.port,
        "url": sandbox.url,
        "region": sandbox.region,
        "account": clients.ACCOUNT,
        "secret": sandbox.secret,
    }
    unfinished = folder / f"{STATE_FILE}.{os.getpid()}"
    unfinished.unlink(missing_ok=True)
    # It has a secret, so that it is its owner's alone from the moment it exists.
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(state, file)
    unfinished.replace(folder / STATE_FILE)
