"""A picture of the report, as bytes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportPicture:
    """`alt` says in numbers what a reader would see; `name` is that of the file."""

    name: str
    title: str
    alt: str
    png: bytes
