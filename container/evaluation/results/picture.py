"""One picture of the report, as PNG."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportPicture:
    """`alt` is the alternative text, with numbers; `name` is that of the file."""

    name: str
    title: str
    alt: str
    png: bytes
