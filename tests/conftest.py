"""What a whole run has in common: one synthesis, and an order in which no worker ends late."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.templates.synthesis import synthesised_once

pytest_plugins = ("tests.interruption", "tests.scheduling")
# moto and the CDK build large object graphs that live as long as the run; collecting them again and
# again took a tenth of its time.
gc.set_threshold(200_000, 20, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first: those marked so, then journeys.

    One of these begun last would run alone after all others ended.
    """
    if unstable := [item.nodeid for item in items if " at 0x" in item.nodeid]:
        # Two workers would not collect the same tests, and none would run.
        raise pytest.UsageError(f"give it an id without an address in memory: {unstable[0]}")
    slow = {item.path for item in items if item.get_closest_marker("slow_first")}
    items.sort(key=lambda item: (item.path not in slow, "journeys" not in item.path.parts))


@pytest.fixture(scope="session", autouse=True)
def scratch(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have every temporary file lie where pytest removes those of older runs."""
    folder = str(tmp_path_factory.mktemp("scratch"))
    os.environ["TMPDIR"] = tempfile.tempdir = folder


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    # Under xdist every worker has its own folder below that of the whole run.
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture(scope="session")
def synthesis(run_folder: Path) -> Path:
    """`cdk.out` of every shipped environment, to be read only."""
    return synthesised_once(run_folder / "synthesis" / "first")


@pytest.fixture(scope="session")
def dev_assembly(synthesis: Path) -> Path:
    """The part of it that is dev: an assembly of its own, as CDK nests one in the other."""
    return synthesis / "assembly-kiban-dev"


@pytest.fixture
def broken(synthesis: Path, tmp_path: Path) -> Path:
    """A copy of the assembly that a test may damage; assets are left out."""
    folder = tmp_path / "cdk.out"
    shutil.copytree(synthesis, folder, ignore=shutil.ignore_patterns("asset.*"))
    return folder
