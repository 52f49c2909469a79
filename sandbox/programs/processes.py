"""Child processes in place of instances: own process group, output by line, ended with us."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_GUARD = Path(__file__).with_name("guard.py")
_STARTING = threading.Lock()
_ALIVE: set[Child] = set()


@dataclass(frozen=True)
class Program:
    """What to run: an absolute path with arguments, its whole environment, its working folder.

    With `is_opt_ml` the program finds that folder at /opt/ml, too, where the system lets it.
    """

    argv: list[str]
    environment: dict[str, str]
    folder: Path
    on_line: Callable[[str], None] = field(default=lambda line: None)
    is_opt_ml: bool = False

    @property
    def guarded(self) -> list[str]:
        """The command that runs it and ends with the sandbox."""
        placed = [f"--opt-ml={self.folder}"] if self.is_opt_ml else []
        return [sys.executable, "-I", "-S", str(_GUARD), *placed, *self.argv]


class Child:
    """One running program; `on_line` receives its output without line ends."""

    def __init__(self, program: Program) -> None:
        self._on_line = program.on_line
        self._process = subprocess.Popen(
            program.guarded,
            cwd=program.folder,
            env=program.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with _STARTING:
            _ALIVE.add(self)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process id, which is that of its session, too."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the program has not ended yet."""
        return self._process.poll() is None

    def wait(self, timeout_seconds: float | None = None) -> int | None:
        """Return the exit code, or None when `timeout_seconds` pass first."""
        try:
            code = self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return None
        self._signal(signal.SIGKILL)  # as in a container, nothing outlives the first process
        self._reader.join(timeout=5)
        if self._process.stdin is not None:
            self._process.stdin.close()
        with _STARTING:
            _ALIVE.discard(self)
        return code if code >= 0 else 128 - code

    def stop(self, grace_seconds: float) -> None:
        """Ask the program to end (SIGTERM) and make it end (SIGKILL) after `grace_seconds`."""
        self._signal(signal.SIGTERM)
        if self.wait(grace_seconds) is None:
            self.kill()

    def kill(self) -> None:
        """End the program and everything it started, now."""
        self._signal(signal.SIGKILL)
        self.wait(10)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        with stream:
            for raw in stream:
                self._on_line(raw.decode(errors="replace").rstrip("\r\n"))


def alive() -> list[Child]:
    """Return the programs that have not ended, or whose exit code was not read yet."""
    with _STARTING:
        return list(_ALIVE)


def end_all() -> None:
    """End every program that this sandbox started."""
    for child in alive():
        child.kill()
