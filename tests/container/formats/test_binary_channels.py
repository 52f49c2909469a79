import io
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from container.contract.errors import InputError
from container.formats.record_message import record_class
from container.formats.recordio import write_frame
from tests.container.formats.channel import Channel, listed
from tests.container.formats.requests import npy, parquet


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


def test_parquet_keeps_its_names_and_may_hold_texts(channel: Channel) -> None:
    plan = ["red", None, "gold"]
    content = parquet(
        {"y": [1, 0, 1], "age": [1.5, None, 3], "plan": plan, "old": [True, False, None]}
    )

    data = channel.put("part", content).read(categorical=["plan"])

    assert data.schema.given_names == ["age", "plan", "old"]
    assert data.schema.features[1].categories == ("gold", "red")
    assert listed(next(data.batches())) == [[1.5, 1, 1], [None, None, 0], [3, 0, None]]


@pytest.mark.parametrize("kind", [pa.dictionary(pa.int8(), pa.string()), pa.large_string()])
def test_other_kinds_of_text_are_categories_too(channel: Channel, kind: Any) -> None:
    column = pa.array(["b", "a"]).cast(kind)

    assert channel.put("part", parquet({"y": [1, 0], "x": column})).rows(categorical=["x"]) == [
        [1],
        [0],
    ]


def test_whole_numbers_with_gaps_are_categories_without_decimals(channel: Channel) -> None:
    channel.put("part", parquet({"y": [1, 0, 1], "x": [3.0, None, 12.0]}))

    data = channel.read(categorical=["x"])

    assert data.schema.features[0].categories == ("12", "3")


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"y": [1], "x": ["a"]}, "column x holds string instead of numbers; encode text"),
        ({"y": ["1"], "x": [1]}, "column y holds string instead of numbers"),
        ({"y": [1], "x": [[1]]}, "column x holds list"),
        ({"y": [1], "x": pa.array([1], pa.timestamp("s"))}, "column x holds timestamp"),
        ({"y": [1], "x": [1e39]}, "column x is infinite as a 32-bit number in row 1"),
        ({"y": [1, None], "x": [1, 2]}, "row 2: the label (y) is missing"),
        ({"y": [1]}, "has 1 column(s); it needs a label"),
    ],
)
@pytest.mark.parametrize("memory", [None, 0])
def test_parquet_that_cannot_be_learned_from_names_the_column(
    channel: Channel, columns: dict[str, Any], complaint: str, memory: int | None
) -> None:
    with pytest.raises(InputError) as caught:
        channel.put("part", parquet(columns)).read(memory=memory)

    assert str(caught.value).startswith("input/data/train/part: ")
    assert complaint in str(caught.value)


def test_parquet_files_with_other_columns_are_refused(channel: Channel) -> None:
    channel.put("a", parquet({"y": [1], "x": [1]})).put("b", parquet({"y": [1], "z": [1]}))

    with pytest.raises(
        InputError, match=r"train/b: has other columns than .*a \(has z and lacks x"
    ):
        channel.read()


def test_parquet_whose_names_are_no_text_is_refused(channel: Channel) -> None:
    named = parquet({"y": [1, 0], "salary": [1, 2]}, store_schema=False)
    channel.put("part", named.replace(b"salary", b"\x90alary"))

    with pytest.raises(InputError, match="part: not readable as Parquet: 'utf-8' codec"):
        channel.read()


def test_parquet_without_rows_is_no_data(channel: Channel) -> None:
    empty = parquet({"y": pa.array([], pa.int64()), "x": pa.array([], pa.int64())})

    with pytest.raises(InputError, match="no data"):
        channel.put("part", empty).read()


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", "<i8", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("memory", [None, 0])
def test_npy_of_every_number_type_and_order_is_rows(
    channel: Channel, kind: str, order: str, memory: int | None
) -> None:
    channel.put("part", npy([[1, 0, 1], [0, 1, 0]], kind, order))

    data = channel.read(memory=memory)

    assert data.labels.tolist() == [1, 0]
    assert [row for batch in data.batches() for row in listed(batch)] == [[0, 1], [1, 0]]


def test_npy_of_32_bit_floats_stays_in_its_file(channel: Channel) -> None:
    batch = channel.put("part.npy", npy([[1, 2], [0, np.nan]], "<f4")).batch()

    assert isinstance(batch.features.base, np.memmap)
    assert listed(batch) == [[2], [None]]


def test_categories_in_a_mapped_file_are_coded_in_a_copy(channel: Channel) -> None:
    content = npy([[1, 7], [0, 9]], "<f4")

    assert channel.put("part.npy", content).rows(categorical=["0"]) == [[0], [1]]
    assert (channel.base / "input/data/train/part.npy").read_bytes() == content


def pickled() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([[object()]]), allow_pickle=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (npy([1, 2]), "is not a table of rows and columns"),
        (npy([[1], [2]]), "has one column; it needs a label"),
        (npy(np.empty((0, 2))), "has no rows"),
        (npy([[1, 2], [np.nan, 2]]), "row 2: the label is nan"),
        (npy([[1, 2], [1, np.inf]]), "row 2: f0 is inf"),
        (npy([[1, 2], [1, 1e39]]), "row 2: f0 is inf"),
        (npy([["a", "b"]], "U1"), "holds something other than plain integers"),
        (pickled(), "holds something other than plain integers"),
        (npy([[1, 2]])[:-1], "claims 144 bytes where there are 143"),
    ],
)
def test_npy_that_cannot_be_learned_from_is_refused(
    channel: Channel, content: bytes, complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        channel.put("part.npy", content).read()

    assert str(caught.value).startswith("input/data/train/part.npy: ")
    assert complaint in str(caught.value)


def test_npy_files_of_other_widths_are_refused(channel: Channel) -> None:
    channel.put("a.npy", npy([[1, 2]])).put("b.npy", npy([[1, 2, 3]]))

    with pytest.raises(InputError, match=r"b\.npy: has 3 columns where 2 are expected"):
        channel.read()
