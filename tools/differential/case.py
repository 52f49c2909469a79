"""Case of the comparison: what is given, what the original answers, and what answers here."""

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# What can be seen of an answer, by name: the status, the body, the rows that were read.
Answer = Mapping[str, Any]
# Answers here, with these environment variables.
Here = Callable[[Mapping[str, str]], Answer]


@dataclass(frozen=True)
class Case:
    """One case; `source` says where the original's answer comes from.

    Numbers in lists may differ by `tolerance`; everything else is compared as it is.
    """

    name: str
    given: str
    source: str
    original: Callable[[], Answer]
    here: Here
    tolerance: float = 0.0


@dataclass(frozen=True)
class Result:
    """A case with what was answered here."""

    case: Case
    original: Answer
    here: Answer

    @property
    def differs(self) -> list[str]:
        """The parts of the answer that are not the original's."""
        original, here = self.original, self.here
        return [
            part
            for part in sorted({*original, *here})
            if not _alike(original.get(part), here.get(part), self.case.tolerance)
        ]

    def __str__(self) -> str:
        there, here = self.original, self.here
        parts = "; ".join(
            f"{part} {_shown(there.get(part))} there, {_shown(here.get(part))} here"
            for part in self.differs
        )
        return f"{self.case.name} ({self.case.given}): {parts or 'the same'}"


def run(case: Case, environment: Mapping[str, str] | None = None) -> Result:
    """Return what the container answers."""
    with warnings.catch_warnings():
        # XGBoost warns of old models and of boosters that it means to give up.
        warnings.simplefilter("ignore")
        return Result(case, case.original(), case.here(environment or {}))


def _alike(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_alike(a, b, tolerance) for a, b in pairs)
    if isinstance(one, float) and isinstance(other, float):
        both_missing = math.isnan(one) and math.isnan(other)
        return both_missing or math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    return bool(one == other)


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"
