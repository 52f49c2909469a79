"""Training benchmark: a million rows of 30 features from CSV, beside XGBoost's own reader."""

import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from container.bench import data
from container.bench.machine import Repetition, watched
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
    """All rounds by server: seconds, peak of resident memory in MiB, and cores of others."""

    seconds: dict[str, list[float]]
    peak_mib: dict[str, list[float]]
    others: list[float]


@dataclass(frozen=True)
class _Training:
    seconds: float
    peak_mib: float
    others: float


def measure(folder: Path, rounds: int, repetition: Repetition) -> TrainingResults:
    """In turn, `rounds` times, each first in its turn; the file lies in the page cache for both."""
    data.write_job(folder, ROWS, ROUNDS)
    around = {**environment(folder), "OMP_NUM_THREADS": "2"}
    commands = {
        "ours": Command([sys.executable, "-P", "-m", "container", "train"], around),
        "conventional": Command([sys.executable, "-c", _CONVENTIONAL, str(folder)], around),
    }
    found = TrainingResults({name: [] for name in commands}, {name: [] for name in commands}, [])
    for number in range(rounds):
        names = list(commands)
        for name in names if number % 2 else reversed(names):
            taken = repetition.quietest(partial(_run, commands[name]))
            found.seconds[name].append(taken.seconds)
            found.peak_mib[name].append(taken.peak_mib)
            found.others.append(taken.others)
    return found


def _run(command: Command) -> _Training:
    peak = 0.0
    # Its time is that of a child, which has ended by then.
    with watched(lambda: 0.0) as others:
        began = time.perf_counter()
        with running(command) as process:
            tree = Tree(process.pid)
            while process.poll() is None:
                peak = max(peak, tree.peak_mib())
                time.sleep(_POLL_SECONDS)
            taken = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{command.words}: ended with {process.returncode}")
    return _Training(taken, peak, others.cores)
