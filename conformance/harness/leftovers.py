"""Ends whatever carries the mark of a run once that run is over, however it ended.

Also a script: it holds one end of a pipe, and the other end closes when the run ends, even when
it is killed. What a container moved out of its process group is found by the mark.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

MARK = "KIBAN_CONFORMANCE_RUN"
_TRIES = 50


@contextmanager
def swept_up(mark: str) -> Iterator[None]:
    """Leave no process with the environment variable MARK=`mark` behind."""
    watcher = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, mark],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield
    finally:
        if watcher.stdin is not None:
            watcher.stdin.close()
        watcher.wait(10)


def _end_marked(mark: str) -> None:
    for _ in range(_TRIES):
        found = _marked(f"{MARK}={mark}".encode())
        if not found:
            return
        for process in found:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.02)


def _marked(text: bytes) -> list[int]:
    # Systems other than Linux do not show the environment of a process: there, groups must do.
    names = os.listdir("/proc") if os.path.isdir("/proc/self") else []
    found = []
    for name in filter(str.isdigit, names):
        with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as stream:
            if text in stream.read():
                found.append(int(name))
    return found


def main(mark: str) -> None:
    """Wait until the run is over, then end what it left."""
    os.read(0, 1)
    _end_marked(mark)


if __name__ == "__main__":
    main(sys.argv[1])
