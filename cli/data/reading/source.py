"""Text of a file of rows, read from its beginning as often as needed; memory holds a block."""

import codecs
import errno
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from cli.terminal.errors import Failure, WrongInput

_BLOCK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 16
# The marks of UTF-32 begin with those of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook"),
    (b"\x1f\x8b", "compressed by gzip"),
)

_PARQUET = b"PAR1"

OnBytes = Callable[[int], None]


@dataclass(frozen=True)
class Source:
    """A file that can be read again and again, and its name in messages.

    The `size` of what is still received is larger than any file.
    """

    name: str
    content: io.BufferedIOBase | BinaryIO
    size: int
    encoding: str
    is_parquet: bool = False

    def open_text(self, on_bytes: OnBytes) -> io.TextIOWrapper:
        """Return the lines from the first one on; raises WrongInput for a file that was cut."""
        if self.content.seek(0, os.SEEK_END) < self.size:
            raise WrongInput(f"{self.name}: became shorter while it was read; put it again")
        self.content.seek(0)
        blocks = io.BufferedReader(_Blocks(self, on_bytes), _BLOCK_BYTES)
        # `newline=""`: the end of a line inside quotation marks belongs to its cell.
        return io.TextIOWrapper(blocks, encoding=self.encoding, newline="")

    def encoding_error(self) -> WrongInput:
        """Return what is wrong with text that cannot be decoded, with its line."""
        found, name = "it", self.encoding.removesuffix("-sig").upper()
        if name == "UTF-8":
            self.content.seek(0)
            found = next(
                (f"line {number}" for number, line in enumerate(self.content, 1) if _is_bad(line)),
                found,
            )
        return WrongInput(f"{self.name}: not text ({found} is not {name}); save it as CSV in UTF-8")


class _Blocks(io.RawIOBase):
    """The bytes of a source, which are counted and looked through for zero bytes."""

    def __init__(self, source: Source, on_bytes: OnBytes) -> None:
        self._source, self._on_bytes, self._left = source, on_bytes, source.size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        # Rows that somebody appends meanwhile are not of the file that was opened.
        block = _read_some(self._source.content, min(len(buffer), self._left))
        self._left -= len(block)
        if b"\0" in block and self._source.encoding.startswith("utf-8"):
            raise WrongInput(f"{self._source.name}: a binary file, not CSV; export it as CSV")
        buffer[: len(block)] = block
        self._on_bytes(len(block))
        return len(block)


class _Received(io.RawIOBase):
    """The bytes of a pipe, received when they are first read, and kept in a file from then on."""

    def __init__(self, given: BinaryIO, copy: BinaryIO) -> None:
        self._given, self._copy = given, copy
        self._position = self._size = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        # Where it ends is not known yet: beyond every position.
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: sys.maxsize}[whence]
        self._position = base + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        kept = self._size - self._position
        self._copy.seek(min(self._position, self._size))
        if kept > 0:
            block = self._copy.read(min(len(buffer), kept))
        else:
            block = _read_some(self._given, len(buffer))
            self._copy.write(block)
            self._size += len(block)
        buffer[: len(block)] = block
        self._position += len(block)
        return len(block)


def _read_some(content: io.BufferedIOBase | BinaryIO, count: int) -> bytes:
    # `read` of a pipe would wait for all of it, and not see a Ctrl-C between two parts.
    read: Callable[[int], bytes] = getattr(content, "read1", content.read)
    return read(count)


def _is_bad(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return True
    return False


def display_name(path: Path) -> str:
    """Return the name of this file in messages."""
    return "standard input" if str(path) == "-" else str(path)


@contextmanager
def open_source(path: Path, *, is_streamed: bool = False) -> Iterator[Source]:
    """Yield a file, or a temporary copy of standard input or of a pipe; Parquet becomes CSV.

    A pipe that `is_streamed` is copied while it is read, not before.
    """
    name = display_name(path)
    with _open(path, name) as given, temporary_file() as copy:
        content: io.BufferedIOBase | BinaryIO = given
        # Standard input may be a file of which a shell has read a part: it begins where it is.
        if is_pipe := str(path) == "-" or not given.seekable():
            content = io.BufferedReader(_Received(given, copy), _SAMPLE_BYTES)
            if not is_streamed:
                _copy(given, copy)
                content = copy
        sample = _sample(content)
        if is_parquet := sample.startswith(_PARQUET):
            # Of all files only this one has to wait for the import.
            from cli.data.reading import parquet_file

            if is_pipe:
                raise WrongInput(f"{name}: Parquet; give the name of a file")
            parquet_file.convert_to_csv(path, name, copy)
            content, sample = copy, _sample(copy)
        _require_text(sample, name)
        encoding = next((code for mark, code in _MARKS if sample.startswith(mark)), "utf-8")
        yield Source(name, content, content.seek(0, os.SEEK_END), encoding, is_parquet)


@contextmanager
def temporary_file() -> Iterator[BinaryIO]:
    """Yield an unnamed file that is gone when this process is; a full disk is named."""
    try:
        with tempfile.TemporaryFile(buffering=_BLOCK_BYTES) as file:
            yield cast("BinaryIO", file)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) or error.filename:
            raise
        raise Failure(
            f"{tempfile.gettempdir()}: {str(error.strerror).lower()}; free some space there, or "
            "name another folder in the variable TMPDIR"
        ) from None


@contextmanager
def _open(path: Path, name: str) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WrongInput(f"{name}: cannot be read: {reason}; check the path") from None
    with file:
        yield file


def _copy(given: BinaryIO, copy: BinaryIO) -> None:
    while block := _read_some(given, _BLOCK_BYTES):
        copy.write(block)
    copy.flush()


def _sample(content: io.BufferedIOBase | BinaryIO) -> bytes:
    content.seek(0)
    return content.read(_SAMPLE_BYTES)


def _require_text(sample: bytes, name: str) -> None:
    for mark, kind in _OTHER_FORMATS:
        if sample.startswith(mark):
            raise WrongInput(f"{name}: a binary file, not CSV ({kind}); export it as CSV")
    if not sample.strip():
        raise WrongInput(f"{name}: empty; give at least one row")
