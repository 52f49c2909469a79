"""One thing `doctor` looked at, and what to do when it is not well."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """The answer to one question; `advice` is empty when all is well."""

    level: Literal["ok", "warn", "fail"]
    subject: str
    note: str
    advice: str
