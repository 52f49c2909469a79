"""The time of the sandbox: the machine's own, moved forward on request.

Whatever has to happen once a minute is called by its one thread, and for each minute that passes
while the clock is moved: who moves it finds everything done.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

MOST_SECONDS = 86_400.0
"""Longest move at once: its 1,440 minutes are passed one by one."""

LONGEST_SECONDS = 3650 * 86_400.0
"""Longest distance from the machine's time that a saved sandbox may have."""

Listener = Callable[[datetime], None]
_LOG = logging.getLogger(__name__)
_TURN = threading.RLock()
_LOOK_AGAIN = threading.Event()


class _Listening(NamedTuple):
    seconds: int
    call: Listener
    is_needed: Callable[[], bool]


class _Clock:
    moved = timedelta()
    passed = 0.0  # the last boundary whose listeners were called
    listening: tuple[_Listening, ...] = ()
    stop = threading.Event()
    teller: int | None = None  # the thread that calls listeners now


def now() -> datetime:
    """Return the sandbox's time, in UTC."""
    return datetime.now(UTC) + _Clock.moved


def moment_of(second: float) -> datetime:
    """Return the moment, in UTC, that is so many seconds after the epoch."""
    return datetime.fromtimestamp(second, UTC)


def every(seconds: int, call: Listener, is_needed: Callable[[], bool] = lambda: True) -> None:
    """Have `call` called at each multiple of `seconds` since the epoch, while it is needed."""
    _Clock.listening += (_Listening(seconds, call, is_needed),)


def advance(seconds: float) -> datetime:
    """Move the clock forward and return its time; ValueError for less than 0 or over a day.

    What listens is called for every minute that is passed, at that minute, before this returns.
    """
    if not 0 <= seconds <= MOST_SECONDS:
        raise ValueError(f"sandbox: {seconds:g} seconds; the clock moves 0 to {MOST_SECONDS:g}")
    with _TURN:
        until = now() + timedelta(seconds=seconds)
        _pass_boundaries(until)
        _Clock.moved += max(until - now(), timedelta())
    _LOOK_AGAIN.set()
    return now()


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """Call nobody, and let nobody move the clock, until the block ends."""
    with _TURN:
        yield


def moved_seconds() -> float:
    """Return how far the clock is ahead of the machine's."""
    return _Clock.moved.total_seconds()


def move_by(seconds: float) -> None:
    """Set the clock ahead without calling anybody: what happens in between happened elsewhere."""
    with _TURN:
        _Clock.moved = timedelta(seconds=seconds)
        _Clock.passed = math.floor(now().timestamp() / 10) * 10.0


def _pass_boundaries(until: datetime) -> None:
    while (at := _Clock.passed + _step(_Clock.passed)) <= until.timestamp():
        moment = moment_of(at)
        _Clock.moved += max(moment - now(), timedelta())
        _Clock.passed = at
        for one in _Clock.listening:
            if at % one.seconds == 0 and one.is_needed():
                _call(one.call, moment)


def _step(at: float) -> float:
    """Return the seconds from a moment to the next boundary that somebody needs."""
    needed = [one.seconds for one in _Clock.listening if one.is_needed()]
    step = min(needed, default=60)
    return step - at % step


def _call(listener: Listener, moment: datetime) -> None:
    _Clock.teller = threading.get_ident()
    try:
        listener(moment)
    except Exception:  # the next listener must not suffer
        _LOG.exception("sandbox: what happens once a minute failed")
    finally:
        _Clock.teller = None


def look_again() -> None:
    """Have the clock ask anew what is needed when: more often than it knew, perhaps."""
    _LOOK_AGAIN.set()


def is_telling() -> bool:
    """Return whether it is a listener that asks: others are told of the same moment after it."""
    return _Clock.teller == threading.get_ident()


def start() -> None:
    """Call who listens, until `stop`; what listened before is forgotten."""
    _Clock.listening, _Clock.moved = (), timedelta()
    _Clock.passed = math.floor(now().timestamp() / 10) * 10.0
    # Of its own: a thread that has not seen yet that it is stopped must not go on.
    _Clock.stop = threading.Event()
    threading.Thread(target=_run, args=(_Clock.stop,), name="clock", daemon=True).start()


def _run(stop_asked: threading.Event) -> None:
    while not stop_asked.is_set():
        _LOOK_AGAIN.clear()
        # Counted from the last boundary that was told: the next one may be over by now.
        due = _Clock.passed + _step(_Clock.passed)
        _LOOK_AGAIN.wait(max(due - now().timestamp(), 0))
        if not stop_asked.is_set():
            _pass_real_time()


def _pass_real_time() -> None:
    with _TURN:
        moment = now()
        # A machine that slept does not make up for what it missed.
        newest = math.floor(moment.timestamp() / 60) * 60.0
        _Clock.passed = max(_Clock.passed, newest - 60.0)
        _pass_boundaries(moment)


def stop() -> None:
    """Call nobody any more."""
    _Clock.stop.set()
    _LOOK_AGAIN.set()
