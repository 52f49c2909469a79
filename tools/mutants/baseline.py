"""The tests without a mutant: all pass, and how much processor time each file takes."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from tools.mutants.workplace import Workplace

_TIMEOUT_SECONDS = 3_600.0
_READ_BY_TESTS = (".py", ".toml", ".json", ".txt")


class BaselineError(Exception):
    """Tests that fail without a mutant, so that they cannot tell anything of one."""


def measure(workplace: Workplace, tests: Iterable[str], cache: Path) -> dict[str, float]:
    """Return the processor time of each test file; run those that this checkout has not run yet."""
    digest = _digest(workplace.folder)
    known = _read(cache).get(digest, {})
    if missing := sorted(set(tests) - known.keys()):
        outcome = workplace.run(missing, timeout_seconds=_TIMEOUT_SECONDS, to_the_end=True)
        if outcome.failed or outcome.broken or outcome.timed_out:
            names = ", ".join(outcome.failed) or workplace.output()[-2_000:]
            raise BaselineError(f"these tests fail without a mutant: {names}")
        # A file of snapshots alone runs nothing here.
        known = known | dict.fromkeys(missing, 0.0) | dict(outcome.seconds)
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps({digest: known}), encoding="utf-8")
    return known


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
