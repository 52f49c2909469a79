"""Files that are not in the format of their channel: what each is by its first bytes, and advice.

A file of another kind would fail in any case, but as a wrong number or a header that it has not.
"""

import re

from container.channel.data_files import DataFile
from container.formats import npy, recordio
from container.formats.binary_kinds import Group, is_utf_16, known_kind
from container.formats.media import Format
from container.formats.parquet_footer import MAGIC as PARQUET

_LOOKED_AT = 4096
_GZIP = b"\x1f\x8b"
_UNPACK = "unpack it, or compress it with gzip, which is read"
_WRITE = "write it as CSV or Parquet"
_REMOVE = "take it out of the channel"
NOT_UTF8 = (
    "is not UTF-8; save it as that, or say its charset in ContentType, such as "
    "text/csv;charset=iso-8859-1"
)

READABLE = {PARQUET: Format.PARQUET, npy.MAGIC: Format.NPY, recordio.MAGIC: Format.RECORDIO}
_NAMES = {
    Format.CSV: "CSV",
    Format.LIBSVM: "libsvm",
    Format.PARQUET: "Parquet",
    Format.NPY: "npy",
    Format.RECORDIO: "RecordIO-protobuf",
}
_ADVICE = {
    Group.COMPRESSED: _UNPACK,
    Group.ARCHIVE: "unpack it, or save the sheet as CSV",
    Group.TABLE: _WRITE,
    Group.DOCUMENT: _REMOVE,
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_NUMBER = rb"[-+]?[\d.][\d.eE+-]*"
_LIBSVM = re.compile(rb"\s*%b(:%b)?([ \t]+(qid|\d+):%b)+\s*" % (_NUMBER, _NUMBER, _NUMBER))
_DECIMAL = rb"[-+]?[\d.,eE+-]*"
_DECIMALS = re.compile(rb"\s*%b([;\t|]%b)+\s*" % (_DECIMAL, _DECIMAL))
_MARKUP = re.compile(rb"\s*<[!?a-zA-Z]")
_JSON = re.compile(rb"\s*(\{\s*(\"|\}|$)|\[\s*([-\d\"\[{]|$))")
_FOR_PEOPLE = re.compile(
    r"(readme|license|licence|notice|changelog)\b.*|.*\.(md|rst|html?|ipynb|py|log)", re.I
)


def require_format(file: DataFile, format_: Format) -> None:
    """Raise InputError when the first bytes of a file are those of something else."""
    found = _binary_kind(file, format_)
    if found:
        raise file.error(found)


def other_kind(file: DataFile, format_: Format) -> str:
    """Return what a file is, and what to do, when its first line is no row; "": not known."""
    line = _first_line(file)
    if _FOR_PEOPLE.fullmatch(file.path.name):
        return f"is a text for people, not rows of numbers; {_REMOVE}"
    if _MARKUP.match(line):
        return f"is HTML or XML; {_WRITE}"
    if _JSON.match(line):
        return f"is JSON; {_WRITE}"
    if format_ is Format.CSV and _LIBSVM.fullmatch(line):
        return _declared(Format.LIBSVM)
    if format_ is Format.LIBSVM and b"," in line and b":" not in line:
        return _declared(Format.CSV)
    return ""


def other_first_line(file: DataFile) -> str:
    """Return what the first line of CSV is when it is neither a row nor a header."""
    line = _first_line(file)
    if line.startswith(b"sep="):
        return "begins with a line for Excel (sep=); remove it"
    if line.startswith(b"#"):
        return "begins with a comment; remove it"
    if b"," in line and _DECIMALS.fullmatch(line):
        return "has decimal commas; write numbers with a point"
    return ""


def _first_line(file: DataFile) -> bytes:
    lines = (line for line in file.sample().split(b"\n") if line.strip())
    return next(lines, b"").removeprefix(b"\xef\xbb\xbf")


def _binary_kind(file: DataFile, format_: Format) -> str:
    if file.name.endswith(".csv.metadata"):
        return f"is what Athena writes beside a result, not the result; {_REMOVE}"
    sample = file.sample()[:_LOOKED_AT]
    if is_utf_16(sample):
        return "is UTF-16; save it as UTF-8, or say charset=utf-16 in ContentType"
    is_text, wants_text = not _CONTROL.search(sample), format_ not in READABLE.values()
    if is_text:
        # However it begins, it is none of the others.
        return "" if wants_text else f"is text, not {_NAMES[format_]}; correct its ContentType"
    found = _by_beginning(sample, format_)
    if found is None and wants_text and b"\0" in sample:
        return f"is no text (it has bytes of 0); {_WRITE}"
    return found or ""


def _by_beginning(sample: bytes, format_: Format) -> str | None:
    """Return what a binary file is, "" for the right format, None when it is not known."""
    for beginning, found in READABLE.items():
        if sample.startswith(beginning):
            return "" if found is format_ else _declared(found)
    if kind := known_kind(sample):
        if kind.beginning == _GZIP:
            return "is compressed with gzip twice; unpack it once"
        return f"is {kind.name}; {_ADVICE[kind.group]}"
    return "is a tar archive; unpack it" if sample[257:262] == b"ustar" else None


def _declared(format_: Format) -> str:
    return f"is {_NAMES[format_]}; say {format_} as ContentType"
