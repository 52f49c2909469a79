from typing import Any

import pytest

from container.contract.errors import InputError
from container.formats.record_message import record_class
from container.formats.recordio import write_frame
from tests.container.support.channel_files import Channel, listed


def record(label: float | None, values: list[float], **parts: Any) -> bytes:
    made = record_class()()
    tensor = getattr(made.features["values"], parts.get("kind", "float32_tensor"))
    tensor.values.extend(values)
    tensor.keys.extend(parts.get("keys", []))
    tensor.shape.extend(parts.get("shape", []))
    if label is not None:
        made.label["values"].float32_tensor.values.append(label)
    if "weight" in parts:
        made.label["weights"].float32_tensor.values.append(parts["weight"])
    return write_frame(made.SerializeToString())


@pytest.mark.parametrize("kind", ["float32_tensor", "float64_tensor", "int32_tensor"])
def test_dense_records_of_every_number_type_are_rows(channel: Channel, kind: str) -> None:
    channel.put("part", record(1, [2, 3], kind=kind) + record(0, [4, 0], kind=kind))

    batch = channel.batch()

    assert batch.labels.tolist() == [1, 0]
    assert listed(batch) == [[2, 3], [4, 0]]


def test_sparse_records_stay_sparse_and_take_their_width_from_the_shape(channel: Channel) -> None:
    channel.put("a", record(1, [5, 2], keys=[2, 0]) + record(0, [], shape=[4]))
    channel.put("b", record(1, [7], keys=[1]))

    data = channel.read()

    assert data.schema.width == 4
    batch = next(data.batches())
    assert batch.features.nnz == 3
    assert listed(batch) == [[2, None, 5, None], [None] * 4, [None, 7, None, None]]


def test_a_record_may_have_a_weight(channel: Channel) -> None:
    batch = channel.put("a", record(1, [1], weight=0.5) + record(0, [2], weight=3)).batch()

    assert batch.weights is not None
    assert batch.weights.tolist() == [0.5, 3]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (record(1, [1, 2]) + record(None, [1, 2]), 'record 2 has no label["values"]'),
        (record(1, [1, 2]) + record(1, [1]), "record 2 has 1 features where 2 are expected"),
        (record(1, [1, 2]) + record(1, [1], keys=[0]), "record 2 is not dense as the first"),
        (record(1, [1], keys=[0]) + record(1, [1, 2]), "record 2 is not sparse as the first"),
        (record(1, [1], keys=[10**6]), "record 1 has 1000001 features where 1000000 are the most"),
        (record(1, [1], shape=[10**12], keys=[0]), "record 1 has 1000000000000 features"),
        (record(float("nan"), [1]), "record 1: the label is nan"),
        (record(1, [float("inf")]), "record 1 has a number that is too large"),
        (record(1, [1], weight=1) + record(1, [1]), "only some records up to 2 have a weight"),
        (record(1, [1]) + b"xx", "record 2 does not begin like a RecordIO frame"),
        (record(1, [1]) + record(1, [1])[:-4], "record 2 is longer than what was sent"),
        (record(1, [1]) + write_frame(b"\xff"), "record 2 is not a protobuf record"),
    ],
)
def test_wrong_records_are_refused_by_their_number(
    channel: Channel, content: bytes, complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        channel.put("part", content).read(content_type="recordio-protobuf")

    assert str(caught.value).startswith("input/data/train/part: ")
    assert complaint in str(caught.value)
