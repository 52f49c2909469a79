"""Files of machine code without their symbols, if they are loaded the same."""

import os
import struct
from pathlib import Path

import pytest

from container.image import commands, symbols


def elf(*segments: tuple[int, int, bytes], tail: bytes = b"") -> bytes:
    """A file with so many segments (kind, address, content), one behind the other."""
    start, size = 64, 56
    place = start + size * len(segments)
    headers, content = b"", b""
    for kind, address, part in segments:
        headers += struct.pack("<IIQQQQQQ", kind, 5, place, address, 0, len(part), len(part), 16)
        content += part
        place += len(part)
    head = bytearray(64)
    struct.pack_into("<Q", head, 0x20, start)
    struct.pack_into("<HH", head, 0x36, size, len(segments))
    return bytes(head) + headers + content + tail


CODE, DYNAMIC, NOTE = (1, 0, b"code"), (2, 16, b"data"), (4, 32, b"note")


@pytest.mark.parametrize(
    ("stripped", "same"),
    [
        (elf(CODE, DYNAMIC, NOTE), True),
        (elf(CODE, DYNAMIC, (4, 32, b"n0te")), True),
        (elf((1, 0, b"c0de"), DYNAMIC, NOTE), False),
        (elf(CODE, (2, 16, b"d@ta"), NOTE), False),
        (elf((1, 1, b"code"), DYNAMIC, NOTE), False),
        (elf(CODE, NOTE), False),
    ],
)
def test_a_file_is_stripped_only_if_it_is_loaded_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stripped: bytes, same: bool
) -> None:
    library = tmp_path / "a.so"
    whole = elf(CODE, DYNAMIC, NOTE, tail=b"symbols")
    library.write_bytes(whole)

    def run(words: list[str], advice: str) -> str:
        assert words[:3] == ["strip", "--strip-unneeded", "-o"]
        Path(words[3]).write_bytes(stripped)
        return ""

    monkeypatch.setattr(commands, "run", run)

    symbols.strip(library)

    assert library.read_bytes() == (stripped if same else whole)
    assert os.listdir(tmp_path) == ["a.so"]
