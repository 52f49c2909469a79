"""A folder of training files for one test, and what reading it gives."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from container.channel.reading import read_dataset
from container.contract.layout import Layout
from container.formats.dataset import Batch, Dataset, ReadOptions
from tests.container.support.world import PACKAGE, PROGRAMS
from tests.forking import Program

FOLDER = "input/data/train"


@dataclass
class Channel:
    """The train channel below `base`, still empty."""

    base: Path

    def put(self, name: str, content: bytes) -> "Channel":
        path = self.base / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return self

    def read(self, **options: Any) -> Dataset:
        """The channel, read with ReadOptions."""
        return read_dataset(Layout(self.base), self.base / FOLDER, ReadOptions(**options))

    def batch(self, **options: Any) -> Batch:
        """All rows, which must fit into memory."""
        (batch,) = self.read(**options).batches()
        return batch

    def rows(self, **options: Any) -> list[list[Any]]:
        """The features as lists, in which None is missing."""
        return listed(self.batch(**options))


def listed(batch: Batch) -> list[list[Any]]:
    """The features of a batch as lists, in which None is missing."""
    rows = batch.as_rows()
    if not isinstance(rows, np.ndarray):
        dense = np.full(rows.shape, np.nan, np.float32)
        for row, (start, end) in enumerate(zip(rows.indptr, rows.indptr[1:], strict=False)):
            dense[row, rows.indices[start:end]] = rows.data[start:end]
        rows = dense
    return [[None if value != value else value for value in row] for row in rows.tolist()]


# A process inherits the ru_maxrss of the one that started it; Linux has a peak that it does not.
_MEASURED = """
import resource, sys
from pathlib import Path
def status(name):
    text = Path("/proc/self/status").read_text()
    return int(text.partition(name + ":")[2].split()[0])
{setup}
if sys.platform == "linux":
    Path("/proc/self/clear_refs").write_text("5")
    before, peak = status("VmRSS"), lambda: status("VmHWM")
else:
    peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    before = peak()
{work}
print(peak() - before)
"""


def peak_bytes(setup: str, work: str) -> int:
    """By how much `work` raises the memory of a process of its own that has done `setup`."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(_MEASURED.format(setup=setup, work=work))
        script.flush()
        root = str(PACKAGE.parent)
        program = Program((script.name,), {**os.environ, "PYTHONPATH": root}, root)
        finished = PROGRAMS.run(program)
    assert finished.returncode == 0, finished.stderr
    return int(finished.stdout) * 1024
