import pytest

from container.formats.media import request_type
from container.formats.recordio import MAGIC, write_frame
from container.formats.schema import Schema
from container.request.request_body import read_rows
from tests.container.support.request_bodies import (
    RECORDIO,
    read,
    record,
    refusal,
)


@pytest.mark.parametrize("kind", ["float32_tensor", "float64_tensor", "int32_tensor"])
def test_dense_records_are_rows_and_their_labels_are_not_looked_at(kind: str) -> None:
    values = [[1, 2, -3], [4, 5, 6]]

    assert read(b"".join(record(row, kind=kind) for row in values), RECORDIO) == values


def test_sparse_records_stay_sparse() -> None:
    body = record([5, 1.5], [2, 0], [3]) + record([], [], [3]) + record([7], [1])

    rows = read_rows(body, request_type(RECORDIO), Schema.of_numbers(3))

    assert rows.indices.tolist() == [0, 2, 1]
    assert rows.data.tolist() == [1.5, 5, 7]
    assert rows.indptr.tolist() == [0, 2, 2, 3]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"nonsense", "record 1 does not begin like a RecordIO frame"),
        (MAGIC, "record 1 does not begin like a RecordIO frame"),
        (MAGIC + b"\xff\xff\xff\xff", "record 1 is longer than what was sent"),
        (MAGIC + b"\xff\xff\xff\x1f" + b"x" * 50, "record 1 is longer than what was sent"),
        (record([1, 2, 3]) + MAGIC, "record 2 does not begin"),
        (record([1, 2, 3])[:-4], "record 1 is longer than what was sent"),
        (write_frame(b"\xff\xff"), "record 1 is not a protobuf record"),
        (write_frame(b""), 'record 1 has no features["values"]'),
        (record([1, 2]), "record 1 has 2 features; this model takes 3"),
        (record([1, 2, 3]) + record([1, 2, 3, 4]), "record 2 has 4 features"),
        (record([1, 2, float("inf")]), "record 1, feature 3 is too large"),
        (record([1, 2, 1e300], kind="float64_tensor"), "record 1, feature 3 is too large"),
        (record([]), "record 1 has no numbers"),
        (record([1], [3]), "record 1 has a key beyond the 3 features"),
        (record([1], [2**63]), "record 1 has a key beyond"),
        (record([1, 1], [0, 0]), "record 1 has a key twice"),
        (record([1, 1], [0]), "record 1 has another number of keys"),
        (record([1], [0], [10**12]), "record 1 has 1000000000000 features"),
        (record([1, 2, 3], [], [1, 3]), "several dimensions"),
        (record([1, 2, 3], [], [4]), "a shape and another number of values"),
        (record([1], [0]) + record([1, 2, 3]), "record 2 has no keys but those before have"),
        (record([1, 2, 3]) + record([1], [0]), "record 2 has keys but those before have not"),
        (record([1] * 200_000), "record 1 is too long for 3 features"),
    ],
)
def test_bad_records_are_400_and_numbered(body: bytes, complaint: str) -> None:
    refused = refusal(body, RECORDIO)

    assert refused.status == 400
    assert complaint in refused.message
