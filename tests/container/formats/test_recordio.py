"""RecordIO-protobuf: frames as MXNet writes them, records as SageMaker's built-ins read them."""

import io
import struct
from typing import Any

import pytest

from container.formats import recordio
from container.formats.record_message import record_class
from container.formats.recordio import (
    MAGIC,
    RecordError,
    read_frames,
    read_record,
    write_frame,
    write_record,
)


def frames(content: bytes, size: int | None = None) -> list[bytes]:
    return list(read_frames(io.BytesIO(content), len(content) if size is None else size))


@pytest.mark.parametrize("length", range(9))
def test_a_frame_is_padded_to_four_bytes_and_read_without_them(length: int) -> None:
    payload = bytes(range(1, length + 1))
    written = write_frame(payload)

    assert len(written) % 4 == 0
    assert len(written) - 8 - length < 4
    assert frames(written * 2) == [payload] * 2


def test_an_empty_stream_has_no_frames() -> None:
    assert frames(b"") == []


@pytest.mark.parametrize(
    ("content", "size", "complaint"),
    [
        (MAGIC, None, "does not begin like a RecordIO frame"),
        (b"x" * 8, None, "does not begin like a RecordIO frame"),
        (write_frame(b"abcd")[:-1], None, "is longer than what was sent"),
        (write_frame(b"abcd")[:-1], 12, "ends too early"),
        (write_frame(b"abcd") + b"x", None, "does not begin like a RecordIO frame"),
        # The upper three bits: the record goes on in another frame.
        (MAGIC + struct.pack("<I", 2**29), 2**31, "or goes on in another frame"),
    ],
)
def test_what_is_no_whole_frame_is_refused(
    content: bytes, size: int | None, complaint: str
) -> None:
    with pytest.raises(RecordError, match=complaint):
        frames(content, size)


def test_the_longest_frame_is_taken_for_what_it_says() -> None:
    with pytest.raises(RecordError, match="ends too early"):
        frames(MAGIC + struct.pack("<I", 2**29 - 1), 2**31)


def message(values: Any, label: dict[str, Any] | None = None, **tensor: Any) -> bytes:
    """A record of `values` in a tensor of 32-bit numbers, with keys, a shape and labels."""
    made = record_class()()
    kind = tensor.pop("kind", "float32_tensor")
    target = getattr(made.features["values"], kind)
    target.values.extend(values)
    for name, numbers in tensor.items():
        getattr(target, name).extend(numbers)
    for name, numbers in (label or {}).items():
        made.label[name].float32_tensor.values.extend(numbers)
    written: bytes = made.SerializeToString()
    return written


@pytest.mark.parametrize("kind", ["float32_tensor", "float64_tensor", "int32_tensor"])
def test_a_dense_record_has_no_keys(kind: str) -> None:
    record = read_record(message([1, -2, 3], {"values": [5], "weights": [0.5]}, kind=kind))

    assert record.values.tolist() == [1, -2, 3]
    assert record.keys is None
    assert (record.width, record.label, record.weight) == (None, 5, 0.5)


def test_a_record_may_lack_label_and_weight() -> None:
    record = read_record(message([1]))

    assert (record.label, record.weight) == (None, None)


def test_a_shape_says_how_wide_a_record_is() -> None:
    assert read_record(message([1, 2], shape=[2])).width == 2
    assert read_record(message([1, 2], keys=[4, 0], shape=[5])).width == 5


def test_a_sparse_record_has_keys_in_the_order_that_was_sent() -> None:
    record = read_record(message([1, 2], keys=[4, 0], shape=[5]))

    assert record.keys is not None
    assert record.keys.tolist() == [4, 0]
    assert record.values.tolist() == [1, 2]


def test_a_record_without_values_is_sparse() -> None:
    record = read_record(message([], shape=[5]))

    assert record.keys is not None
    assert record.keys.tolist() == []


def test_a_key_may_be_as_large_as_an_index_of_32_bits() -> None:
    record = read_record(message([1], keys=[2**31 - 1]))

    assert record.keys is not None
    assert record.keys.tolist() == [2**31 - 1]


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        (b"\xff", "is not a protobuf record"),
        (b"", r'has no features\["values"\]'),
        (message([], {"values": [1]})[:0], "has no features"),
        (message([1, 2], shape=[3]), "has a shape and another number of values, but no keys"),
        (message([1, 2], shape=[1]), "has a shape and another number of values, but no keys"),
        (message([1, 2], shape=[1, 2]), "has a shape of several dimensions"),
        (message([1, 2], keys=[1]), "has another number of keys than of values"),
        (message([1], keys=[5], shape=[5]), "has a key beyond 4"),
        (message([1], keys=[2**31]), "has a key beyond 2147483647"),
        (message([1], keys=[2**31], shape=[2**40]), "has a key beyond 2147483647"),
        (message([1, 2], keys=[3, 3]), "has a key twice"),
        (message([1], {"values": []}), r'must have one number in label\["values"\]'),
        (message([1], {"values": [1, 2]}), r'must have one number in label\["values"\]'),
        (message([1], {"weights": [1, 2]}), r'must have one number in label\["weights"\]'),
    ],
)
def test_a_record_that_is_no_row_is_refused(payload: bytes, complaint: str) -> None:
    with pytest.raises(RecordError, match=complaint):
        read_record(payload)


def test_a_record_without_a_tensor_of_numbers_is_refused() -> None:
    made = record_class()()
    made.features["values"].SetInParent()

    with pytest.raises(RecordError, match="holds no tensor of float32, float64 or int32"):
        read_record(made.SerializeToString())


def test_another_error_than_that_of_the_parser_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken:
        def ParseFromString(self, payload: bytes) -> None:
            raise MemoryError

    monkeypatch.setattr(recordio, "record_class", lambda: Broken)

    with pytest.raises(MemoryError):
        read_record(b"")


def test_the_labels_of_a_written_record_are_in_order_so_that_equal_answers_are_equal_bytes() -> (
    None
):
    names = [f"label{number:02}" for number in range(30)]

    written = write_record({name: [1] for name in reversed(names)})

    places = [written.index(name.encode()) for name in names]
    assert places == sorted(places)


def test_a_written_record_is_one_that_the_class_reads() -> None:
    written = write_record({"score": [0.5], "predicted_label": [1, 2]})
    read = record_class().FromString(written)

    assert read.label["score"].float32_tensor.values == [0.5]
    assert read.label["predicted_label"].float32_tensor.values == [1, 2]


# record.proto of SageMaker: Value has float32 = 2, float64 = 3, int32 = 7; a map entry is a field 1
# of (1: key, 2: value). https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html
@pytest.mark.parametrize(
    ("kind", "number", "packed"),
    [
        ("float32_tensor", 2, struct.pack("<f", 1)),
        ("float64_tensor", 3, struct.pack("<d", 1)),
        ("int32_tensor", 7, b"\x01"),
    ],
)
def test_the_bytes_of_a_record_are_those_of_sagemakers_schema(
    kind: str, number: int, packed: bytes
) -> None:
    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    tensor = field(1, packed) + field(2, b"\x03") + field(3, b"\x05")
    entry = field(1, b"values") + field(2, field(number, tensor))
    whole = field(1, entry) + field(3, b"id") + field(4, b"meta") + field(5, b"configuration")

    assert message([1], keys=[3], shape=[5], kind=kind) == field(1, entry)
    parsed = record_class().FromString(whole)
    assert (parsed.uid, parsed.metadata, parsed.configuration) == ("id", "meta", "configuration")
