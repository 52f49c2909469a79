"""Stripping of debug symbols, verified by comparing the loadable ELF segments."""

import hashlib
import os
import struct
from pathlib import Path

from container.image import commands

_LOADED = {1, 2}  # PT_LOAD and PT_DYNAMIC
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")


def are_stripped() -> bool:
    """Tell whether this build strips: the Dockerfile has binutils unless it is told not to."""
    return os.environ.get("WITH_BINUTILS") != "no"


def strip(path: Path) -> None:
    """Strip a 64-bit ELF file in place, or leave it as it was.

    Wheels hold libraries that patchelf has rewritten; strip may move their parts so that the
    loader rejects them.
    """
    shorter = path.with_name(f"{path.name}.stripped")
    words = ["strip", "--strip-unneeded", "-o", str(shorter), str(path)]
    commands.run(words, "install binutils")
    if loaded_segments(shorter) == loaded_segments(path):
        shorter.replace(path)
    else:
        shorter.unlink()


def loaded_segments(path: Path) -> list[tuple[int, ...]]:
    """Return the loadable segments of a file: rights, address, size and content of each."""
    content = path.read_bytes()
    (start,) = struct.unpack_from("<Q", content, 0x20)
    size, count = struct.unpack_from("<HH", content, 0x36)
    end_of_headers = start + size * count
    segments: list[tuple[int, ...]] = []
    for number in range(count):
        kind, rights, offset, address, _, length, memory, alignment = _PROGRAM_HEADER.unpack_from(
            content, start + number * size
        )
        if kind in _LOADED:
            shift = (address - offset) % alignment
            # The headers contain the positions of sections, which are not mapped.
            part = content[max(offset, end_of_headers) : offset + length]
            digest = int(hashlib.sha256(part).hexdigest(), 16)
            segments.append((kind, rights, address, length, memory, shift, digest))
    return segments
