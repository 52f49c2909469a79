"""Synthesises once for all workers of a test run: twice at the same time, to compare."""

import fcntl
from pathlib import Path

import pytest

from tests.stacks.assembly import Assembly, start_synthesis


@pytest.fixture(scope="session")
def syntheses(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two assemblies of the same sources, each from a process of its own."""
    base = tmp_path_factory.getbasetemp()
    # Under xdist every worker has its own folder below that of the whole run.
    shared = (base.parent if base.name.startswith("popen-") else base) / "synthesis"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = shared / "done"
        if not done.exists():
            _synthesise_twice(shared)
            done.touch()
    return shared / "first", shared / "second"


@pytest.fixture(scope="session")
def assembly(syntheses: tuple[Path, Path]) -> Assembly:
    """What `cdk synth` writes for every shipped environment."""
    return Assembly(syntheses[0])


def _synthesise_twice(shared: Path) -> None:
    runs = [start_synthesis(shared / name) for name in ("first", "second")]
    for run in runs:
        _, errors = run.communicate(timeout=180)
        # Open findings end in 1 with the report written; another test says which they are.
        assert (shared / "first" / "manifest.json").exists(), errors[-3_000:]
