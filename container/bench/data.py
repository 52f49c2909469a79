"""Models and rows of the benchmark: 200 trees of depth 6 on 30 features, and on two."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

FEATURES = 30
# About as many as fit into the largest body of a batch transform job, with four decimals.
NARROW_FEATURES, NARROW_ROWS = 2, 400_000
_LARGEST_BYTES = 6 * 1024 * 1024
_SEED = 20_261_125


def rows(count: int, seed: int = _SEED, features: int = FEATURES) -> np.ndarray:
    """Label first; the label follows from two or three of the features and some noise."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(count, features))
    noise = generator.normal(size=count)
    label = values[:, 0] + values[:, 1] * values[:, min(2, features - 1)] + noise > 0
    return np.column_stack([label, values])


def write_csv(path: Path, table: np.ndarray) -> None:
    """Six decimals, label as a digit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for row in table.tolist():
            file.write(f"{int(row[0])}," + ",".join(f"{value:.6f}" for value in row[1:]) + "\n")


def write_job(base: Path, count: int, rounds: int, features: int = FEATURES) -> None:
    """A training job below `base`."""
    write_csv(base / "input/data/train/rows.csv", rows(count, features=features))
    hyperparameters = {
        "num_round": str(rounds),
        "max_depth": "6",
        "objective": "binary:logistic",
        "tree_method": "hist",
        "eval_metric": "logloss",
    }
    channels = {"train": {"ContentType": "text/csv", "TrainingInputMode": "File"}}
    folder = base / "input/config"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hyperparameters.json").write_text(json.dumps(hyperparameters))
    (folder / "inputdataconfig.json").write_text(json.dumps(channels))


def write_requests(folder: Path) -> dict[int, Path]:
    """Bodies of 1, 100 and 10,000 rows without labels, and of NARROW_ROWS with fewer features."""
    table = rows(10_000, seed=7)
    paths = {count: folder / f"{count}.csv" for count in (1, 100, 10_000, NARROW_ROWS)}
    for count in (1, 100, 10_000):
        lines = (",".join(f"{value:.6f}" for value in row[1:]) for row in table[:count].tolist())
        paths[count].write_text("\n".join(lines))
    narrow = rows(NARROW_ROWS, seed=7, features=NARROW_FEATURES)[:, 1:]
    text = "\n".join(",".join(f"{value:.4f}" for value in row) for row in narrow.tolist())
    if len(text) > _LARGEST_BYTES:
        raise ValueError(f"{len(text)} bytes are too large for one request")
    paths[NARROW_ROWS].write_text(text)
    return paths


def train_model(base: Path, environment: dict[str, str], features: int = FEATURES) -> None:
    """The model that is served."""
    write_job(base, 100_000, 200, features)
    words = [sys.executable, "-P", "-m", "container", "train"]
    subprocess.run(words, env=environment, check=True, capture_output=True)
