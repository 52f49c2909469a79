"""Fingerprint of a dataset, to recognise the data of an earlier run quickly.

The checksum is a sum over rows: those of several hosts add up, in whatever order rows come.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse
from numpy.typing import NDArray

from container.formats.dataset import Batch, Dataset
from container.protocol import Hosts

Hashes = NDArray[np.uint64]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_MODULUS = 2**64


def fingerprint(data: Dataset, hosts: Hosts) -> dict[str, Any]:
    """Return rows, columns, and a checksum of every value, of all hosts together; JSON."""
    own = sum(_checksum(batch) for batch in data.batches())
    counts, checksums = zip(*hosts.exchange([data.rows, own]), strict=True)
    total = sum(checksums) % _MODULUS
    return {"rows": sum(counts), "columns": data.schema.to_json(), "checksum": f"{total:016x}"}


def _checksum(batch: Batch) -> int:
    hashes = _mixed(_bits(batch.labels))
    for more in (batch.weights, batch.groups):
        if more is not None:
            hashes = _mixed(hashes + _bits(more))
    features = batch.features
    if scipy.sparse.issparse(features):
        hashes = hashes + _hashes_of_sparse_rows(features)
    else:
        for column in _columns(features):
            hashes = hashes * _FACTOR + _bits(column)
    return int(_mixed(hashes).sum(dtype=np.uint64))


def _columns(features: Any) -> Any:
    if isinstance(features, pa.Table):
        return (column.to_numpy() for column in features.columns)
    return features.T


def _hashes_of_sparse_rows(features: Any) -> Hashes:
    cells = _mixed(_bits(features.data) + features.indices.astype(np.uint64) * _FACTOR)
    ends = np.concatenate([np.zeros(1, np.uint64), np.cumsum(cells, dtype=np.uint64)])
    sums: Hashes = ends[features.indptr[1:]] - ends[features.indptr[:-1]]
    return sums


def _bits(values: NDArray[Any]) -> Hashes:
    return np.ascontiguousarray(values).view(np.uint32).astype(np.uint64)


def _mixed(hashes: Hashes) -> Hashes:
    product = hashes * _FACTOR
    return (product ^ (product >> _SHIFT)) * _FACTOR
