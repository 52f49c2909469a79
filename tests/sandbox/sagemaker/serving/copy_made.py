"""A copy without a program, and what stands for one."""

from types import SimpleNamespace
from typing import Any

from sandbox.sagemaker.hosting import Container
from sandbox.sagemaker.serving.copies import Copy
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")


class Child:
    """A program that runs until it is told to end."""

    def __init__(self, running: bool = True) -> None:
        self.running, self.did = running, []  # type: ignore[var-annotated]

    def kill(self) -> None:
        self.did.append("kill")

    def stop(self, seconds: float) -> None:
        self.did.append(f"stop {seconds:g}")

    def wait(self, seconds: float) -> int | None:
        return None if self.running else 1


class Connection:
    """A connection whose request is answered, or fails."""

    def __init__(self, answer: Any, will_close: bool = False) -> None:
        self.answer, self.will_close, self.closed = answer, will_close, 0

    def request(self, *given: Any) -> None:
        if isinstance(self.answer, BaseException):
            raise self.answer

    def getresponse(self) -> Any:
        return SimpleNamespace(
            status=self.answer,
            read=lambda: b"body",
            will_close=self.will_close,
            getheaders=lambda: [("Content-Type", "text/csv")],
        )

    def close(self) -> None:
        self.closed += 1


def make_copy(container: Container | None = None, **row: Any) -> Any:
    given = {"VariantName": "A", **row}
    return Copy(HERE, "churn", given, container or Container("image", None, {}, False))
