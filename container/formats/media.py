"""Media types of channels, requests and responses, and content negotiation."""

import codecs
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType

from container.contract.errors import InputError
from container.contract.http_errors import HTTPError


class Format(StrEnum):
    """A format of rows or responses; the value is its media type."""

    CSV = "text/csv"
    LIBSVM = "text/libsvm"
    PARQUET = "application/x-parquet"
    RECORDIO = "application/x-recordio-protobuf"
    NPY = "application/x-npy"
    JSON = "application/json"
    JSON_LINES = "application/jsonlines"

    @property
    def is_text(self) -> bool:
        """Whether it is made of characters."""
        return self in _TEXT


CHANNELS = (Format.CSV, Format.LIBSVM, Format.PARQUET, Format.RECORDIO, Format.NPY)
READABLE = tuple(Format)
WRITABLE = (Format.CSV, Format.JSON, Format.JSON_LINES, Format.RECORDIO)

_BY_NAME: Mapping[str, Format] = MappingProxyType(
    {
        **{each.value: each for each in Format},
        "csv": Format.CSV,
        "libsvm": Format.LIBSVM,
        "text/x-libsvm": Format.LIBSVM,
        "parquet": Format.PARQUET,
        "recordio-protobuf": Format.RECORDIO,
    }
)
_TEXT = (Format.CSV, Format.LIBSVM, Format.JSON, Format.JSON_LINES)
_UTF_8 = ("utf-8", "ascii")
# By Python's names. Other codecs are no charsets, or take more time than the text is long.
_CHARSETS = re.compile(
    r"iso8859-\d+|cp(125\d|437|850|932|949)|utf-(16|32)(-[bl]e)?|shift_jis|euc_(jp|kr)|"
    "gbk|gb18030|big5|koi8-[ru]|mac-roman"
)
_KNOWN = ("charset", "header", "label_size")
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class MediaType:
    """A format, and whether its first line is a header; not `declared`: the default was used.

    `charset` is Python's name of it, "" for UTF-8.
    """

    format: Format
    header: bool = False
    declared: bool = True
    charset: str = ""


class _WrongTypeError(ValueError):
    """Why a media type is not supported, and what to do."""


@functools.lru_cache(maxsize=64)
def request_type(header: str) -> MediaType:
    """Return the type of a body by its Content-Type header ("": none); raises HTTPError (415).

    `label_size` may be 0 or, as for the built-in, 1: the rows of a request never hold a label.
    Other parameters and unknown charsets have no effect, as in the built-in.
    """
    if not header.strip():
        return MediaType(Format.CSV, declared=False)
    try:
        media, charset, _ = _parsed(header, READABLE, ("0", "1"))
    except _WrongTypeError as error:
        message = f"Content-Type {_shown(header)} {error}"
        raise HTTPError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message) from error
    return replace(media, charset=_codec(charset) or "") if media.format.is_text else media


def channel_type(where: str, content_type: str) -> MediaType | None:
    """Return the type of a channel's files; None ("" given): to be found out. Raises InputError."""
    if not content_type.strip():
        return None
    try:
        media, charset, others = _parsed(content_type, CHANNELS, ("1",))
        if media.format.is_text and _codec(charset) != "":
            raise _WrongTypeError("has a charset that is not supported; use UTF-8")
        if others and media.format is Format.CSV:
            raise _WrongTypeError("has an unknown parameter; use label_size, header or charset")
        return media
    except _WrongTypeError as error:
        raise InputError(f"{where}: ContentType {_shown(content_type)} {error}") from error


@functools.lru_cache(maxsize=64)
def response_format(header: str, default: str) -> Format:
    """Return the format that an Accept header ("": none) prefers; raises HTTPError (406).

    Of equally wanted formats the one named first wins, then `default`.
    """
    ranges = list(_ranges(header.lower() or "*/*"))
    offers: list[tuple[float, int, Format]] = []
    for candidate in (Format(default), *WRITABLE):
        matches = [
            (specificity, quality, -place)
            for place, (media_range, quality) in enumerate(ranges)
            if (specificity := _specificity(media_range, candidate))
        ]
        if matches:
            _, quality, place = max(matches)
            offers.append((-quality, -place, candidate))
    wanted = [offer for offer in offers if offer[0] < 0]
    if not wanted:
        raise HTTPError(
            HTTPStatus.NOT_ACCEPTABLE,
            f"Accept {_shown(header)} is not supported; accept {_either(WRITABLE)}",
        )
    return min(wanted, key=lambda offer: offer[:2])[2]


def _parsed(
    text: str, formats: tuple[Format, ...], label_sizes: tuple[str, ...]
) -> tuple[MediaType, str, bool]:
    """Return a type, its charset, and whether there are parameters without effect."""
    name, *items = (part.strip() for part in text.lower().split(";"))
    found = _BY_NAME.get(name)
    if found not in formats:
        raise _WrongTypeError(f"is not supported; use {_either(formats)}")
    parameters, others = _parameters(items)
    charset = parameters.get("charset", "utf-8")
    if found is not Format.CSV:
        return MediaType(found), charset, others
    header = parameters.get("header", "absent")
    if header not in ("present", "absent"):
        raise _WrongTypeError("is wrong: header must be present or absent")
    if parameters.get("label_size", label_sizes[0]) not in label_sizes:
        raise _WrongTypeError(f"is wrong: label_size must be {' or '.join(label_sizes)}")
    return MediaType(found, header == "present"), charset, others


def _parameters(items: list[str]) -> tuple[dict[str, str], bool]:
    """Return those that have an effect, and whether there are others."""
    parameters: dict[str, str] = {}
    others = False
    for item in filter(None, items):
        name, _, value = (part.strip() for part in item.partition("="))
        if name not in _KNOWN:
            others = True
            continue
        if name in parameters:
            raise _WrongTypeError("is wrong: write each parameter once, as name=value")
        parameters[name] = value.strip('"')
    return parameters, others


def _codec(charset: str) -> str | None:
    """Return Python's name of a charset, "" for UTF-8, None for an unknown one."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    if name in _UTF_8:
        return ""
    return name if _CHARSETS.fullmatch(name) else None


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    """Yield each media range of an Accept header with its quality; 0 where that is invalid."""
    for item in header.split(","):
        media_range, *parameters = (part.strip() for part in item.split(";"))
        qualities = [part[2:] for part in parameters if part.startswith("q=")]
        try:
            quality = float(qualities[0]) if qualities else 1.0
        except ValueError:
            quality = 0.0
        yield media_range, quality if 0 <= quality <= 1 else 0.0


def _specificity(media_range: str, candidate: Format) -> int:
    """Return how exactly a media range names a format; 0: not at all."""
    if _BY_NAME.get(media_range) is candidate:
        return 3
    if media_range == candidate.split("/")[0] + "/*":
        return 2
    return int(media_range == "*/*")


def _either(formats: tuple[Format, ...]) -> str:
    *others, last = formats
    return f"{', '.join(others)} or {last}"


def _shown(header: str) -> str:
    return header if len(header) <= _SHOWN_CHARACTERS else header[:_SHOWN_CHARACTERS] + "…"
