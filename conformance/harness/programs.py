"""The executables of a container's folder, started as SageMaker starts them and always ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.check import Violation
from conformance.harness.leftovers import MARK

if TYPE_CHECKING:
    from conformance.harness.opt_ml import OptMl

_END_SECONDS = 10.0
_LONGEST_WORD = 160


class Program:
    """One running program in a process group of its own; its output goes to two files."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], place: OptMl) -> None:
        self._name = Path(words[-1]).name
        self._is_over = False
        self._output, self._errors = place.root / "stdout.log", place.root / "stderr.log"
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                words,
                cwd=place.root,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )

    @property
    def number(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code, negative when a signal ended it; None while it runs."""
        return self._process.poll()

    @property
    def output(self) -> str:
        """What it has written to standard output so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def said(self) -> str:
        """What it has written to both streams so far."""
        return self.output + self._errors.read_text(encoding="utf-8", errors="replace")

    @property
    def last_words(self) -> str:
        """The last line it wrote, shortened, for a message."""
        errors = self._errors.read_text(encoding="utf-8", errors="replace")
        lines = (errors.strip() or self.output.strip()).splitlines()
        return lines[-1].strip()[:_LONGEST_WORD] if lines else "it said nothing"

    def wait(self, seconds: float, what: str) -> int:
        """Its exit code; raises Violation when it does not end `what` within `seconds`."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Violation(f"{self._name} did not end within {seconds:g} s {what}") from None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to this one process, as Docker does."""
        if self._process.poll() is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it and its whole group now; nothing outlives a container's first process."""
        if self._is_over:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_END_SECONDS)
        self._is_over = True


@dataclass(frozen=True)
class Programs:
    """The folder, its `bin/`, and the surroundings that its image would give them."""

    folder: Path
    search_path: str
    environment: Mapping[str, str]
    mark: str
    _running: list[Program] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether there is an executable `bin/<name>`."""
        return os.access(self.folder / "bin" / name, os.X_OK)

    def words(self, name: str) -> list[str]:
        """The command that starts `bin/<name>`."""
        return [str(self.folder / "bin" / name)]

    def surroundings(self, place: OptMl, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The whole environment of a program: nothing of the user who runs this suite."""
        return {
            "PATH": f"{self.folder / 'bin'}:{self.search_path}",
            "HOME": str(place.home),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "SAGEMAKER_BASE_DIR": str(place.base),
            MARK: self.mark,
            **self.environment,
            **(more or {}),
        }

    @contextmanager
    def running(
        self,
        words: Sequence[str],
        place: OptMl,
        more: Mapping[str, str] | None = None,
    ) -> Iterator[Program]:
        """A started program that ends with the block, whatever happens in it."""
        try:
            program = Program(words, self.surroundings(place, more), place)
        except OSError as error:
            raise Violation(f"{words[0]}: cannot be started ({error.strerror})") from error
        self._running.append(program)
        try:
            yield program
        finally:
            program.kill()
            self._running.remove(program)

    def end_all(self) -> None:
        """End what still runs, also in another thread, which then sees it end."""
        for program in tuple(self._running):
            program.kill()
