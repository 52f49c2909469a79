"""What a whole run has in common: one synthesis, and an order in which no worker ends late."""

import gc
import os
import tempfile
from pathlib import Path

import pytest

from tests.templates.synthesis import synthesised_once

pytest_plugins = ("tests.interruption",)
HERE = Path(__file__).parent
# moto and the CDK build large object graphs that live as long as the run; collecting them again and
# again took a tenth of its time.
gc.set_threshold(50_000, 20, 100)

# Longest first: one of these begun last would run alone after all others ended. The two syntheses
# come early and together, so that who edits a file meanwhile does not make them differ.
BEGUN_FIRST = (
    "journeys/test_readme.py",
    "stacks/test_synthesis.py",
    "journeys/test_a_model_lives.py",
    "constructs_lib/notebook/test_quickstart.py",
    "reviewer/test_review_journey.py",
    "sandbox/engine/test_engine_cdk.py",
    "conformance/test_containers.py",
    "sandbox/engine/test_engine_server.py",
    "container/training/test_checkpoints.py",
    "container/serving/test_serve_lifecycle.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; all others keep their order."""
    place = {HERE / name: number for number, name in enumerate(BEGUN_FIRST)}
    if missing := [str(path.relative_to(HERE)) for path in place if not path.exists()]:
        raise pytest.UsageError(
            f"tests/conftest.py: BEGUN_FIRST names {missing[0]}, which is not there; "
            "write its new name there or take it out"
        )
    items.sort(key=lambda item: place.get(item.path, len(place)))


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
