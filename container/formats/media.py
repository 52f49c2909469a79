"""Media types of channels, requests and responses, and content negotiation."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class MediaType:
    """A format, and whether its first line is a header; not `declared`: the default was used."""

    format: Format
    header: bool = False
    declared: bool = True


class _WrongTypeError(ValueError):
    """Why a media type is not supported, and what to do."""


@functools.lru_cache(maxsize=64)
def request_type(header: str) -> MediaType:
    """Return the type of a body by its Content-Type header ("": none); raises HTTPError (415).

    `label_size` may be 0 or, as for the built-in, 1: the rows of a request never hold a label.
    """
    if not header.strip():
        return MediaType(Format.CSV, declared=False)
    try:
        return _parsed(header, READABLE, ("0", "1"))
    except _WrongTypeError as error:
        message = f"Content-Type {_shown(header)} {error}"
        raise HTTPError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message) from error


def channel_type(where: str, content_type: str) -> MediaType | None:
    """Return the type of a channel's files; None ("" given): to be found out. Raises InputError."""
    if not content_type.strip():
        return None
    try:
        return _parsed(content_type, CHANNELS, ("1",))
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


def _parsed(text: str, formats: tuple[Format, ...], label_sizes: tuple[str, ...]) -> MediaType:
    name, *items = (part.strip() for part in text.lower().split(";"))
    found = _BY_NAME.get(name)
    if found not in formats:
        raise _WrongTypeError(f"is not supported; use {_either(formats)}")
    parameters = _parameters(items)
    charset = parameters.pop("charset", "utf-8")
    if found in _TEXT and charset not in _CHARSETS:
        raise _WrongTypeError("has a charset that is not supported; use UTF-8")
    if found is not Format.CSV:
        return MediaType(found)
    header = parameters.pop("header", "absent")
    if header not in ("present", "absent"):
        raise _WrongTypeError("is wrong: header must be present or absent")
    if parameters.pop("label_size", label_sizes[0]) not in label_sizes:
        raise _WrongTypeError(f"is wrong: label_size must be {' or '.join(label_sizes)}")
    if parameters:
        raise _WrongTypeError("has an unknown parameter; use label_size, header or charset")
    return MediaType(found, header == "present")


def _parameters(items: list[str]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for item in filter(None, items):
        name, equals, value = item.partition("=")
        if not equals or name.strip() in parameters:
            raise _WrongTypeError("is wrong: write each parameter once, as name=value")
        parameters[name.strip()] = value.strip().strip('"')
    return parameters


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
