"""Kinds of content in place of rows in a text format, with what a sender has to do."""

import re

from container.formats.binary_kinds import Group, is_utf_16, known_kind
from container.formats.libsvm import looks_like_libsvm
from container.formats.media import Format

_READABLE = (
    (b"PAR1", f"Parquet; say Content-Type: {Format.PARQUET}"),
    (b"\x93NUMPY", f"npy; say Content-Type: {Format.NPY}"),
    (b"\x0a\x23\xd7\xce", f"RecordIO-protobuf; say Content-Type: {Format.RECORDIO}"),
)
_LOOKED_AT = 512
_UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_JSON = re.compile(rb"\s*[\[{]")


def other_kind(body: bytes, form: Format) -> str:
    """Return what a body is that is not in its text format, and what to do; "": not known."""
    if not form.is_text:
        return ""
    for beginning, kind in _READABLE:
        if body.startswith(beginning):
            return kind
    if found := known_kind(body):
        is_compressed = found.group is Group.COMPRESSED
        return f"{found.name}; {'send it uncompressed' if is_compressed else 'send rows of text'}"
    if body.startswith(_UTF_32):
        return "UTF-32; encode it as UTF-8"
    if is_utf_16(body):
        return "UTF-16; encode it as UTF-8, or say charset=utf-16"
    sample = body[:_LOOKED_AT]
    if b"\0" in sample:
        return "no text, as it has bytes of 0; send rows of text"
    return _other_text(sample.removeprefix(b"\xef\xbb\xbf"), form)


def _other_text(sample: bytes, form: Format) -> str:
    if form in (Format.CSV, Format.LIBSVM) and _JSON.match(sample):
        return f"JSON; say Content-Type: {Format.JSON}"
    first = sample.lstrip().partition(b"\n")[0]
    if form is Format.CSV and looks_like_libsvm(first):
        return f"libsvm; say Content-Type: {Format.LIBSVM}"
    if form is Format.LIBSVM and b"," in first and b":" not in first:
        return f"CSV; say Content-Type: {Format.CSV}"
    return ""
