from pathlib import Path

import numpy as np
import pytest

from container.contract.errors import InputError
from container.contract.layout import Layout
from container.formats.dataset import Batch, read_dataset


def read(base: Path, content: bytes, *, weighted: bool = False) -> Batch:
    folder = base / "input/data/train"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "part.csv").write_bytes(content)
    (batch,) = read_dataset(Layout(base), folder, weighted=weighted).batches()
    return batch


@pytest.mark.parametrize(
    "content",
    [
        b"1,2,3\n0,4,5\n",
        b"1,2,3\n0,4,5",
        b"1,2,3\r\n0,4,5\r\n",
        b"\xef\xbb\xbf1,2,3\n0,4,5\n",
        b"1, 2, 3\n\n0, 4, 5\n",
        b'"1","2","3"\n0,4.0,5e0\n',
    ],
)
def test_the_same_numbers_are_read_from_every_spelling(tmp_path: Path, content: bytes) -> None:
    data = read(tmp_path, content)

    assert data.labels.tolist() == [1, 0]
    assert [column.to_pylist() for column in data.features.columns] == [[2, 4], [3, 5]]
    assert data.labels.dtype == np.float32


def test_a_single_line_without_newline_is_one_row(tmp_path: Path) -> None:
    assert read(tmp_path, b"1,2,3").rows == 1


def test_an_empty_field_is_a_missing_value(tmp_path: Path) -> None:
    data = read(tmp_path, b"1,,3\n0,4,\n1,nan,NaN\n")

    assert data.features.column(0).to_pylist() == [None, 4, None]
    assert data.features.column(1).to_pylist() == [3, None, None]


def test_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "input/data/train"
    for name, label in (("b/1.csv", 2), ("a.csv", 1), ("c.csv", 3)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{label},5\n")

    assert read_dataset(Layout(tmp_path), folder).labels.tolist() == [1, 2, 3]


def test_column_two_is_the_weight_when_weighted(tmp_path: Path) -> None:
    data = read(tmp_path, b"1,0.5,3\n", weighted=True)

    assert data.weights is not None
    assert data.weights.tolist() == [0.5]
    assert data.features.num_columns == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"label,a,b\n1,2,3\n", "line 1 is a header ('label,a,b'); remove it"),
        (b"1,2,3\n\nno,4,5\n", "line 3: label is not a number; got 'no'"),
        (b"1,2,3\n0,4,NA\n", "line 2: f1 is not a number; got 'NA'"),
        (b"1,2,3\n0,4,inf\n", "line 2: f1 is not a number; got 'inf'"),
        (b"1,2,3\n0,4,1e39\n", "line 2: f1 is too large for a 32-bit number; got '1e39'"),
        (b"1,2,3\n,4,5\n", "line 2: label is empty"),
        (b"1,2,3\n0,4\n", "line 2 has 2 columns where 3 are expected"),
        (b"1,2,3\n0,4,5,6\n", "line 2 has 4 columns where 3 are expected"),
        (b"1;2;3\n", "line 1 has 1 column(s) separated by commas"),
        (b"1 2 3\n", "line 1 has 1 column(s) separated by commas"),
        (b"1\n0\n", "needs a label and at least one feature"),
    ],
)
def test_what_cannot_be_read_is_refused_with_file_and_line(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)

    assert str(caught.value).startswith("input/data/train/part.csv: ")
    assert complaint in str(caught.value)


def test_an_empty_weight_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 1: weight is empty"):
        read(tmp_path, b"1,,3\n", weighted=True)


def test_the_file_that_is_wrong_is_the_one_that_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "input/data/train"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.csv").write_text("1,2\n")
    (folder / "deep/b.csv").write_text("1,2,3\n")

    with pytest.raises(InputError, match=r"train/deep/b\.csv: line 1 has 3 columns where 2"):
        read_dataset(Layout(tmp_path), folder)


@pytest.mark.parametrize("name", [".hidden.csv", ".git/part.csv"])
def test_hidden_files_are_no_data(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "input/data/train"
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_text("1,2\n")

    with pytest.raises(InputError, match="input/data/train: no data"):
        read_dataset(Layout(tmp_path), folder)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\r\n"])
def test_files_without_a_line_are_no_data(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="input/data/train: no data"):
        read(tmp_path, content)


def test_a_long_text_is_shortened_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, b"1,2\n0," + b"x" * 5000 + b"\n")

    assert len(str(caught.value)) < 200
