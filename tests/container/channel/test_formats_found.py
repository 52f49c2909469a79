"""The format of a channel's files where nobody says it."""

from pathlib import Path

import pytest

from container.channel.data_files import DataFile
from container.channel.reading import detect_format
from container.formats.media import Format


def found(base: Path, name: str, content: bytes) -> Format:
    path = base / name
    path.write_bytes(content)
    return detect_format(DataFile(path, name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", Format.CSV),
        ("a.tsv", Format.CSV),
        ("a.libsvm", Format.LIBSVM),
        ("a.svm", Format.LIBSVM),
        ("a.svmlight", Format.LIBSVM),
        ("a.parquet", Format.PARQUET),
        ("a.npy", Format.NPY),
        ("a.recordio", Format.RECORDIO),
        ("a.pbr", Format.RECORDIO),
        ("a.PBR", Format.RECORDIO),
    ],
)
def test_a_file_is_in_what_its_name_ends_in(tmp_path: Path, name: str, expected: Format) -> None:
    other = b"1 0:1" if expected is Format.CSV else b"1,2,3"

    assert found(tmp_path, name, other) is expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"PAR1", Format.PARQUET),
        (b"\x93NUMPY", Format.NPY),
        (b"\x0a\x23\xd7\xce", Format.RECORDIO),
        (b"1,2,3", Format.CSV),
        (b"1 2 3", Format.CSV),
        (b"1 0:1", Format.LIBSVM),
        (b"1\n" * 99 + b"1 0:1", Format.LIBSVM),
        (b"1\n" * 100 + b"1 0:1", Format.CSV),
    ],
)
def test_a_file_is_in_what_it_begins_with(tmp_path: Path, content: bytes, expected: Format) -> None:
    assert found(tmp_path, "part-0", content) is expected
    if len(content) < 9 and b"," not in content and b" " not in content:
        assert found(tmp_path, "a.csv", content) is expected
