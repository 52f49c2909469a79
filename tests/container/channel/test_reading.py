import io
import json
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from container.contract.errors import InputError
from container.formats.record_message import record_class
from container.formats.recordio import write_frame
from container.formats.schema import Feature, Schema
from tests.container.support.channel_files import Channel, listed

Rows = list[list[float]]


def as_csv(rows: Rows) -> bytes:
    return "".join(",".join(map(repr, row)) + "\n" for row in rows).encode()


def as_libsvm(rows: Rows) -> bytes:
    lines = (f"{row[0]} " + " ".join(f"{i}:{x}" for i, x in enumerate(row[1:])) for row in rows)
    return "\n".join(lines).encode()


def as_parquet(rows: Rows) -> bytes:
    columns = {("label", "a", "b")[i]: [row[i] for row in rows] for i in range(len(rows[0]))}
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def as_npy(rows: Rows) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array(rows, np.float32))
    return stream.getvalue()


def as_recordio(rows: Rows) -> bytes:
    frames = []
    for label, *features in rows:
        record = record_class()()
        record.features["values"].float32_tensor.values.extend(features)
        record.label["values"].float32_tensor.values.append(label)
        frames.append(write_frame(record.SerializeToString()))
    return b"".join(frames)


WRITERS: dict[str, Callable[[Rows], bytes]] = {
    "text/csv": as_csv,
    "text/libsvm": as_libsvm,
    "application/x-parquet": as_parquet,
    "application/x-npy": as_npy,
    "application/x-recordio-protobuf": as_recordio,
}
ROWS = [[1.0, 2.5, 3.0], [0.0, -4.0, 5.0], [1.0, 6.0, 0.0]]


@pytest.mark.parametrize("content_type", WRITERS)
@pytest.mark.parametrize("declared", [True, False])
def test_every_format_gives_the_same_rows_also_when_nobody_says_which_it_is(
    channel: Channel, content_type: str, declared: bool
) -> None:
    channel.put("data", WRITERS[content_type](ROWS))

    batch = channel.batch(content_type=content_type if declared else "")

    assert batch.labels.tolist() == [1, 0, 1]
    assert listed(batch) == [row[1:] for row in ROWS]


@pytest.mark.parametrize("content_type", WRITERS)
def test_data_above_the_budget_are_read_anew_for_every_pass(
    channel: Channel, content_type: str
) -> None:
    written = WRITERS[content_type]
    channel.put("a", written(ROWS[:2])).put("b", written(ROWS[2:]))

    data = channel.read(content_type=content_type, memory=10)

    assert not data.in_memory
    assert data.rows == 3
    assert data.labels.tolist() == [1, 0, 1]
    for _ in range(2):
        batches = list(data.batches())
        assert [row for batch in batches for row in listed(batch)] == [row[1:] for row in ROWS]
        assert {batch.features.shape[1] for batch in batches} == {2}
    assert channel.read(content_type=content_type, memory=10_000).in_memory


@pytest.mark.parametrize("content_type", WRITERS)
@pytest.mark.parametrize("memory", [None, 0])
def test_several_files_and_nested_folders_are_one_channel(
    channel: Channel, content_type: str, memory: int | None
) -> None:
    written = WRITERS[content_type]
    channel.put("x/y/z/w/b", written(ROWS[1:])).put("a", written(ROWS[:1]))
    for name in (".hidden", "_SUCCESS", "_folder/part", ".folder/part"):
        channel.put(name, b"nonsense")
    channel.put("empty", b"").put("blank", b"\r\n \n")

    data = channel.read(content_type=content_type, memory=memory)

    assert [row for batch in data.batches() for row in listed(batch)] == [row[1:] for row in ROWS]


@pytest.mark.parametrize("name", [".hidden.csv", ".git/part.csv", "_SUCCESS", "_x/part.csv"])
def test_hidden_files_are_no_data(channel: Channel, name: str) -> None:
    with pytest.raises(InputError, match="input/data/train: no data"):
        channel.put(name, b"1,2\n").read()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\r\n", b" \t\n"])
def test_files_without_a_row_are_no_data(channel: Channel, content: bytes) -> None:
    with pytest.raises(InputError, match="input/data/train: no data"):
        channel.put("part.csv", content).read()


@pytest.mark.parametrize("content_type", ["text/html", "application/json", "csv;label_size=0"])
def test_a_content_type_that_no_channel_has_is_refused(channel: Channel, content_type: str) -> None:
    with pytest.raises(InputError, match=r"input/data/train: ContentType .*(; use|must be 1)"):
        channel.put("part.csv", b"1,2\n").read(content_type=content_type)


@pytest.mark.parametrize("content_type", WRITERS)
def test_bytes_in_another_format_are_refused_with_the_file(
    channel: Channel, content_type: str
) -> None:
    channel.put("part", b"\x00\x01nonsense: here\n")

    with pytest.raises(InputError, match=r"^input/data/train/part: "):
        channel.read(content_type=content_type)


@pytest.mark.parametrize("content_type", ["application/x-npy", "text/libsvm"])
def test_categories_in_formats_of_numbers_are_their_digits(
    channel: Channel, content_type: str
) -> None:
    channel.put("part", WRITERS[content_type]([[1, 10, 7], [0, 9, 7], [1, 10, 8]]))

    data = channel.read(content_type=content_type, categorical=["0"])

    assert data.schema.features[0].categories == ("10", "9")
    assert listed(next(data.batches())) == [[0, 7], [1, 7], [0, 8]]


def test_a_category_that_is_no_whole_number_is_refused(channel: Channel) -> None:
    with pytest.raises(InputError, match="feature f0 must hold categories as whole numbers"):
        channel.put("part.npy", as_npy([[1, 1.5, 2]])).read(categorical=["0"])


def test_a_categorical_feature_without_any_value_is_refused(channel: Channel) -> None:
    with pytest.raises(InputError, match="categorical feature 0 has no value in any row"):
        channel.put("part.csv", b"1,,3\n").read(categorical=["0"])


NAMED = Schema((Feature("a"), Feature("b")))


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        (b"y,a,c", "has c and lacks b, unlike train; give both the same columns"),
        (b"y,b,a", "feature 0 is b but in train it is a; give both the same order"),
        (b"y,a,b,c", "has c, unlike train"),
        (b"y,a", "lacks b, unlike train"),
    ],
)
def test_validation_with_other_columns_than_train_is_refused_by_their_names(
    channel: Channel, header: bytes, complaint: str
) -> None:
    values = b",".join(b"1" for _ in header.split(b","))
    channel.put("part.csv", header + b"\n" + values + b"\n")

    with pytest.raises(InputError, match=f"input/data/train: {complaint}"):
        channel.read(content_type="text/csv;header=present", schema=NAMED)


def test_validation_of_another_width_than_train_is_refused(channel: Channel) -> None:
    with pytest.raises(InputError, match="has 1 features but training had 2"):
        channel.put("part.csv", b"1,2\n").read(schema=Schema.of_numbers(2))


def test_sparse_validation_is_as_wide_as_train(channel: Channel) -> None:
    data = channel.put("part", b"1 0:5\n").read(schema=Schema.of_numbers(4))

    assert data.schema.width == 4
    assert listed(next(data.batches())) == [[5, None, None, None]]


def test_weights_for_another_format_than_csv_are_noticed_in_the_log(
    channel: Channel, capfd: pytest.CaptureFixture[str]
) -> None:
    channel.put("part.npy", as_npy(ROWS)).read(weighted=True)

    (event,) = map(json.loads, capfd.readouterr().err.splitlines())
    assert "only CSV has a column of weights" in event["text"]
