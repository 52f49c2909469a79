from collections import Counter

import pytest

from container.contract.http_errors import HTTPError
from tests.container.support.request_bodies import (
    LIBSVM,
    NAMED,
    NPY,
    PARQUET,
    RECORDIO,
    npy,
    parquet,
    read,
    record,
    refusal,
)


@pytest.mark.parametrize("content_type", [NPY, RECORDIO, LIBSVM])
def test_categories_in_formats_of_numbers_are_their_digits(content_type: str) -> None:
    bodies = {
        NPY: npy([[1, 5, 2], [1, 6, 2]], "<f4"),
        RECORDIO: record([1, 5, 2]) + record([1, 6, 2]),
        LIBSVM: b"0:1 1:5 2:2\n0:1 1:6 2:2",
    }
    unseen: Counter[str] = Counter()

    rows = read(bodies[content_type], content_type, NAMED, unseen=unseen)

    assert rows == [[1, 0, 2], [1, None, 2]]
    assert unseen == {"plan": 1}
    half = {NPY: npy([[1, 0.5, 2]]), RECORDIO: record([1, 0.5, 2]), LIBSVM: b"1:0.5"}
    assert "plan must hold categories" in refusal(half[content_type], content_type, NAMED).message


@pytest.mark.parametrize("content_type", [NPY, PARQUET, RECORDIO])
def test_the_built_in_accepts_rows_that_lack_the_last_columns(content_type: str) -> None:
    bodies = {NPY: npy([[1, 2]]), PARQUET: parquet({"a": [1], "b": [2]}), RECORDIO: record([1, 2])}

    assert read(bodies[content_type], content_type, lenient=True) == [[1, 2, None]]
    with pytest.raises(HTTPError):
        read(bodies[content_type], content_type)
