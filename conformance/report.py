"""What came out: one result for each check, and whether the container may be trusted."""

from dataclasses import dataclass
from typing import Any, Literal

from conformance.check import Check

Outcome = Literal["passed", "failed", "skipped"]

# What only a real image on real instances can show.
NOT_CHECKED = (
    "the image itself: entry point in exec form, labels, size, architecture, what it runs as",
    "process number 1: signals are sent to a plain process, which needs no init of its own",
    "S3: that models, checkpoints and output survive the copy to and from a bucket",
    "GPUs, several instances, Pipe and FastFile input",
)


@dataclass(frozen=True)
class Result:
    """How one check ended; `seen` is one line for a failure, the reason for a skipped one."""

    check: Check[Any]
    outcome: Outcome
    seen: str = ""
    seconds: float = 0.0

    @property
    def document(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "name": self.check.name,
            "title": self.check.title,
            "severity": self.check.severity,
            "outcome": self.outcome,
            "seen": self.seen,
            "why": self.check.why,
            "page": self.check.page,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Report:
    """All results of one run, in the order in which they came."""

    target: str
    results: tuple[Result, ...]

    @property
    def keeps_the_contract(self) -> bool:
        """Whether something was looked at and no demand is broken; advice may be left."""
        return self.looked_at > 0 and not self.broken

    @property
    def looked_at(self) -> int:
        """How many checks were not skipped."""
        return len(self.results) - len(self.of("skipped"))

    @property
    def broken(self) -> list[Result]:
        """The demands that do not hold."""
        return [result for result in self.of("failed") if result.check.severity == "must"]

    def of(self, outcome: Outcome) -> list[Result]:
        """The results with this outcome."""
        return [result for result in self.results if result.outcome == outcome]

    @property
    def document(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "target": self.target,
            "keeps_the_contract": self.keeps_the_contract,
            "results": [result.document for result in self.results],
            "not_checked": list(NOT_CHECKED),
        }
