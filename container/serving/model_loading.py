"""Loading of the model in a folder: one of this container, or one that the built-in trained."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from container.contract import model_files
from container.contract.errors import InputError
from container.formats.schema import Schema
from container.protocol import Algorithm, Floats, Rows
from container.serving.loaded_model import LoadedModel, combine_models, inline_rows

# Of a prediction that is timed.
_TIMED_ROWS, _TIMED_NUMBERS = 64, 1_000_000


def open_model(
    folder: Path, where: str, *, combines: bool = True, registered: str | None = None
) -> LoadedModel:
    """Check and load a model; raises InputError that names the folder `where`.

    Of several, the models of a cross-validation, all predict as an ensemble, or the first if not
    `combines`. With `registered`, the signature's digest, no other model is loaded.
    """
    if registered is not None:
        model_files.require_registered(folder, where, registered)
    if (folder / model_files.SIGNATURE).is_file():
        return load_model(folder, model_files.verify(folder, where), where, combines=combines)
    files = model_files.unsigned_models(folder, where)
    models = _read_all(files if combines else files[:1], None, where)
    return _loaded_model(models, models[0].signature(), where)


def load_model(
    folder: Path, signature: Mapping[str, Any], where: str, *, combines: bool = True
) -> LoadedModel:
    """Read a verified model with the algorithm that its signature's hyperparameters describe."""
    names = model_files.names(signature)
    files = [folder / name for name in (names if combines else names[:1])]
    return _loaded_model(_read_all(files, signature["hyperparameters"], where), signature, where)


def _read_all(
    files: Sequence[Path], hyperparameters: Mapping[str, str] | None, where: str
) -> list[Algorithm]:
    # Imported late: these libraries are most of the start-up time, and /ping responds meanwhile.
    from container.algorithm import OF_UNKNOWN_MODELS, create

    models = []
    for file in files:
        algorithm = create(OF_UNKNOWN_MODELS if hyperparameters is None else hyperparameters)
        try:
            algorithm.load(file.read_bytes())
        except InputError as error:
            raise InputError(f"{where}/{file.name}: {error}") from error
        models.append(algorithm)
    return models


def _loaded_model(
    models: Sequence[Algorithm], signature: Mapping[str, Any], where: str
) -> LoadedModel:
    try:
        schema = Schema.of_signature(signature)
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{where}/{model_files.SIGNATURE}: features must be a list of objects with a name, "
            f"and label, if any, an object with one ({error}); provide the files of one training"
        ) from error
    for model in models:
        found = len(model.signature()["features"])
        if found != schema.width:
            raise InputError(
                f"{where}/{model_files.SIGNATURE}: has {schema.width} features but the model "
                f"takes {found}; provide the files of one training"
            )
    predict, explain = combine_models(models, str(signature["objective"]))
    loaded = LoadedModel(predict, explain, schema, signature)
    many = max(min(_TIMED_ROWS, _TIMED_NUMBERS // max(schema.width, 1)), 1)
    one_seconds, many_seconds = (_seconds(predict, rows, schema.width) for rows in (1, many))
    return replace(loaded, inline_rows=inline_rows(one_seconds, many_seconds, many))


def _seconds(predict: Callable[[Rows], Floats], count: int, width: int) -> float:
    """Return the best of three, so that what a first prediction sets up is left out.

    It is time of the processor, of all threads: a busy machine makes no model slow.
    """
    # Of rows that differ: a processor learns the way of equal ones through the trees.
    rows = np.random.default_rng(0).standard_normal((count, width), np.float32)
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        predict(rows)
        best = min(best, time.process_time() - began)
    return best
