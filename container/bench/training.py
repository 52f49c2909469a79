"""Training benchmark: a million rows of 30 features from CSV, beside XGBoost's own reader."""

import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from container.bench import data
from container.bench.processes import Command, Tree, running
from container.bench.servers import environment

ROWS, ROUNDS = 1_000_000, 20
_POLL_SECONDS = 0.02
# What the built-in does: XGBoost reads the text itself, into a DMatrix.
_CONVENTIONAL = """
import json, sys, xgboost as xgb
base = sys.argv[1]
given = json.load(open(f"{base}/input/config/hyperparameters.json"))
matrix = xgb.DMatrix(f"{base}/input/data/train?format=csv&label_column=0")
rounds = int(given.pop("num_round"))
booster = xgb.train(given, matrix, rounds, evals=[(matrix, "train")])
booster.save_model(f"{base}/model.ubj")
"""


@dataclass(frozen=True)
class TrainingResults:
    """Medians by server: seconds, and peak of resident memory in MiB."""

    seconds: dict[str, float]
    peak_mib: dict[str, float]


def measure(folder: Path, rounds: int) -> TrainingResults:
    """In turn, `rounds` times; the file lies in the page cache for both."""
    data.write_job(folder, ROWS, ROUNDS)
    around = {**environment(folder), "OMP_NUM_THREADS": "2"}
    commands = {
        "ours": Command([sys.executable, "-P", "-m", "container", "train"], around),
        "conventional": Command([sys.executable, "-c", _CONVENTIONAL, str(folder)], around),
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    peaks: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken, peak = _run(command)
            seconds[name].append(taken)
            peaks[name].append(peak)
    return TrainingResults(
        {name: statistics.median(values) for name, values in seconds.items()},
        {name: statistics.median(values) for name, values in peaks.items()},
    )


def _run(command: Command) -> tuple[float, float]:
    began = time.perf_counter()
    peak = 0.0
    with running(command) as process:
        tree = Tree(process.pid)
        while process.poll() is None:
            peak = max(peak, tree.peak_mib())
            time.sleep(_POLL_SECONDS)
        taken = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{command.words}: ended with {process.returncode}")
    return taken, peak
