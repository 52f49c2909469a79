"""Decides which format a request is in and which one it wants back."""

import functools
from http import HTTPStatus

from container.formats.refusal import RefusedError

READABLE = ("text/csv", "application/json")
WRITABLE = ("text/csv", "application/json")

_CHARSETS = ("utf-8", "utf8", "us-ascii")


@functools.lru_cache(maxsize=64)
def request_type(header: str) -> str:
    """The media type of a body; none given means CSV. Raises RefusedError (415)."""
    media_type, _, parameters = header.lower().partition(";")
    media_type = media_type.strip() or "text/csv"
    if media_type == "csv":
        media_type = "text/csv"
    if media_type not in READABLE:
        raise _unsupported(f"Content-Type {media_type} is not supported; send {_either(READABLE)}")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in _CHARSETS:
            raise _unsupported(f"charset {value.strip()} is not supported; send UTF-8")
    return media_type


@functools.lru_cache(maxsize=64)
def answer_type(header: str, default: str) -> str:
    """The first format of an Accept header that can be written. Raises RefusedError (406)."""
    for media_type in _by_preference(header.lower() or "*/*"):
        if media_type == "*/*":
            return default
        for candidate in (default, *WRITABLE):
            if media_type in (candidate, candidate.split("/")[0] + "/*"):
                return candidate
    raise RefusedError(
        HTTPStatus.NOT_ACCEPTABLE,
        f"Accept {header} cannot be answered; accept {_either(WRITABLE)}",
    )


def _by_preference(header: str) -> list[str]:
    weighted: list[tuple[float, str]] = []
    for item in header.split(","):
        media_type, *parameters = (part.strip() for part in item.split(";"))
        weights = [part[2:] for part in parameters if part.startswith("q=")]
        try:
            weight = float(weights[0]) if weights else 1.0
        except ValueError:
            weight = 0.0
        if weight > 0:
            weighted.append((-weight, media_type))
    return [media_type for _, media_type in sorted(weighted, key=lambda pair: pair[0])]


def _either(types: tuple[str, ...]) -> str:
    return " or ".join(types)


def _unsupported(message: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
