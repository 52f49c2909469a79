"""How an object is cut into records, and how these are put together in mini-batches."""

import pytest

from sandbox.sagemaker.transform import records
from sandbox.sagemaker.transform.records import Oversized, Record, SplitError

MAGIC = (0xCED7230A).to_bytes(4, "little")


def recordio(data: bytes, flag: int = 0) -> bytes:
    word = (flag << 29 | len(data)).to_bytes(4, "little")
    return MAGIC + word + data + b"\0" * (-len(data) % 4)


def tfrecord(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little") + b"crc1" + data + b"crc2"


def split(content: bytes, split_type: str) -> list[Record]:
    return [*records.split(content, split_type)]


def test_without_a_split_type_an_object_is_one_record() -> None:
    assert split(b"1,2\n3,4\n", "None") == [Record(b"1,2\n3,4\n", b"1,2\n3,4\n")]


def test_a_line_is_a_record_with_or_without_its_newline() -> None:
    assert split(b"1,2\n\n3\r4\r\n\r\n5", "Line") == [
        Record(b"1,2\n", b"1,2"),
        Record(b"3\r4\r\n", b"3\r4"),
        Record(b"5", b"5"),
    ]
    assert split(b"", "Line") == []


def test_recordio_is_cut_at_its_headers_and_loses_its_padding() -> None:
    content = recordio(b"abcde") + recordio(b"") + recordio(b"abcd")

    assert [one.data for one in split(content, "RecordIO")] == [b"abcde", b"", b"abcd"]
    assert b"".join(one.framed for one in split(content, "RecordIO")) == content


def test_a_recordio_record_in_parts_is_put_together_around_its_magic_number() -> None:
    content = recordio(b"abcd", 1) + recordio(b"efgh", 2) + recordio(b"ij", 3)
    (one,) = split(content, "RecordIO")

    assert one == Record(content, b"abcd" + MAGIC + b"efgh" + MAGIC + b"ij")


def test_tfrecord_is_cut_at_its_lengths() -> None:
    content = tfrecord(b"abc") + tfrecord(b"") + tfrecord(b"defg")

    assert [one.data for one in split(content, "TFRecord")] == [b"abc", b"", b"defg"]
    assert b"".join(one.framed for one in split(content, "TFRecord")) == content


@pytest.mark.parametrize(
    ("content", "split_type", "reason"),
    [
        (b"1,2\n3,4\n", "RecordIO", "no RecordIO record begins at byte 0"),
        (recordio(b"a") + b"1234" * 2, "RecordIO", "begins at byte 12"),
        (recordio(b"abcdefgh")[:-1], "RecordIO", "the last RecordIO record is not whole"),
        (recordio(b"abcd", 1), "RecordIO", "the last RecordIO record is not whole"),
        (MAGIC, "RecordIO", "not whole"),
        (b"1,2\n3,4\n5", "TFRecord", "the last TFRecord record is not whole"),
        (tfrecord(b"abc")[:-1], "TFRecord", "not whole"),
    ],
)
def test_other_data_is_refused(content: bytes, split_type: str, reason: str) -> None:
    with pytest.raises(SplitError, match=reason):
        split(content, split_type)


@pytest.mark.parametrize(
    ("limit", "single", "batches"),
    [
        (3, False, [["aa"], ["bb"], ["ccc"], ["d"]]),
        (4, False, [["aa", "bb"], ["ccc", "d"]]),
        (5, False, [["aa", "bb"], ["ccc", "d"]]),
        (8, False, [["aa", "bb", "ccc", "d"]]),
        (None, False, [["aa", "bb", "ccc", "d"]]),
        (8, True, [["aa"], ["bb"], ["ccc"], ["d"]]),
        (None, True, [["aa"], ["bb"], ["ccc"], ["d"]]),
    ],
)
def test_a_mini_batch_holds_as_many_records_as_fit(
    limit: int | None, single: bool, batches: list[list[str]]
) -> None:
    found = records.batch(["aa", "bb", "ccc", "d"], len, limit, single=single)

    assert list(found) == batches


@pytest.mark.parametrize("single", [True, False])
def test_a_record_over_the_limit_is_refused_with_its_size(single: bool) -> None:
    found = records.batch(["aa", "bbbb"], len, 3, single=single)

    with pytest.raises(Oversized) as raised:
        list(found)
    assert raised.value.size == 4
    assert [*records.batch([], len, 3, single=single)] == []
