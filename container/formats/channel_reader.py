"""What a format has to offer so that its files can be read as a channel."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from container.formats.dataset import Batch


class ChannelReader(Protocol):
    """The files of a channel in one format; whatever it reads wrongly raises InputError.

    Features at `categorical` places come as they are in the files, as texts or as numbers.
    """

    @property
    def names(self) -> Sequence[str] | None:
        """Of all features, in order; None: as many as turn up in the rows, without names."""

    def memory(self) -> int:
        """About how many bytes all rows take as 32-bit numbers."""

    def whole(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """All rows, in as few batches as there are files."""

    def pieces(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """All rows, a bounded piece at a time, read from beginning to end."""
