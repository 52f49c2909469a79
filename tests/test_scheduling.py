"""Tests of the run's scheduler: tests go where pytest-xdist sends them, after a crash too."""

from itertools import chain
from typing import Any
from unittest.mock import Mock

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.scheduling import TOGETHER, FileScheduling, pytest_report_to_serializable
from tests.templates.synthesis import REPO

FILES = {"a.py": 3, "b.py": 1, "c.py": 4, "d.py": 2, "e.py": 2, "f.py": 5}
TESTS = [f"{file}::test_{number}" for file, count in FILES.items() for number in range(count)]


class Worker:
    """A worker that notes which tests it was given."""

    shutting_down = False

    def __init__(self) -> None:
        self.given: list[int] = []
        self.done = 0
        self.gateway = Mock(id="gw")

    def send_runtest_some(self, places: list[int]) -> None:
        self.given += places

    def shutdown(self) -> None:
        self.shutting_down = True


def play(kind: type[LoadFileScheduling], *, crash_at: int = -1) -> tuple[list[list[int]], Any]:
    """What each of three workers is given, and the test in which the first crashes, if it does."""
    config: Any = Mock()
    config.getvalue.return_value = ["popen"] * 3
    config.option.loadscopereorder = False
    run, workers, crashed = kind(config, Mock()), [Worker(), Worker(), Worker()], None
    for worker in workers:
        run.add_node(worker)
        run.add_node_collection(worker, TESTS)
    run.schedule()
    living = workers.copy()
    for step in range(2 * len(TESTS)):
        if step == crash_at:
            crashed = run.remove_node(living.pop(0))
        worker = living[step % len(living)]
        if worker.done < len(worker.given):
            worker.done += 1
            run.mark_test_complete(worker, worker.given[worker.done - 1])
    return [worker.given for worker in workers], crashed


def test_every_test_is_given_once() -> None:
    given, _ = play(FileScheduling)

    assert sorted(chain(*given)) == [*range(len(TESTS))]


@pytest.mark.parametrize("crash_at", [-1, 0, 1, 4, 7, 10])
def test_the_tests_go_where_xdist_sends_them(crash_at: int) -> None:
    found = play(FileScheduling, crash_at=crash_at)

    assert found == play(LoadFileScheduling, crash_at=crash_at)
    assert (found[1] is None) == (crash_at < 0)


def test_what_is_done_is_forgotten() -> None:
    config: Any = Mock()
    config.getvalue.return_value = ["popen"]
    config.option.loadscopereorder = False
    run, worker = FileScheduling(config, Mock()), Worker()
    run.add_node(worker)
    run.add_node_collection(worker, TESTS)
    run.schedule()

    for place in range(4):
        run.mark_test_complete(worker, place)

    assert run.assigned_work[worker].keys() == {"c.py"}


def test_a_folder_that_shares_an_environment_goes_to_one_worker_and_is_there() -> None:
    config: Any = Mock()
    config.getvalue.return_value = ["popen"]
    for folder in TOGETHER:
        first, second = (f"{folder}test_{name}.py::test_it" for name in "ab")
        run = FileScheduling(config, Mock())
        assert run._split_scope(first) == run._split_scope(second) == folder
        shared = (REPO / folder / "conftest.py").read_text()
        assert '@pytest.fixture(scope="package")' in shared


@pytest.mark.parametrize(("outcome", "kept"), [("passed", {}), ("failed", {"slow": 1})])
def test_what_passed_says_less(outcome: Any, kept: dict[str, int]) -> None:
    place = ("a.py", 1, "test_0")
    report = pytest.TestReport("a.py::test_0", place, {"slow": 1}, outcome, None, "call")
    said = pytest_report_to_serializable(report)
    next(said)

    with pytest.raises(StopIteration) as ended:
        said.send(report._to_json())

    assert ended.value.value["keywords"] == kept
    assert ended.value.value["outcome"] == outcome
