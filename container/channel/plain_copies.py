"""Copies of files that are compressed or in another charset, as plain UTF-8 on the job's volume.

A copy lives as long as its DataFile, so that data larger than memory can be read again and again.
"""

import codecs
import gzip
import os
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from container.channel.data_files import DataFile, is_blank

_GZIP = b"\x1f\x8b\x08"
_BLOCK_BYTES = 1024 * 1024
# What a file may unpack to: columns that never change shrink to a hundredth.
_FREE_BYTES = 64 * 1024 * 1024
_RATIO = 100
_ASCII = bytes(range(128))


def unpack_gzip(files: Sequence[DataFile]) -> list[DataFile]:
    """Return the files, those compressed with gzip unpacked; raises InputError.

    Of those that hold nothing none are left, as of all files without a row.
    """
    unpacked = [_unpacked(file) if file.sample().startswith(_GZIP) else file for file in files]
    kept = [file for file in unpacked if file.copy is None or not is_blank(file.path)]
    if not kept:
        raise files[0].error("no data (nothing but blanks in it); put rows there")
    return kept


def decode_text(files: Sequence[DataFile], charset: str) -> list[DataFile]:
    """Return the files of text in UTF-8; raises InputError for bytes that are not in `charset`."""
    decoder = codecs.getincrementaldecoder(charset)
    same = _ASCII.decode(charset, "replace") == _ASCII.decode("ascii")
    return [file if same and _is_ascii(file) else _decoded(file, decoder) for file in files]


def _unpacked(file: DataFile) -> DataFile:
    limit = _FREE_BYTES + _RATIO * file.size

    def blocks() -> Iterator[bytes]:
        size = 0
        try:
            with gzip.open(file.path) as stream:
                while block := stream.read(_BLOCK_BYTES):
                    size += len(block)
                    if size > limit:
                        raise file.error(
                            f"unpacks to more than {limit:,} bytes; unpack it before the job, or "
                            "write it as Parquet"
                        )
                    yield block
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise file.error("is damaged: gzip cannot unpack it; write it again") from error

    return _copied(file, blocks())


def _decoded(file: DataFile, new_decoder: Callable[[], codecs.IncrementalDecoder]) -> DataFile:
    def blocks() -> Iterator[bytes]:
        decoder = new_decoder()
        try:
            with file.path.open("rb") as stream:
                while block := stream.read(_BLOCK_BYTES):
                    yield decoder.decode(block).encode()
                yield decoder.decode(b"", final=True).encode()
        except UnicodeError as error:
            raise file.error(
                "is not in the charset that ContentType says; correct one of them"
            ) from error

    return _copied(file, blocks())


def _copied(file: DataFile, blocks: Iterator[bytes]) -> DataFile:
    copy = _Copy()
    try:
        with copy.path.open("wb") as stream:
            for block in blocks:
                stream.write(block)
    except OSError as error:
        raise file.error(
            f"its copy cannot be written ({error.strerror}); give the job a larger volume"
        ) from error
    return replace(file, path=copy.path, copy=copy)


def _is_ascii(file: DataFile) -> bool:
    with file.path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            if not block.isascii():
                return False
    return True


class _Copy:
    """A temporary file that ends with this object."""

    def __init__(self) -> None:
        descriptor, name = tempfile.mkstemp()
        os.close(descriptor)
        self.path = Path(name)
        weakref.finalize(self, _remove, name)


def _remove(name: str) -> None:
    with suppress(OSError):
        os.unlink(name)
