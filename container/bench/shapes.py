"""`python -m container.bench.shapes`: shapes at the edges, beside bare XGBoost on the same data.

Time is that of the processors, of whole processes in turn, start included: what else runs on the
machine counts little. Bare XGBoost reads the file itself, trains or predicts, and writes.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from container.bench.servers import environment

MOST_TIMES = 2.0
# Why a line may cost more.
REASONS = {"serve, all missing": "bare XGBoost cannot read its text, and is given numbers"}
_ROUNDS = 10
# A request has at most 6 MiB and 100,000 rows, and comes so many times.
_REQUESTS = 10

# Rows, columns, and the label and the features of a row, in NumPy's words.
_MIXED = "generator.integers(0, 2, count), generator.normal(size=(count, width)).round(3)"
SHAPES: Mapping[str, tuple[int, int, str]] = {
    "ordinary": (20_000, 30, _MIXED),
    "one row": (1, 10, _MIXED),
    "one column": (300_000, 1, _MIXED),
    "20,000 columns": (100, 20_000, _MIXED),
    "a million rows": (1_000_000, 3, _MIXED),
    "one class": (20_000, 30, "np.zeros(count), generator.normal(size=(count, width)).round(3)"),
    "all missing": (20_000, 30, "generator.integers(0, 2, count), np.full((count, width), np.nan)"),
    "all constant": (20_000, 30, "generator.integers(0, 2, count), np.ones((count, width))"),
}
_WRITE = """
import sys, numpy as np
from pathlib import Path
base, count, width = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
generator = np.random.default_rng(1)
labels, features = {rows}
def text(row):
    return ",".join("" if value != value else f"{{value:g}}" for value in row)
lines = list(map(text, features.tolist()))
train = base / "input/data/train"
train.mkdir(parents=True)
(train / "part.csv").write_text("".join(
    f"{{label:g}},{{line}}\\n" for label, line in zip(labels.tolist(), lines)))
np.save(base / "labels.npy", labels)
np.save(base / "features.npy", features.astype(np.float32))
size, kept = 0, []
for line in lines[:100_000]:
    size += len(line) + 1
    if size > 6 * 1024 ** 2:
        break
    kept.append(line)
(base / "body.csv").write_text("".join(f"{{line}}\\n" for line in kept))
config = base / "input/config"
config.mkdir(parents=True)
(config / "hyperparameters.json").write_text(
    '{{"num_round": "{rounds}", "objective": "binary:logistic", "nthread": "1"}}')
"""
# Bare XGBoost looks for both; what they take to be imported is not what is measured.
_HIDDEN = """
import sys
sys.modules["sklearn"] = sys.modules["pandas"] = None
"""
_TRAIN = (
    _HIDDEN
    + """
import json, numpy as np, xgboost as xgb
base = sys.argv[1]
given = json.load(open(f"{base}/input/config/hyperparameters.json"))
try:
    matrix = xgb.DMatrix(f"{base}/input/data/train/part.csv?format=csv&label_column=0", nthread=1)
    assert matrix.num_col() > 0
except (AssertionError, xgb.core.XGBoostError):
    # It cannot read text of nothing but missing values.
    features, labels = np.load(f"{base}/features.npy"), np.load(f"{base}/labels.npy")
    matrix = xgb.DMatrix(features, labels, nthread=1)
booster = xgb.train(given, matrix, int(given.pop("num_round")), evals=[(matrix, "train")])
booster.save_model(f"{base}/bare.ubj")
"""
)
_SERVE = (
    _HIDDEN
    + """
import numpy as np, xgboost as xgb
base = sys.argv[1]
rows = sum(1 for line in open(f"{base}/body.csv"))
booster = xgb.Booster({"nthread": 1}, model_file=f"{base}/bare.ubj")
for _ in range(int(sys.argv[2])):
    try:
        matrix = xgb.DMatrix(f"{base}/body.csv?format=csv", nthread=1)
        assert matrix.num_row() == rows
    except (AssertionError, xgb.core.XGBoostError):
        matrix = xgb.DMatrix(np.load(f"{base}/features.npy")[:rows], nthread=1)
    scores = booster.predict(matrix, validate_features=False)
    "".join(f"{score}\\n" for score in scores.tolist()).encode()
"""
)
_SERVE_OURS = (
    _HIDDEN
    + """
from pathlib import Path
from container.serving.invocation import invoke
from container.serving.messages import Request
from container.serving.model_loading import open_model
from container.serving.settings import Settings
base = Path(sys.argv[1])
model = open_model(base / "model", "model")
for _ in range(int(sys.argv[2])):
    body = (base / "body.csv").read_bytes()
    headers = {b"content-type": b"text/csv"}
    assert invoke(model, Request(b"POST", b"/invocations", b"", headers, body), Settings()).rows
"""
)


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds of processors, and the peak of resident memory in MiB."""

    seconds: float
    mib: float


@dataclass(frozen=True)
class Line:
    """What one shape costs here and bare, in training or serving."""

    name: str
    ours: Cost
    bare: Cost

    @property
    def is_kept(self) -> bool:
        """Whether ours costs at most twice as much, of both, or there is a reason."""
        return max(self.times) <= MOST_TIMES or self.name in REASONS

    @property
    def times(self) -> tuple[float, float]:
        """How many times the seconds and the memory of bare XGBoost ours takes."""
        return self.ours.seconds / self.bare.seconds, self.ours.mib / self.bare.mib

    def __str__(self) -> str:
        ours, bare = self.ours, self.bare
        seconds, memory = self.times
        said = f"  {REASONS.get(self.name, '')}" if self.is_kept else "  missed"
        return (
            f"{self.name:26} {ours.seconds:7.2f} {bare.seconds:7.2f} {seconds:6.2f} x "
            f"{ours.mib:8.0f} {bare.mib:7.0f} {memory:6.2f} x{said}"
        )


def measure(name: str, rounds: int) -> list[Line]:
    """Train and serve one shape in turn, `rounds` times, here and bare."""
    count, width, rows = SHAPES[name]
    with tempfile.TemporaryDirectory() as folder:
        _run(["-c", _WRITE.format(rows=rows, rounds=_ROUNDS), folder, str(count), str(width)])
        around = environment(Path(folder))
        trained = _pairs(["-P", "-m", "container", "train"], ["-c", _TRAIN, folder], around, rounds)
        served = [folder, str(_REQUESTS)]
        asked = _pairs(["-P", "-c", _SERVE_OURS, *served], ["-c", _SERVE, *served], around, rounds)
    return [Line(f"train, {name}", *trained), Line(f"serve, {name}", *asked)]


def _pairs(
    ours: Sequence[str], bare: Sequence[str], around: Mapping[str, str], rounds: int
) -> tuple[Cost, Cost]:
    costs = [(_run(ours, around), _run(bare, around)) for _ in range(rounds)]
    first, second = zip(*costs, strict=True)
    return _median(first), _median(second)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.mib for cost in costs),
    )


def _run(words: Sequence[str], around: Mapping[str, str] | None = None) -> Cost:
    process = subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, **(around or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise RuntimeError(f"{words[:3]}: ended with {process.returncode}: {errors[-500:]!r}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> int:
    """Print a line for each shape; 1 when one costs more than twice as much."""
    parser = argparse.ArgumentParser(prog="python -m container.bench.shapes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=list(SHAPES))
    chosen = parser.parse_args()
    print(f"{'':26} {'CPU s':>7} {'bare':>7} {'':8} {'MiB':>8} {'bare':>7}")
    lines = []
    for name in [chosen.only] if chosen.only else SHAPES:
        for line in measure(name, chosen.rounds):
            print(line, flush=True)
            lines.append(line)
    return 0 if all(line.is_kept for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
