"""Formats of records that DataProcessing filters and joins: CSV, JSON and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any, NoReturn, Protocol

_FIELD = r'(?:"(?:[^"]|"")*"|[^",\r\n]*)'
_RFC4180 = re.compile(rf"{_FIELD}(?:,{_FIELD})*")


class FormatError(Exception):
    """Records that are not in their format; the text is one line of the job's data log."""


class RecordFormat(Protocol):
    """How one record is read, written, and joined with the response to it."""

    name: str
    has_members: bool

    def read(self, data: bytes) -> Any:
        """Return the value of a record; raises ValueError."""

    def write(self, value: Any) -> bytes:
        """Return the record of a value."""

    def join(self, record: Any, response: Any) -> Any:
        """Return the input record with the response."""


class Csv:
    """Each row is an array of texts; RFC 4180 without newlines in a field."""

    name = "CSV"
    has_members = False

    def read(self, data: bytes) -> list[str]:
        """Return the fields of a row."""
        line = data.decode().strip("\r\n")
        if '"' not in line:
            return line.split(",")
        if not _RFC4180.fullmatch(line):
            raise ValueError(f"a quote stands where RFC 4180 has none, in {line[:100]!r}")
        return next(csv.reader([line]))

    def write(self, value: Any) -> bytes:
        """Return the row of some fields, or of one."""
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow(value if isinstance(value, list) else [value])
        return text.getvalue().encode()

    def join(self, record: list[str], response: list[str]) -> list[str]:
        """Append the response's fields."""
        return [*record, *response]


class Json:
    """Each record is a JSON document."""

    name = "JSON"
    has_members = True

    def read(self, data: bytes) -> Any:
        """Return the document."""
        return json.loads(data, parse_constant=_refuse_constant)

    def write(self, value: Any) -> bytes:
        """Return the document on one line."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def join(self, record: Any, response: Any) -> dict[str, Any]:
        """Add the response to an object; anything else becomes an attribute of a new object."""
        kept = record if isinstance(record, dict) else {"SageMakerInput": record}
        return {**kept, "SageMakerOutput": response}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


BY_CONTENT_TYPE: dict[str, RecordFormat] = {
    "text/csv": Csv(),
    "application/json": Json(),
    "application/jsonlines": Json(),
}


def find(content_type: str | None) -> RecordFormat | None:
    """Return the format of a media type; None for one that DataProcessing does not take."""
    return BY_CONTENT_TYPE.get(media_type(content_type))


def media_type(content_type: str | None) -> str:
    """Return a Content-Type without its parameters, in lower case."""
    return (content_type or "").partition(";")[0].strip().lower()


def read(format_: RecordFormat, data: bytes, what: str) -> Any:
    """Read a record of the input or output; raises FormatError, in the words of the data log.

    aws/amazon-sagemaker-examples#898 has them for the input, #821 for the output.
    """
    try:
        return format_.read(data)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise FormatError(f"Failed to parse {what} as {format_.name}: {reason}") from None
