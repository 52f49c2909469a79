"""What one walk found: its steps, its calls, and what is left of the environment."""

from dataclasses import dataclass, field

from cli.verification.call_record import Calls


@dataclass(frozen=True)
class StepOutcome:
    """How one step went; `error` is empty when it succeeded."""

    name: str
    result: str
    seconds: float
    error: str = ""


@dataclass
class Walk:
    """What one place did: its steps, its calls, and what is left of the environment."""

    place: str
    steps: list[StepOutcome] = field(default_factory=list)
    calls: dict[str, Calls] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    @property
    def error(self) -> str:
        """Why it did not come to its end, or an empty text."""
        return next((step.error for step in self.steps if step.error), "")
