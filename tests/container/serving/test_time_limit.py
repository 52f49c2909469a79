"""A prediction that is too slow is ended early, and one that only seemed so is not."""

import pytest

from container.contract.http_errors import HTTPError
from container.serving import time_limit
from container.serving.time_limit import TimeLimit


class Clock:
    def __init__(self) -> None:
        self.now = 1.0

    def monotonic(self) -> float:
        return self.now


def run(
    monkeypatch: pytest.MonkeyPatch, seconds: list[float], rows: int, response_seconds: float
) -> None:
    """Work on `rows` in pieces of ten, which take so many seconds each."""
    clock = Clock()
    monkeypatch.setattr(time_limit, "time", clock)
    limit = TimeLimit(response_seconds)
    for number, taken in enumerate(seconds, 1):
        clock.now += taken
        limit.check(10 * number, 10 * number / rows)


# Seven tenths of the response time are for predictions: 70 of 100 s.
@pytest.mark.parametrize(("seconds_per_row", "refused"), [(0.7, False), (0.71, True)])
def test_what_takes_longer_than_its_share_is_refused(
    monkeypatch: pytest.MonkeyPatch, seconds_per_row: float, refused: bool
) -> None:
    if not refused:
        run(monkeypatch, [9.99 * seconds_per_row] * 10, 100, 100)
        return
    with pytest.raises(HTTPError, match="send at most 98 rows at once") as caught:
        run(monkeypatch, [10 * seconds_per_row] * 10, 100, 100)
    assert caught.value.status == 413


def test_a_moment_without_the_processor_is_no_slow_model(monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, [5.0, *[0.0] * 19], 200, 60)


def test_five_seconds_are_enough_to_be_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HTTPError, match="send at most 82 rows"):
        run(monkeypatch, [5.1], 1_000, 60)


def test_a_short_limit_is_sure_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HTTPError, match="send at most 7 rows"):
        run(monkeypatch, [1.0], 20, 1)
    run(monkeypatch, [0.3, 0.3], 20, 1)
