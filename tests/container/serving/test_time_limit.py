"""A prediction that is too slow is ended early, and one that only seemed so is not."""

import numpy as np
import pytest

from container.contract.http_errors import HTTPError
from container.protocol import Floats, Rows
from container.serving import time_limit
from container.serving.time_limit import run_within_time


class Clock:
    def __init__(self, seconds_per_row: float) -> None:
        self.now = 0.0
        self.calls: list[int] = []
        self._seconds_per_row = seconds_per_row

    def monotonic(self) -> float:
        return self.now

    def work(self, rows: Rows) -> Floats:
        self.calls.append(len(rows))
        self.now += self._seconds_per_row * len(rows)
        return np.asarray(rows[:, 0], np.float32)


def run(
    monkeypatch: pytest.MonkeyPatch, seconds_per_row: float, rows: int, response_seconds: float
) -> Clock:
    clock = Clock(seconds_per_row)
    monkeypatch.setattr(time_limit, "time", clock)
    found = run_within_time(clock.work, np.arange(rows)[:, None], 10, response_seconds)
    assert found.tolist() == list(range(rows))
    return clock


@pytest.mark.parametrize(
    ("rows", "calls"), [(1, [1]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])]
)
def test_rows_are_worked_on_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch, rows: int, calls: list[int]
) -> None:
    assert run(monkeypatch, 0, rows, 60).calls == calls


def test_a_few_rows_have_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, 1_000, 10, 1)


# Seven tenths of the response time are for predictions: 70 of 100 s.
@pytest.mark.parametrize(("seconds_per_row", "refused"), [(0.7, False), (0.71, True)])
def test_what_takes_longer_than_its_share_is_refused(
    monkeypatch: pytest.MonkeyPatch, seconds_per_row: float, refused: bool
) -> None:
    if not refused:
        run(monkeypatch, seconds_per_row, 100, 100)
        return
    with pytest.raises(HTTPError, match="send at most 98 rows at once") as caught:
        run(monkeypatch, seconds_per_row, 100, 100)
    assert caught.value.status == 413


def test_a_moment_without_the_processor_is_no_slow_model(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Clock):
        def work(self, rows: Rows) -> Floats:
            self.now += 5.0 if not self.calls else 0.0
            return super().work(rows)

    clock = Slow(0.0)
    monkeypatch.setattr(time_limit, "time", clock)

    run_within_time(clock.work, np.arange(200)[:, None], 10, 60)

    assert len(clock.calls) == 20


def test_five_seconds_are_enough_to_be_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HTTPError, match="send at most 82 rows"):
        run(monkeypatch, 0.51, 1_000, 60)


def test_a_short_limit_is_sure_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HTTPError, match="send at most 7 rows"):
        run(monkeypatch, 0.1, 20, 1)
    run(monkeypatch, 0.03, 20, 1)
