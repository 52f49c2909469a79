from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix

from container.formats.batches import to_dense

NAN = float("nan")


@pytest.mark.parametrize(
    "rows",
    [
        np.array([[1.0, NAN], [0.0, 2.0]]),
        pa.table({"a": [1.0, 0.0], "b": pa.array([None, 2.0], pa.float32())}),
        csr_matrix((np.array([1.0, 0.0, 2.0]), ([0, 1, 1], [0, 0, 1])), shape=(2, 2)),
    ],
    ids=["array", "table", "sparse"],
)
def test_rows_of_every_kind_become_the_same_array(rows: Any) -> None:
    made = to_dense(rows)

    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, np.array([[1, NAN], [0, 2]], dtype=np.float32))
