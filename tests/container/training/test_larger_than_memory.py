import resource
import subprocess
from pathlib import Path

import numpy as np
import pytest

from container.contract.memory import available_bytes
from tests.container.support.world import PACKAGE, World

pytestmark = pytest.mark.acceptance

# 244 MB of numbers, and what libraries and threads reserve before there are any.
ROWS, COLUMNS = 1_000_000, 61
LIMIT_BYTES = 450_000 * 1024


@pytest.fixture
def large(tmp_path: Path) -> World:
    numbers = np.random.default_rng(0).random((ROWS, COLUMNS), np.float32)
    numbers[:, 0] = numbers[:, 1] > 0.5
    folder = tmp_path / "input/data/train"
    folder.mkdir(parents=True)
    np.save(folder / "part.npy", numbers)
    return World(tmp_path)


def train(world: World, external_memory: str) -> subprocess.CompletedProcess[str]:
    world.job({"num_round": "1", "max_depth": "3", "external_memory": external_memory})
    (world.base / "input/config/checkpointconfig.json").unlink()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (LIMIT_BYTES, LIMIT_BYTES))

    return subprocess.run(
        [PACKAGE / "bin/train"],
        env=world.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=limit,
    )


def test_data_that_memory_cannot_hold_is_read_anew_for_every_pass(large: World) -> None:
    whole = train(large, "never")
    assert whole.returncode == 2
    assert "not enough memory" in large.failure
    assert "\n" not in large.failure.strip()

    in_pieces = train(large, "auto")

    assert in_pieces.returncode == 0, in_pieces.stderr
    assert len(large.model) > 1_000


def test_a_limit_of_the_process_counts_as_memory() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    free = available_bytes()
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (2**33, hard))
        assert 0 < available_bytes() < min(free, 2**33)
        resource.setrlimit(resource.RLIMIT_DATA, (1, hard))
        assert available_bytes() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
