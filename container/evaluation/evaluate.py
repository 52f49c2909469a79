"""`evaluate`: judges a candidate, and the champion if there is one, on the same held-out rows."""

import json
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.algorithm import create
from container.contract import model_files, program
from container.contract.errors import AlgorithmError, ExitCode, InputError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.contract.whole_files import write_whole
from container.evaluation.quality import statistics
from container.formats.dataset import Dataset, read_dataset
from container.protocol import Algorithm


@dataclass(frozen=True)
class _Contestant:
    """A model that was unpacked and loaded, with its signature."""

    algorithm: Algorithm
    signature: Mapping[str, Any]


def main(layout: Layout) -> int:
    """Evaluate once; the answer is the exit code, and `output/message` says why it is not 0."""
    with program.ended_by_sigterm("evaluate", layout.message):
        return program.run("evaluate", lambda: _evaluate(layout), reason=layout.message)


def _evaluate(layout: Layout) -> ExitCode:
    candidate = _load(layout.processing / "model" / "model.tar.gz", "processing/model/model.tar.gz")
    weighted = candidate.signature["hyperparameters"].get("csv_weights") == "1"
    data = read_dataset(layout, layout.processing / "test", weighted=weighted)
    names: list[str] = candidate.signature["evaluation_metrics"]
    report = {"rows": data.rows, "metrics": _judge(candidate, data, names)}
    report |= _judge_champion(layout, candidate, data)
    scores = candidate.algorithm.predict(_rows(data))
    folder = layout.processing / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "evaluation.json", report)
    _write(folder / "statistics.json", statistics(candidate.signature, data.labels, scores))
    log_event("evaluated", report)
    return ExitCode.DONE


def _judge_champion(layout: Layout, candidate: _Contestant, data: Dataset) -> dict[str, object]:
    """Its metrics, or why there are none: a broken champion must not keep a good candidate out."""
    where = "processing/champion/model.tar.gz"
    archive = layout.base / where
    if not archive.exists():
        return {}
    try:
        champion = _load(archive, where)
        for key in ("task", "classes"):
            ours, theirs = candidate.signature.get(key), champion.signature.get(key)
            if ours != theirs:
                raise InputError(f"{where}: its {key} is {theirs} but the candidate's is {ours}")
        names = candidate.signature["evaluation_metrics"]
        return {"champion_metrics": _judge(champion, data, names)}
    except (InputError, AlgorithmError) as error:
        return {"champion_error": str(error)}
    except Exception as error:
        traceback.print_exc()
        return {"champion_error": f"{type(error).__name__}: {error}"}


def _load(archive: Path, where: str) -> _Contestant:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model_files.unpack(archive, folder, where)
        signature = model_files.verify(folder, where)
        algorithm = create(signature["hyperparameters"])
        algorithm.load((folder / model_files.MODEL).read_bytes())
    return _Contestant(algorithm, signature)


def _judge(contestant: _Contestant, data: Dataset, names: Sequence[str]) -> dict[str, float]:
    expected = contestant.signature["feature_count"]
    if data.schema.width != expected:
        raise InputError(
            f"processing/test: has {data.schema.width} features; the model takes {expected}; "
            "use rows made like the training data"
        )
    return contestant.algorithm.evaluate(data, names)


def _rows(data: Dataset) -> NDArray[np.float32]:
    (batch,) = data.batches()
    columns = [column.to_numpy() for column in batch.features.columns]
    return np.ascontiguousarray(np.column_stack(columns), dtype=np.float32)


def _write(path: Path, document: Mapping[str, object]) -> None:
    write_whole(path, json.dumps(document, indent=2).encode() + b"\n")
