"""Kinds of content by their first bytes, to name what was sent in place of rows."""

import re

from container.formats.libsvm import looks_like_libsvm
from container.formats.media import Format

_UNCOMPRESSED = "send it uncompressed"
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", f"compressed with gzip; {_UNCOMPRESSED}"),
    (b"BZh", f"compressed with bzip2; {_UNCOMPRESSED}"),
    (b"\xfd7zXZ\0", f"compressed with xz; {_UNCOMPRESSED}"),
    (b"\x28\xb5\x2f\xfd", f"compressed with Zstandard; {_UNCOMPRESSED}"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook; send rows of text"),
    (b"PAR1", f"Parquet; say Content-Type: {Format.PARQUET}"),
    (b"\x93NUMPY", f"npy; say Content-Type: {Format.NPY}"),
    (b"\x0a\x23\xd7\xce", f"RecordIO-protobuf; say Content-Type: {Format.RECORDIO}"),
    (b"\xff\xfe\0\0", "UTF-32; encode it as UTF-8"),
    (b"\xff\xfe", "UTF-16; encode it as UTF-8, or say charset=utf-16"),
    (b"\xfe\xff", "UTF-16; encode it as UTF-8, or say charset=utf-16"),
    *(
        (bytes([128, number]), "a Python pickle, which is never opened; send rows of text")
        for number in range(2, 6)
    ),
)
_LOOKED_AT = 512
_JSON = re.compile(rb"\s*[\[{]")


def other_kind(body: bytes, form: Format) -> str:
    """Return what a body is that is not in its text format, and what to do; "": not known."""
    if not form.is_text:
        return ""
    for beginning, kind in _BEGINNINGS:
        if body.startswith(beginning):
            return kind
    sample = body[:_LOOKED_AT]
    # Digits in UTF-16 have a zero in each other byte.
    pairs = len(sample) // 2
    if sample.count(0) >= pairs > 1 and 0 in (sample[0::2].count(0), sample[1::2].count(0)):
        return "UTF-16; encode it as UTF-8, or say charset=utf-16"
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
