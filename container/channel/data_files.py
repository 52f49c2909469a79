"""Data files of a channel: which files count, their names in messages, and reads in blocks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from container.contract.errors import InputError
from container.contract.layout import Layout

_SAMPLE_BYTES = 65_536
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class DataFile:
    """One file of a channel, and its name as a person below the base folder would type it.

    `copy` keeps the file at `path` where that is a copy of the one that has the name.
    """

    path: Path
    name: str
    copy: object = field(default=None, compare=False, repr=False)

    @property
    def plain_name(self) -> str:
        """The name that it would have if it were not compressed."""
        return self.name.removesuffix(".gz")

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size

    def sample(self) -> bytes:
        """Return how it begins."""
        with self.path.open("rb") as stream:
            return stream.read(_SAMPLE_BYTES)

    def blocks(self, size: int) -> Iterator[bytes]:
        """Yield whole lines with their ends, about `size` bytes of them at a time."""
        with self.path.open("rb") as stream:
            rest = stream.read(len(_BYTE_ORDER_MARK)).removeprefix(_BYTE_ORDER_MARK)
            while block := stream.read(size):
                end = block.rfind(b"\n") + 1
                if end:
                    yield rest + block[:end]
                    rest = block[end:]
                else:
                    rest += block
        yield rest

    def error(self, message: str) -> InputError:
        """Return the error that says what is wrong with this file."""
        return InputError(f"{self.name}: {message}")


def data_files(layout: Layout, folder: Path) -> list[DataFile]:
    """Return the data files in the order of their names; raises InputError for none."""
    files = [DataFile(path, layout.relative_name(path)) for path in _paths(folder)]
    if not files:
        raise InputError(
            f"{layout.relative_name(folder)}: no data (empty files do not count, nor do names that "
            "begin with a dot or an underscore); put files with a label in each row there"
        )
    return files


def _paths(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part[0] in "._" for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and not is_blank(path):
            yield path


def is_blank(path: Path) -> bool:
    """Return whether a file has nothing but line ends and blanks."""
    with path.open("rb") as stream:
        while block := stream.read(_SAMPLE_BYTES):
            if block.strip(b" \t\r\n"):
                return False
    return True
