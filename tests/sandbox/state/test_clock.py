"""The sandbox's clock: what is called as its minutes pass, by themselves or moved."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.state import clock


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The machine's clock, which stands still at 08:00:30 until it is set."""
    real = SimpleNamespace(at=datetime(2026, 11, 30, 8, 0, 30, tzinfo=UTC))
    fake = SimpleNamespace(now=lambda zone: real.at, fromtimestamp=datetime.fromtimestamp)
    monkeypatch.setattr(clock, "datetime", fake)
    monkeypatch.setattr(threading, "Thread", lambda **_: SimpleNamespace(start=lambda: None))
    clock.start()
    yield real
    clock.stop()
    clock._Clock.moved, clock._Clock.listening = timedelta(), ()


@pytest.fixture
def passed(real: Any) -> list[str]:
    """The minutes that were told, as the clock showed them."""
    told: list[str] = []
    clock.every(60, lambda moment: told.append(f"{moment:%H:%M:%S} {clock.now():%H:%M:%S}"))
    return told


def test_a_moved_clock_passes_each_minute_in_turn_and_shows_it(passed: list[str]) -> None:
    shown = clock.advance(150)

    assert passed == ["08:01:00 08:01:00", "08:02:00 08:02:00", "08:03:00 08:03:00"]
    assert f"{shown:%H:%M:%S}" == "08:03:00"
    assert f"{clock.advance(59):%H:%M:%S}" == "08:03:59"
    assert len(passed) == 3


@pytest.mark.parametrize("seconds", [-1, 86_401, float("nan")])
def test_a_clock_does_not_go_back_nor_over_a_day(seconds: float, passed: list[str]) -> None:
    with pytest.raises(ValueError, match="the clock moves 0 to 86400"):
        clock.advance(seconds)
    assert passed == []


def test_a_minute_that_passes_by_itself_is_told_once(real: Any, passed: list[str]) -> None:
    for second in (59, 60, 61, 119, 121):
        real.at = datetime(2026, 11, 30, 8, tzinfo=UTC) + timedelta(seconds=second)
        clock._pass_real_time()

    assert [one[:8] for one in passed] == ["08:01:00", "08:02:00"]


def test_a_machine_that_slept_makes_up_for_nothing(real: Any, passed: list[str]) -> None:
    real.at += timedelta(hours=8)

    clock._pass_real_time()

    assert [one[:8] for one in passed] == ["16:00:00"]


def test_ten_seconds_are_passed_while_somebody_needs_them(real: Any) -> None:
    told: list[str] = []
    needed = SimpleNamespace(now=True)
    clock.every(60, lambda moment: told.append("minute"))
    clock.every(10, lambda moment: told.append(f"{moment:%S}"), lambda: needed.now)

    clock.advance(45)
    needed.now = False
    clock.advance(60)

    assert told == ["40", "50", "minute", "00", "10", "minute"]


def test_one_that_fails_does_not_keep_the_next_from_being_told(real: Any) -> None:
    told: list[datetime] = []

    def fail(moment: datetime) -> None:
        raise KeyError(moment)

    clock.every(60, fail)
    clock.every(60, told.append)

    clock.advance(60)

    assert len(told) == 1


@pytest.fixture
def running() -> Iterator[threading.Thread]:
    """The clock going on by itself, in this thread."""
    before = threading.enumerate()
    clock.start()
    (thread,) = (one for one in threading.enumerate() if one not in before)
    yield thread
    clock.stop()
    clock._Clock.moved, clock._Clock.listening = timedelta(), ()


def set_to(seconds: float) -> None:
    """Set the clock so long after the first minute that nobody was told of, or before it."""
    minute = clock._Clock.passed // 60 * 60 + 60
    clock._Clock.moved += timedelta(seconds=minute + seconds - clock.now().timestamp())
    clock._LOOK_AGAIN.set()


def test_a_clock_that_runs_tells_by_itself_and_ends(running: threading.Thread) -> None:
    told: Queue[datetime] = Queue()
    clock.every(60, told.put)

    set_to(-0.05)

    assert told.get(timeout=30).second == 0
    clock.stop()
    running.join(30)
    assert (running.is_alive(), told.empty()) == (False, True)


def test_a_minute_that_ends_while_another_is_told_is_told_at_once(
    running: threading.Thread,
) -> None:
    told: Queue[datetime] = Queue()

    def take_a_minute(moment: datetime) -> None:
        if told.empty():
            clock._Clock.moved += timedelta(seconds=60)
        told.put(moment)

    clock.every(60, take_a_minute)

    set_to(0.05)

    first, second = told.get(timeout=30), told.get(timeout=30)
    assert second - first == timedelta(seconds=60)
