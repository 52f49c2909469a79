"""Reaper of a test run's processes: ends those that outlive it, whatever ended the run.

Also a script: it reads a pipe whose other end only the run holds, so that end of file means the run
is over, even when it was killed. What a run starts is found by an environment variable.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

MARK = "KIBAN_TEST_RUN"
# What each signal comes after: a guard that sees its parent gone ends its own programs.
_STEPS = ((1.0, signal.SIGTERM), (5.0, signal.SIGKILL))
_LOOK_SECONDS = 0.05


def start_reaper() -> None:
    """Start the process that waits for the end of this one and then ends what carries its mark."""
    mark = f"{os.getpid()}-{time.time_ns()}"
    # The other end of it is open in this process alone, and until it ends.
    theirs, _ = os.pipe()
    subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, mark], stdin=theirs, start_new_session=True
    ).returncode = 0  # It outlives this process, which therefore never waits for it.
    os.close(theirs)
    # Not before: the reaper would carry the mark itself.
    os.environ[MARK] = mark


def marked(mark: str) -> list[int]:
    """Return the processes that carry `mark`; elsewhere than on Linux, none can be seen."""
    text = f"{MARK}={mark}".encode()
    names = os.listdir("/proc") if os.path.isdir("/proc/self") else []
    found = []
    for name in filter(str.isdigit, names):
        with contextlib.suppress(OSError):
            if text in Path("/proc", name, "environ").read_bytes().split(b"\0"):
                found.append(int(name))
    return found


def _end_marked(mark: str) -> None:
    for grace_seconds, number in _STEPS:
        for process in _still_there(mark, grace_seconds):
            with contextlib.suppress(OSError):
                words = Path("/proc", str(process), "cmdline").read_bytes().split(b"\0")
                os.kill(process, number)
                if number == signal.SIGTERM:
                    command = b" ".join(words).decode(errors="replace").strip()
                    print(f"left by a test and ended: {command}", flush=True)


def _still_there(mark: str, seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while (left := marked(mark)) and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    return left


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        os.read(0, 1)
        _end_marked(sys.argv[1])
