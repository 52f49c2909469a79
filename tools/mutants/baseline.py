"""The tests without a mutant: which of them pass, and how much processor time each file takes."""

import hashlib
import json
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.mutants.workplace import Workplace

_TIMEOUT_SECONDS = 3_600.0
_SHOWN_CHARACTERS = 10_000
_READ_BY_TESTS = (".py", ".toml", ".json", ".txt")


class BaselineError(Exception):
    """Tests that fail without a mutant, so that they cannot tell anything of one."""


class Baseline:
    """The processor time of test files, each of which is run without a mutant before it is used."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self._cache = cache
        self._digest = _digest(folder)
        self._seconds = _read(cache).get(self._digest, {})
        self._measuring = threading.Lock()

    def seconds(self, tests: Iterable[str]) -> float:
        """Return the processor time of files that have been measured."""
        return sum(self._seconds[test] for test in tests)

    def unmeasured(self, tests: Iterable[str]) -> list[str]:
        """Return those of the files that this checkout has not run without a mutant."""
        return [test for test in tests if test not in self._seconds]

    def measure(self, workplace: Workplace, tests: Sequence[str]) -> None:
        """Run those that this checkout has not run yet; BaselineError when one fails."""
        # One worker measures what the other waits for.
        with self._measuring:
            if missing := self.unmeasured(tests):
                outcome = workplace.run(missing, timeout_seconds=_TIMEOUT_SECONDS, to_the_end=True)
                if outcome.failed or outcome.broken or outcome.timed_out:
                    # The copy is gone when somebody wants to look.
                    raise BaselineError(
                        f"these tests fail without a mutant: {', '.join(outcome.failed)}\n"
                        f"{workplace.output()[-_SHOWN_CHARACTERS:]}"
                    )
                # A file of snapshots alone runs nothing here.
                self._seconds |= dict.fromkeys(missing, 0.0) | dict(outcome.seconds)
                self._cache.parent.mkdir(parents=True, exist_ok=True)
                self._cache.write_text(json.dumps({self._digest: self._seconds}), encoding="utf-8")


def _read(cache: Path) -> dict[str, dict[str, float]]:
    if not cache.exists():
        return {}
    found: dict[str, dict[str, float]] = json.loads(cache.read_text(encoding="utf-8"))
    return found


def _digest(folder: Path) -> str:
    """Return a hash of the sources, settings and expected results of the checkout."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        is_ours = not inside[0].startswith(".") and "node_modules" not in inside
        if is_ours and path.suffix in _READ_BY_TESTS and path.is_file():
            found.update("/".join(inside).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
