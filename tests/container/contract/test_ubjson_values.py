"""Values of UBJSON by their first byte, whole and cut off. https://ubjson.org/type-reference/"""

import struct

import pytest

from container.contract import ubjson
from container.contract.ubjson import members


def document(value: bytes) -> bytes:
    return b"{i\x01a" + value + b"}"


VALUES = {
    "null": b"Z",
    "no-op": b"N",
    "true": b"T",
    "false": b"F",
    "int8": b"i\x05",
    "uint8": b"U\xff",
    "char": b"Cx",
    "int16": b"I\0\x05",
    "int32": b"l\0\0\0\x05",
    "float32": b"d\0\0\0\0",
    "int64": b"L\0\0\0\0\0\0\0\x05",
    "float64": b"D\0\0\0\0\0\0\0\0",
    "text": b"Si\x03abc",
    "no text": b"Si\0",
    "text of an uint8": b"SU\x80" + b"x" * 128,
    "text of an int16": b"SI\0\x02ab",
    "text of an int32": b"Sl\0\0\0\x02ab",
    "text of an int64": b"SL\0\0\0\0\0\0\0\x02ab",
    "object": b"{i\x01bZi\x01cT}",
    "empty object": b"{}",
    "array": b"[i\x05ZSi\x01x]",
    "empty array": b"[]",
    "counted": b"[#i\x02i\x05Z",
    "counted nothing": b"[#i\0",
    "typed": b"[$d#i\x02\0\0\0\0\0\0\0\0",
    "typed nothing": b"[$d#i\0",
    "typed null": b"[$Z#i\x05",
    "typed int64": b"[$L#i\x01\0\0\0\0\0\0\0\x05",
}


@pytest.mark.parametrize("name", VALUES)
def test_a_whole_value_is_where_it_is_and_no_byte_less(name: str) -> None:
    value = VALUES[name]
    whole = document(value)

    assert members(whole) == {"a": slice(4, 4 + len(value))}
    assert members(document(value + b"i\x01b" + value))["b"] == slice(
        7 + len(value), 7 + 2 * len(value)
    )
    for end in range(1, len(whole)):
        with pytest.raises(ValueError, match=r"ends too early|begins no|negative"):
            members(whole[:end])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "it is no object"),
        (b"[]", "it is no object"),
        (document(b"x"), "byte 4 begins no value"),
        (document(b"Sx"), "byte 5 begins no length"),
        (document(b"Si\xff"), "byte 5 begins a negative length"),
        (document(b"[#i\xff"), "byte 6 begins a negative length"),
        (document(b"[$x#i\x01"), "byte 5 begins no array"),
        (document(b"[$S#i\x01"), "byte 5 begins no array"),
        (document(b"[$d]"), "byte 5 begins no array"),
        (b"{i\x7fa", "it ends too early"),
    ],
)
def test_what_is_no_value_is_refused_with_its_place(content: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        members(content)


@pytest.mark.parametrize(
    ("opening", "closing"), [(b"{i\x01a", b"}"), (b"[", b"]"), (b"[#i\x01", b"")]
)
def test_values_are_nested_to_a_depth_and_no_deeper(opening: bytes, closing: bytes) -> None:
    def nested(depth: int) -> bytes:
        return document(opening * depth + b"Z" + closing * depth)

    assert members(nested(63))
    with pytest.raises(ValueError, match="nested too deeply"):
        members(nested(64))


def test_a_length_of_many_bytes_is_read_with_its_first_byte_first() -> None:
    assert members(document(b"SI" + struct.pack(">h", 300) + b"x" * 300))["a"] == slice(4, 308)


def test_another_error_than_an_early_end_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ubjson, "_object", broken)

    with pytest.raises(ZeroDivisionError):
        members(b"{}")
