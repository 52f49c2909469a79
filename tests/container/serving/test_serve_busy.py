"""All workers are given more large work than they can do at once, of every costly kind."""

import concurrent.futures
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.container.support.request_bodies import JSON, LIBSVM, PARQUET, parquet
from tests.container.support.servers import serving
from tests.container.support.world import World

pytestmark = pytest.mark.acceptance

TWO_WORKERS = {"SAGEMAKER_MODEL_SERVER_WORKERS": "2"}
EXPLAIN = {"X-Amzn-SageMaker-Custom-Attributes": "explain=true"}


def lines(row: bytes, size: int) -> bytes:
    return b"\n".join([row] * (size // (len(row) + 1)))


LARGEST = 6 * 1024 * 1024
ROW = b",".join(b"%d.125" % i for i in range(30))
SMALL = np.random.default_rng(0).integers(0, 16, (30, 100_000)).astype(np.float32)
COLUMNS = {f"f{i}": column for i, column in enumerate(SMALL)}
WORK: dict[str, tuple[bytes, dict[str, str]]] = {
    "csv": (lines(ROW, LARGEST), {}),
    "csv, read slowly": (lines(b"+" + ROW, LARGEST // 4), {"Accept": JSON}),
    "csv of missing values": ((b"1" + b"," * 29 + b"\n") * 100_000, {"Accept": JSON}),
    "json": (
        b"[" + lines(b"[" + ROW + b"],", LARGEST - 200) + b"[" + ROW + b"]]",
        {"Accept": JSON},
    ),
    "libsvm": (lines(b" ".join(b"%d:1.5" % i for i in range(30)), LARGEST), {}),
    "parquet": (parquet(COLUMNS), {"Accept": JSON}),
    "explanations": (lines(ROW, 400_000), {"Accept": JSON, **EXPLAIN}),
}
TYPES = {"json": JSON, "libsvm": LIBSVM, "parquet": PARQUET}


@pytest.mark.parametrize("name", WORK)
def test_ping_is_answered_while_all_workers_have_large_work(
    trained: World, tmp_path: Path, name: str
) -> None:
    shutil.copytree(trained.base / "model", tmp_path / "model")
    body, more = WORK[name]
    headers = {"Content-Type": TYPES.get(name, "text/csv"), **more}
    with (
        serving(World(tmp_path), TWO_WORKERS) as server,
        concurrent.futures.ThreadPoolExecutor(6) as threads,
    ):
        busy = [threads.submit(server.ask, "POST", "/invocations", body, headers) for _ in range(6)]
        during = 0
        while not all(asked.done() for asked in busy):
            assert server.ask("GET", "/ping").status == 200
            during += 1

    assert {asked.result().status for asked in busy} == {200}
    assert during > 1
