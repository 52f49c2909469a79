"""Channels read in pieces: the same rows, and the wrong one named wherever it lies."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from container.channel import data_files, npy_channel, parquet_channel
from container.channel.data_files import DataFile
from container.channel.npy_channel import NpyChannel
from container.channel.parquet_channel import ParquetChannel
from container.contract.errors import InputError
from container.contract.layout import Layout
from tests.container.support.channel_files import listed
from tests.container.support.request_bodies import npy

NAN, INF = float("nan"), float("inf")


def files(base: Path, *contents: bytes) -> list[DataFile]:
    made = []
    for number, content in enumerate(contents):
        (base / f"{number}").write_bytes(content)
        made.append(DataFile(base / f"{number}", f"file {number}"))
    return made


def table(**columns: Any) -> bytes:
    stream = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), stream)
    content: bytes = stream.getvalue().to_pybytes()
    return content


def complaint(action: Any) -> str:
    with pytest.raises(InputError) as caught:
        list(action())
    return str(caught.value)


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", "<i4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_is_the_same_as_a_whole_and_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, order: str
) -> None:
    rows = [[1, 2, 3], [0, 5, 6], [1, 8, 9]]
    reader = NpyChannel(files(tmp_path, npy(rows, kind, order), npy([[0, 1, 1]], kind, order)))
    monkeypatch.setattr(npy_channel, "_PIECE_BYTES", 2 * 3 * np.dtype(kind).itemsize)

    pieces = list(reader.pieces(()))

    assert [piece.rows for piece in pieces] == [2, 1, 1]
    for batches in (pieces, list(reader.whole(()))):
        assert [row for batch in batches for row in listed(batch)] == [
            *(row[1:] for row in rows),
            [1, 1],
        ]
        assert [x for batch in batches for x in batch.labels.tolist()] == [1, 0, 1, 0]
    assert reader.names == ["f0", "f1"]
    assert reader.memory() == 4 * 3 * 4


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ([npy([[1]])], "file 0: has one column; it needs a label and at least one feature"),
        ([npy([[1, 2]]), npy([[1, 2, 3]])], "file 1: has 3 columns where 2 are expected"),
        ([npy(np.empty((0, 2)))], "file 0: has no rows; remove it"),
        ([b"x" * 20], "file 0: is not npy; save one array of numbers, label first"),
    ],
)
def test_npy_that_is_no_table_with_a_label_is_refused(
    tmp_path: Path, contents: Sequence[bytes], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        NpyChannel(files(tmp_path, *contents))
    assert str(caught.value) == message


@pytest.mark.parametrize("piece", [8, 4_096])
@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ([NAN, 1], "the label is nan"),
        ([INF, 1], "the label is inf"),
        ([1, INF], "f0 is inf"),
        ([1, -INF], "f0 is -inf"),
    ],
)
def test_a_wrong_number_in_npy_is_named_by_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int, wrong: list[float], shown: str
) -> None:
    monkeypatch.setattr(npy_channel, "_PIECE_BYTES", piece)
    reader = NpyChannel(files(tmp_path, npy([[1, NAN], [0, 2], wrong], "<f4")))

    for action in (lambda: reader.whole(()), lambda: reader.pieces(())):
        assert complaint(action).startswith(f"file 0: row 3: {shown}; only features may be")


def test_parquet_is_the_same_as_a_whole_and_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_channel, "_PIECE_BYTES", 16)
    one, other = table(y=[1, 0, 1], a=[1.5, None, 3]), table(y=[0], a=[2.0])
    reader = ParquetChannel(
        files(tmp_path, one, table(y=pa.array([], pa.int64()), a=pa.array([], pa.float64())), other)
    )

    pieces = list(reader.pieces(()))

    assert [piece.rows for piece in pieces if piece.rows] == [2, 1, 1]
    for batches in (pieces, list(reader.whole(()))):
        assert [row for batch in batches for row in listed(batch)] == [[1.5], [None], [3], [2]]
    assert [batch.rows for batch in reader.whole(())] == [3, 1]
    assert reader.names == ["a"]
    assert reader.memory() == 4 * 2 * 4


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ([table(y=[1])], "file 0: has 1 column(s); it needs a label and at least one feature"),
        ([table(y=[1], a=[1]), table(y=[1], b=[1])], "file 1: has other columns than file 0"),
        ([table(y=[1], a=[1]), table(a=[1], y=[1])], "file 1: has other columns than file 0"),
        ([b"PAR1" * 9], "file 0: "),
    ],
)
def test_parquet_without_a_label_and_the_same_features_is_refused(
    tmp_path: Path, contents: Sequence[bytes], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        ParquetChannel(files(tmp_path, *contents))
    assert str(caught.value).startswith(message)


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    stream = pa.BufferOutputStream()
    pq.write_table(pa.table([[1], [2], [3]], ["y", "a", "a"]), stream)

    with pytest.raises(InputError, match=r"has 3 column\(s\); .*all with different names"):
        ParquetChannel(files(tmp_path, stream.getvalue().to_pybytes()))


def test_texts_are_columns_where_they_are_categories_alone(tmp_path: Path) -> None:
    reader = ParquetChannel(files(tmp_path, table(y=[1], a=["x"], b=[2.0])))

    (batch,) = reader.whole([0])
    assert batch.features.column("a").to_pylist() == ["x"]
    for categorical in ([], [1]):
        assert complaint(lambda c=categorical: reader.whole(c)).startswith(
            "file 0: column a holds string instead of numbers; encode text as numbers"
        )


def test_a_wrong_number_in_parquet_is_named_by_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_channel, "_PIECE_BYTES", 16)
    missing = ParquetChannel(files(tmp_path, table(y=[1, 0, None], a=[1, 2, 3])))
    (tmp_path / "large").mkdir()
    large = ParquetChannel(files(tmp_path / "large", table(y=[1, 0, 1], a=[1, 2, 1e39])))

    for action in (lambda: missing.whole(()), lambda: missing.pieces(())):
        assert complaint(action) == "file 0: row 3: the label (y) is missing"
    assert "32-bit number in row 3; encode" in complaint(lambda: large.whole(()))
    assert "in row 1 (counting from row 3)" in complaint(lambda: large.pieces(()))


@pytest.mark.parametrize("size", [3, 1_000])
def test_blocks_are_whole_lines_and_all_of_them(tmp_path: Path, size: int) -> None:
    (file,) = files(tmp_path, b"\xef\xbb\xbf1\n22\n33333\n4")

    blocks = list(file.blocks(size))

    assert b"".join(blocks) == b"1\n22\n33333\n4"
    assert all(block.endswith(b"\n") for block in blocks[:-1])


def test_hidden_and_blank_files_are_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_files, "_SAMPLE_BYTES", 2)
    folder = tmp_path / "input/data/train"
    for name, content in {
        "b": b"x",
        "a/c": b"    \n y",
        ".a": b"x",
        "_b": b"x",
        ".d/e": b"x",
        "a/_f": b"x",
        "blank": b" \t\r\n \n",
        "empty": b"",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    found = data_files.data_files(Layout(tmp_path), folder)

    assert [file.name for file in found] == ["input/data/train/a/c", "input/data/train/b"]
    assert (found[0].size, found[1].sample()) == (8 - 1, b"x")
    with pytest.raises(InputError, match=r"input/data/train/none: no data"):
        data_files.data_files(Layout(tmp_path), folder / "none")
