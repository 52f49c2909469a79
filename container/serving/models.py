"""Loads the model in a folder for serving."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from container.contract import model_files
from container.contract.errors import InputError
from container.formats.schema import Schema
from container.protocol import Floats, Rows
from container.serving.invocation import Served
from container.serving.predictions import inline_bytes


def open_model(folder: Path, where: str) -> Served:
    """Check and read a model; raises InputError that calls the folder `where`."""
    return load_model(folder, model_files.verify(folder, where))


def load_model(folder: Path, signature: Mapping[str, Any]) -> Served:
    """Read the model with the algorithm that its signature's hyperparameters describe."""
    # Not above: the algorithm's libraries take most of the start, and /ping answers meanwhile.
    from container.algorithm import create

    algorithm = create(signature["hyperparameters"])
    algorithm.load((folder / model_files.MODEL).read_bytes())
    found, expected = algorithm.signature()["feature_count"], signature["feature_count"]
    if found != expected:
        raise InputError(
            f"model/{model_files.SIGNATURE}: feature_count is {expected} but the model takes "
            f"{found}; provide the files of one training"
        )
    schema = Schema.of_numbers(found)
    quick = inline_bytes(_seconds_per_row(algorithm.predict, schema.width), schema.width)
    return Served(algorithm.predict, schema, signature, quick)


def _seconds_per_row(predict: Callable[[Rows], Floats], width: int) -> float:
    """The best of three, so that what a first prediction sets up is left out."""
    row = np.zeros((1, width), dtype=np.float32)
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        predict(row)
        best = min(best, time.perf_counter() - began)
    return best
