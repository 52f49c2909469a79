from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from tests.container.support.channel_files import Channel
from tests.container.support.servers import SERVE, Server, serving
from tests.container.support.world import Rows, World, simple_rows, write_csv


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A training job that works: two classes, three features, five rounds."""
    made = World(tmp_path)
    made.channel("train", simple_rows())
    made.channel("validation", simple_rows(30, seed=1))
    made.job({"num_round": "5", "objective": "binary:logistic"})
    return made


@pytest.fixture(scope="session")
def cancer_rows() -> Rows:
    """569 real rows, label first, shuffled once and for all."""
    features, labels = load_breast_cancer(return_X_y=True)
    rows: Rows = np.column_stack([labels, features])
    return rows[np.random.default_rng(11).permutation(len(rows))]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, cancer_rows: Rows) -> World:
    """A finished, untuned training on 400 of the real rows; the rest is held out."""
    made = World(tmp_path_factory.mktemp("trained"))
    made.channel("train", cancer_rows[:400])
    made.channel("validation", cancer_rows[400:480])
    made.job({"num_round": "30", "objective": "binary:logistic", "eval_metric": "logloss,auc"})
    write_csv(made.base / "processing/test/part.csv", cancer_rows[480:])
    finished = made.run("train")
    assert finished.returncode == 0, finished.stderr
    return made


@pytest.fixture(scope="session")
def server(trained: World) -> Iterator[Server]:
    """The trained model behind HTTP, shared by all tests that only ask."""
    with serving(trained, program=SERVE) as running:
        yield running


@pytest.fixture(scope="session")
def row(cancer_rows: Rows) -> list[float]:
    """The features of one row that the model has never seen."""
    features: list[float] = cancer_rows[500, 1:].tolist()
    return features


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    """An empty train channel."""
    return Channel(tmp_path)
