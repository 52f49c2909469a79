"""Processes under measurement: start, memory and CPU from /proc, and termination."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Tree:
    """A process and everything it started."""

    root: int

    def members(self) -> list[int]:
        """Return all that live now."""
        parents: dict[int, list[int]] = {}
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parent = int(entry.read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.parent.name))
        found, waiting = [], [self.root]
        while waiting:
            found.append(waiting.pop())
            waiting += parents.get(found[-1], [])
        return found

    def cpu_seconds(self) -> float:
        """User and system time of those that live."""
        ticks = 0
        for member in self.members():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS

    def memory_mib(self) -> float:
        """Proportional set size: what they share counts once."""
        return self._sum("smaps_rollup", "Pss:") / 1024

    def own_mib(self) -> float:
        """Return the same without files, which other programs may share a moment later."""
        return self._sum("smaps_rollup", "Pss_Anon:") / 1024

    def peak_mib(self) -> float:
        """Return the largest resident sizes so far, added up."""
        return self._sum("status", "VmHWM:") / 1024

    def _sum(self, file: str, key: str) -> int:
        total = 0
        for member in self.members():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{member}/{file}").read_text().splitlines():
                    if line.startswith(key):
                        total += int(line.split()[1])
        return total


@dataclass(frozen=True)
class Command:
    """What to run, and with what around it."""

    words: Sequence[str]
    environment: Mapping[str, str]


@contextlib.contextmanager
def running(command: Command) -> Iterator[subprocess.Popen[bytes]]:
    """The process, ended with all it started when the block is left."""
    process = subprocess.Popen(
        command.words,
        env={**os.environ, **command.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(_TIMEOUT_SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def seconds_until_ready(process: subprocess.Popen[bytes], url: str) -> float:
    """Return the seconds from now to the first /ping with status 200."""
    began = time.perf_counter()
    while time.perf_counter() - began < _TIMEOUT_SECONDS:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/ping", timeout=2):
            return time.perf_counter() - began
        if process.poll() is not None:
            raise RuntimeError(
                f"{process.args!r}: ended with {process.returncode} before it served"
            )
        time.sleep(0.005)
    raise RuntimeError(f"{process.args!r}: did not serve within {_TIMEOUT_SECONDS} seconds")
