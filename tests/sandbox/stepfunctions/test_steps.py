"""Executions: what is stopped as soon as it was started."""

from typing import Any

from sandbox.stepfunctions import steps


class Interpreter:
    """An interpreter that has begun when it was looked at twice, and hears a stop from then on."""

    def __init__(self) -> None:
        self.looks = 0
        self.heard: list[Any] = []

    def program_state(self) -> str | None:
        self.looks += 1
        return "running" if self.looks > 2 else None

    def set_stop(self, **given: Any) -> None:
        if self.looks > 2:
            self.heard.append(given)


class Worker(steps._Worker):
    """A worker whose thread makes the interpreter a moment after it was started."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.made = [None, interpreter]

    @property
    def env(self) -> Any:
        return self.made.pop(0) if len(self.made) > 1 else self.made[0]


def test_an_execution_that_has_not_begun_hears_that_it_is_stopped() -> None:
    interpreter = Interpreter()

    Worker(interpreter).stop("now", "Error", "a cause")

    assert interpreter.heard == [{"stop_date": "now", "error": "Error", "cause": "a cause"}]
