"""Content that holds no rows is known by its first bytes, and text that begins alike is not."""

import bz2
import gzip
import lzma
import pickle

import pytest

from container.formats.binary_kinds import Group, is_utf_16, known_kind


@pytest.mark.parametrize(
    ("content", "name", "group"),
    [
        (gzip.compress(b"1,2"), "compressed with gzip", Group.COMPRESSED),
        (lzma.compress(b"1,2"), "compressed with xz", Group.COMPRESSED),
        (bz2.compress(b"1,2\n" * 9), "compressed with bzip2", Group.COMPRESSED),
        (b"PK\x03\x04\x14\0", "a ZIP archive, or an Excel workbook", Group.ARCHIVE),
        (pickle.dumps([1, 2]), "a Python pickle, which is never opened", Group.TABLE),
        (b"%PDF-1.7\n\x00", "a PDF", Group.DOCUMENT),
    ],
)
def test_a_kind_is_known_by_how_it_begins(content: bytes, name: str, group: Group) -> None:
    found = known_kind(content)

    assert found is not None
    assert (found.name, found.group) == (name, group)


@pytest.mark.parametrize(
    "text", [b"", b"1,2\n", b"ORC,1\n", b"BZh,1\n2,3", b"%PDF-,1\n", b"Rar!,1"]
)
def test_a_text_that_begins_like_a_kind_is_a_text(text: bytes) -> None:
    assert known_kind(text) is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_letters_of_16_or_32_bits_are_known_with_and_without_a_mark(encoding: str) -> None:
    assert is_utf_16("1,2\n3,4".encode(encoding))


@pytest.mark.parametrize("content", [b"", b"1", b"1,2\n", b"1\0002,3", b"\0\0\0\0"])
def test_other_bytes_are_no_letters_of_16_bits(content: bytes) -> None:
    assert not is_utf_16(content)
