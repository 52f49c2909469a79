import os
from pathlib import Path

import pytest

from container.serving.settings import read_settings


@pytest.mark.parametrize("cores", [None, 0])
def test_a_machine_that_tells_of_no_processor_gets_one_worker(
    monkeypatch: pytest.MonkeyPatch, cores: int | None
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)

    assert read_settings({}).workers == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    assert read_settings({}).workers == 1


def test_there_is_one_worker_for_each_core_that_this_process_may_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {1, 5}, raising=False)

    assert read_settings({}).workers == 2
    assert read_settings({"SAGEMAKER_MODEL_SERVER_WORKERS": "3"}).workers == 3


def test_no_wall_clock_measures_how_long_anything_takes() -> None:
    serving = Path(__file__).parents[3] / "container/serving"
    clocks = ("time.time(", "datetime.now(", "datetime.utcnow(", "time_ns(")

    for module in serving.glob("*.py"):
        assert not [clock for clock in clocks if clock in module.read_text()], module
