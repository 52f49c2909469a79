"""Processes of a test run: its group, and what it started that left the group."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "KIBAN_MUTANTS_FOLDER"
"""Environment variable by which the processes of one workplace are found."""
_GRACE_SECONDS = 10.0


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Let a test run stop what it started; kill it when that takes too long."""
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            _signal_group(process, signal.SIGKILL)
            process.wait()
    # Children that outlive the run are of no use to anybody.
    _signal_group(process, signal.SIGKILL)


def end_marked(folder: Path) -> None:
    """Kill every process that carries the mark of `folder`, wherever it moved."""
    for _ in range(20):
        found = list(marked(folder))
        if not found:
            return
        for number in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.05)


def marked(folder: Path) -> Iterator[int]:
    """Yield the processes with the mark of `folder`; none where there is no /proc."""
    mark = f"{MARK}={folder}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        # Other users' processes, and those that end meanwhile.
        with contextlib.suppress(OSError):
            if mark in path.read_bytes().split(b"\0"):
                yield int(path.parent.name)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
