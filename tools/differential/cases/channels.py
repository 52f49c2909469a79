"""Cases of training data, of channels.toml: the rows that are learned from, or an error."""

import json
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from container.channel.reading import read_dataset
from container.contract.errors import InputError
from container.contract.job import read_channels
from container.contract.layout import Layout
from container.formats.dataset import Batch, ReadOptions
from tools.differential.case import Answer, Case

TABLE = Path(__file__).with_suffix(".toml")
_SOURCE = "its public source, run with XGBoost 3.2.0"


def cases() -> Iterator[Case]:
    """Return a case for each channel and each description of channels."""
    for group, document in tomllib.loads(TABLE.read_text(encoding="utf-8")).items():
        for row in document.pop("cases"):
            made = _described if group == "channels" else _read
            yield made(group, {**document, **row})


def _read(group: str, row: Mapping[str, Any]) -> Case:
    expected: Answer = {"accepted": False}
    if "rows" in row:
        rows = [[float(value) for value in one] for one in row["rows"]]
        expected = {"accepted": True, "rows": rows, "weights": row.get("weights")}

    def here(environment: Mapping[str, str]) -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            layout = Layout(Path(folder))
            channel = layout.channels / "train"
            channel.mkdir(parents=True)
            for name, text in row["files"].items():
                (channel / name).parent.mkdir(parents=True, exist_ok=True)
                (channel / name).write_bytes(text.encode())
            options = ReadOptions(row["content_type"], weighted=row.get("weighted", False))
            try:
                return _rows(next(read_dataset(layout, channel, options).batches()))
            except InputError:
                return {"accepted": False}

    shown = f"{row['files']!r:.60} as {row['content_type'] or 'no type'}"
    return Case(f"channels/{group}/{row['name']}", shown, _SOURCE, lambda: expected, here)


def _rows(batch: Batch) -> Answer:
    features = batch.as_rows()
    if not isinstance(features, np.ndarray):
        dense = np.full(features.shape, np.nan)
        for place in range(features.shape[0]):
            part = slice(features.indptr[place], features.indptr[place + 1])
            dense[place, features.indices[part]] = features.data[part]
        features = dense
    rows = np.column_stack([batch.labels, features]).astype(float).tolist()
    weights = None if batch.weights is None else batch.weights.tolist()
    return {"accepted": True, "rows": rows, "weights": weights}


def _described(group: str, row: Mapping[str, Any]) -> Case:
    def here(environment: Mapping[str, str]) -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            layout = Layout(Path(folder))
            layout.configuration.mkdir(parents=True)
            document = json.dumps(row["described"])
            (layout.configuration / "inputdataconfig.json").write_text(document)
            try:
                read_channels(layout)
            except InputError:
                return {"accepted": False}
            return {"accepted": True}

    shown = json.dumps(row["described"])
    expected = {"accepted": row["accepted"]}
    return Case(f"channels/{group}/{row['name']}", shown, _SOURCE, lambda: expected, here)
