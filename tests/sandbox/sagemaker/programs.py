"""Programs and logs of jobs, without a process."""

import threading
from typing import Any


class Child:
    """A program that ends with these codes, one look after the other."""

    def __init__(self, *codes: int | None) -> None:
        self.codes, self.stopped, self.killed = [*codes], threading.Event(), False

    def wait(self, seconds: float) -> int | None:
        return self.codes.pop(0) if len(self.codes) > 1 else self.codes[0]

    def stop(self, grace: float) -> None:
        assert grace == 120
        self.codes = [143]
        self.stopped.set()

    def kill(self) -> None:
        self.killed = True


class Log:
    def __init__(self, *given: Any) -> None: ...

    def flush(self) -> None: ...

    def write(self, line: str) -> str:
        return line
