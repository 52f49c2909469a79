"""Which workers are replaced when they die, without any process."""

import os
import signal
from typing import Any

import pytest

from container.contract.errors import ExitCode
from container.serving import supervisor
from container.serving.supervisor import Supervisor
from container.serving.telemetry import Telemetry


class Processes:
    """Workers that die one after the other, each with a status and after so many seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *deaths: tuple[int, float]) -> None:
        self.now = 0.0
        self.started = 0
        self.signals: list[tuple[int, int]] = []
        self._deaths = list(deaths)
        self._alive: list[int] = []
        monkeypatch.setattr(os, "fork", self.fork)
        monkeypatch.setattr(os, "wait", self.wait)
        monkeypatch.setattr(os, "kill", self.kill)
        monkeypatch.setattr(signal, "signal", lambda *_: None)
        monkeypatch.setattr(signal, "pthread_sigmask", lambda *_: set())
        monkeypatch.setattr(supervisor, "time", self)
        monkeypatch.setattr(supervisor, "log_event", lambda *_: None)

    def monotonic(self) -> float:
        return self.now

    def fork(self) -> int:
        self.started += 1
        self._alive.append(self.started)
        return self.started

    def wait(self) -> tuple[int, int]:
        if self.signals or not self._deaths:
            return self._alive.pop(0), 0
        status, seconds = self._deaths.pop(0)
        self.now += seconds
        return self._alive.pop(0), status

    def kill(self, process: int, number: int) -> None:
        self.signals.append((process, number))
        if process not in self._alive:
            raise ProcessLookupError


def exited(code: int) -> int:
    return code << 8


def supervised(workers: int = 1) -> int:
    made: Any = Supervisor(lambda lifeline: 0, Telemetry(workers))
    return int(made.run(workers))


KILLED = int(signal.SIGKILL)
QUICK, SLOW = 1.0, 2.0


@pytest.mark.parametrize(
    ("status", "started"), [(KILLED, 2), (exited(1), 1), (exited(2), 1), (exited(0), 1)]
)
def test_a_worker_that_was_killed_is_replaced_and_one_that_failed_ends_all(
    monkeypatch: pytest.MonkeyPatch, status: int, started: int
) -> None:
    processes = Processes(monkeypatch, (status, SLOW), (exited(1), SLOW))

    assert supervised() == 1
    assert processes.started == started


def test_a_worker_that_retired_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    retired = exited(int(ExitCode.RETIRED))
    processes = Processes(monkeypatch, (retired, SLOW), (exited(1), SLOW))

    assert supervised() == 1
    assert processes.started == 2


@pytest.mark.parametrize(
    ("deaths", "started"),
    [
        ([(KILLED, QUICK)] * 30, 11),
        ([(KILLED, SLOW)] * 30 + [(exited(1), SLOW)], 31),
        ([(KILLED, QUICK)] * 10 + [(KILLED, SLOW)] + [(KILLED, QUICK)] * 30, 22),
    ],
)
def test_workers_that_die_at_once_again_and_again_end_all(
    monkeypatch: pytest.MonkeyPatch, deaths: list[tuple[int, float]], started: int
) -> None:
    processes = Processes(monkeypatch, *deaths)

    assert supervised() == 1
    assert processes.started == started


def test_the_others_are_told_to_stop_when_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    processes = Processes(monkeypatch, (exited(1), SLOW))

    assert supervised(3) == 1
    assert processes.signals == [(2, signal.SIGTERM), (3, signal.SIGTERM)]
    assert processes.started == 3


def test_a_signal_stops_all_and_replaces_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    processes = Processes(monkeypatch)
    made: Any = Supervisor(lambda lifeline: 0, Telemetry(2))
    handlers: dict[int, Any] = {}
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    wait = processes.wait

    def stopped() -> tuple[int, int]:
        if not processes.signals:
            handlers[signal.SIGTERM](signal.SIGTERM, None)
        return wait()

    monkeypatch.setattr(os, "wait", stopped)

    assert made.run(2) == 0
    assert set(handlers) == {signal.SIGTERM, signal.SIGINT}
    assert [number for _, number in processes.signals] == [signal.SIGTERM] * 2
    assert processes.started == 2


def test_a_worker_that_has_ended_by_itself_need_not_be_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: Any = Supervisor(lambda lifeline: 0, Telemetry(1))
    made._started = {99: (0, 0.0)}

    def kill(process: int, number: int) -> None:
        raise errors.pop(0)

    errors: list[Exception] = [ProcessLookupError(), PermissionError()]
    monkeypatch.setattr(os, "kill", kill)

    made._stop()
    with pytest.raises(PermissionError):
        made._stop()


def test_a_worker_that_starts_while_all_stop_is_stopped_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processes = Processes(monkeypatch)
    made: Any = Supervisor(lambda lifeline: 0, Telemetry(1))

    made._start(0)
    assert processes.signals == []
    made._stopping = True
    made._start(0)

    assert processes.signals == [(2, signal.SIGTERM)]
