"""Model and rows of the benchmark: 200 trees of depth 6 on 30 features."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

FEATURES = 30
_SEED = 20_261_125


def rows(count: int, seed: int = _SEED) -> np.ndarray:
    """Label first; the label follows from three of the features and some noise."""
    generator = np.random.default_rng(seed)
    features = generator.normal(size=(count, FEATURES))
    noise = generator.normal(size=count)
    label = features[:, 0] + features[:, 1] * features[:, 2] + noise > 0
    return np.column_stack([label, features])


def write_csv(path: Path, table: np.ndarray) -> None:
    """Six decimals, label as a digit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for row in table.tolist():
            file.write(f"{int(row[0])}," + ",".join(f"{value:.6f}" for value in row[1:]) + "\n")


def write_job(base: Path, count: int, rounds: int) -> None:
    """A training job below `base`."""
    write_csv(base / "input/data/train/rows.csv", rows(count))
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
    """Bodies of 1, 100 and 10,000 rows without labels."""
    table = rows(10_000, seed=7)
    paths = {count: folder / f"{count}.csv" for count in (1, 100, 10_000)}
    for count, path in paths.items():
        lines = (",".join(f"{value:.6f}" for value in row[1:]) for row in table[:count].tolist())
        path.write_text("\n".join(lines))
    return paths


def train_model(base: Path, environment: dict[str, str]) -> None:
    """The model that is served."""
    write_job(base, 100_000, 200)
    words = [sys.executable, "-P", "-m", "container", "train"]
    subprocess.run(words, env=environment, check=True, capture_output=True)
