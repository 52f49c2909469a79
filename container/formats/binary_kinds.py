"""Kinds of binary content by their first bytes, none of which holds rows that are read."""

import re
from enum import Enum
from typing import NamedTuple


class Group(Enum):
    """What can be done with a kind."""

    COMPRESSED = "compressed"
    ARCHIVE = "archive"
    TABLE = "table"
    DOCUMENT = "document"


class Kind(NamedTuple):
    """How content of one kind begins, and its name."""

    beginning: bytes
    name: str
    group: Group


_KINDS: tuple[Kind, ...] = (
    Kind(b"\x1f\x8b", "compressed with gzip", Group.COMPRESSED),
    Kind(b"\xfd7zXZ\0", "compressed with xz", Group.COMPRESSED),
    Kind(b"BZh", "compressed with bzip2", Group.COMPRESSED),
    Kind(b"\x28\xb5\x2f\xfd", "compressed with Zstandard", Group.COMPRESSED),
    Kind(b"\x04\x22\x4d\x18", "compressed with LZ4", Group.COMPRESSED),
    Kind(b"\xff\x06\0\0sNaPpY", "compressed with Snappy", Group.COMPRESSED),
    Kind(b"PK\x03\x04", "a ZIP archive, or an Excel workbook", Group.ARCHIVE),
    Kind(b"7z\xbc\xaf", "a 7-Zip archive", Group.ARCHIVE),
    Kind(b"Rar!", "a RAR archive", Group.ARCHIVE),
    Kind(b"\xd0\xcf\x11\xe0", "an Excel workbook, or another old file of Office", Group.TABLE),
    Kind(b"ORC", "ORC", Group.TABLE),
    Kind(b"Obj\x01", "Avro", Group.TABLE),
    Kind(b"ARROW1", "Arrow's own format (Feather)", Group.TABLE),
    Kind(b"\x89HDF", "HDF5", Group.TABLE),
    Kind(b"SQLite format 3\0", "a SQLite database", Group.TABLE),
    *(
        Kind(bytes([128, number]), "a Python pickle, which is never opened", Group.TABLE)
        for number in range(2, 6)
    ),
    Kind(b"%PDF-", "a PDF", Group.DOCUMENT),
    Kind(b"\x89PNG", "a picture", Group.DOCUMENT),
    Kind(b"\xff\xd8\xff", "a picture", Group.DOCUMENT),
)
# The mark of UTF-32 begins with that of UTF-16.
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
_LOOKED_AT = 512
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def known_kind(content: bytes) -> Kind | None:
    """Return the kind of binary content that is none of the formats of rows."""
    found = next((kind for kind in _KINDS if content.startswith(kind.beginning)), None)
    # Some begin with letters, as a text may, too.
    may_be_text = found is not None and found.beginning.isascii()
    return None if may_be_text and not _CONTROL.search(content[:_LOOKED_AT]) else found


def is_utf_16(content: bytes) -> bool:
    """Return whether text has 16 or 32 bits a letter: by its mark, or by zeros between digits."""
    sample = content[:_LOOKED_AT]
    pairs = len(sample) // 2
    if sample.startswith(_MARKS) or pairs < 2:
        return sample.startswith(_MARKS)
    zeros = [sample[place : 2 * pairs : 2].count(0) for place in (0, 1)]
    return sorted(zeros) == [0, pairs]
