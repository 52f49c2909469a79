"""Records of a RecordIO channel: what each must be beside the first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from container.channel import recordio_channel
from container.channel.data_files import DataFile
from container.channel.recordio_channel import RecordioChannel
from container.contract.errors import InputError
from container.formats.record_message import record_class
from container.formats.recordio import write_frame
from container.formats.schema import Schema
from tests.container.support.channel_files import listed


def record(
    values: Sequence[float],
    keys: Sequence[int] = (),
    shape: Sequence[int] = (),
    label: Sequence[float] = (1,),
    weight: Sequence[float] = (),
) -> bytes:
    made = record_class()()
    tensor = made.features["values"].float64_tensor
    tensor.values.extend(values)
    tensor.keys.extend(keys)
    tensor.shape.extend(shape)
    for name, numbers in (("values", label), ("weights", weight)):
        if numbers:
            made.label[name].float64_tensor.values.extend(numbers)
    return write_frame(made.SerializeToString())


def channel(base: Path, *contents: bytes, expected: int | None = None) -> RecordioChannel:
    files = []
    for number, content in enumerate(contents):
        (base / str(number)).write_bytes(content)
        files.append(DataFile(base / str(number), f"file {number}"))
    return RecordioChannel(files, None if expected is None else Schema.of_numbers(expected))


def rows(reader: RecordioChannel) -> list[list[Any]]:
    return [row for batch in reader.whole(()) for row in listed(batch)]


def test_dense_records_have_as_many_features_as_the_first(tmp_path: Path) -> None:
    reader = channel(tmp_path, record([1, 2]) + record([3, 4]), record([5, 6]))

    assert reader.names == ["f0", "f1"]
    assert rows(reader) == [[1, 2], [3, 4], [5, 6]]
    assert reader.memory() == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_sparse_records_have_features_by_their_keys(tmp_path: Path) -> None:
    reader = channel(tmp_path, record([1, 2], [3, 0]) + record([], [], [2]) + record([4], [1], [6]))

    assert reader.names is None
    (batch,) = reader.whole(())
    assert batch.features.shape == (3, 6)
    assert batch.features.indices.tolist() == [0, 3, 1]
    assert batch.features.indptr.tolist() == [0, 2, 2, 3]
    assert batch.weights is None


def test_labels_and_weights_are_numbers_of_each_record(tmp_path: Path) -> None:
    reader = channel(tmp_path, record([1], label=[5], weight=[2]) + record([1], weight=[0.5]))

    (batch,) = reader.whole(())

    assert batch.labels.tolist() == [5, 1]
    assert batch.weights is not None
    assert batch.weights.tolist() == [2, 0.5]


def test_records_come_in_pieces_that_memory_bears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordio_channel, "_CHUNK_NUMBERS", 4)
    reader = channel(tmp_path, record([1]) * 5)

    assert [batch.rows for batch in reader.pieces(())] == [3, 2]


FIRST_TOO_LARGE = 2.0**128 - 2.0**103
GOOD, SPARSE = record([1, 2]), record([1, 2], [0, 1])


@pytest.mark.parametrize(
    ("content", "expected", "complaint"),
    [
        (b"", None, "has no records; remove it"),
        (b"x" * 20, None, "record 1 does not begin like a RecordIO frame"),
        (GOOD + GOOD[:-4], None, "record 2 is longer than what was sent"),
        (GOOD + record([1, 2], label=[]), None, 'record 2 has no label["values"]; give every'),
        (GOOD + record([1, 2], label=[float("nan")]), None, "record 2: the label is nan"),
        (GOOD + record([1, 2], label=[FIRST_TOO_LARGE]), None, "record 2: the label is 3.40"),
        (GOOD + record([1, 2], label=[-FIRST_TOO_LARGE]), None, "record 2: the label is -3.40"),
        (GOOD + record([1, 2], weight=[float("inf")]), None, "record 2: the weight is inf"),
        (GOOD + SPARSE, None, "record 2 is not dense as the first record is; use one form"),
        (SPARSE + GOOD, None, "record 2 is not sparse as the first record is; use one form"),
        (GOOD + record([1]), None, "record 2 has 1 features where 2 are expected"),
        (GOOD + record([1, 2, 3]), None, "record 2 has 3 features where 2 are expected"),
        (SPARSE, 1, "record 1 has 2 features where 1 are the most"),
        (record([1], [0], [3]), 2, "record 1 has 3 features where 2 are the most"),
        (record([1], [1_000_000]), None, "record 1 has 1000001 features where 1000000 are"),
        (GOOD + record([1, FIRST_TOO_LARGE]), None, "record 2 has a number that is too large"),
        (GOOD + record([1, -FIRST_TOO_LARGE]), None, "record 2 has a number that is too large"),
        (GOOD + record([1, 2], weight=[1]), None, "only some records up to 2 have a weight; give"),
    ],
)
def test_a_record_that_is_unlike_the_others_is_named(
    tmp_path: Path, content: bytes, expected: int | None, complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        rows(channel(tmp_path, content, expected=expected))
    assert str(caught.value).startswith(f"file 0: {complaint}")


@pytest.mark.parametrize(
    "content", [SPARSE, record([1], [0], [2]), record([1], [999_999]), record([np.pi], [0])]
)
def test_a_record_as_wide_as_it_may_be_is_read(tmp_path: Path, content: bytes) -> None:
    wide = content == record([1], [999_999])

    assert len(rows(channel(tmp_path, content, expected=None if wide else 2))) == 1
