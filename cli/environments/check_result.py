"""Result of one check of `kiban doctor`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class CheckResult:
    """Result of one check; `advice` is empty when it passed."""

    level: Literal["ok", "warn", "fail"]
    subject: str
    note: str
    advice: str
