"""Loads the model in a folder for serving."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from container.contract import model_files
from container.contract.errors import InputError
from container.formats.schema import Schema
from container.serving.invocation import Served


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
    return Served(algorithm.predict, Schema.of_numbers(found), signature)
