"""Order in which the workers of a run get its files: that of pytest-xdist, found faster."""

from collections.abc import Generator, Iterable, Sequence
from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

TOGETHER = ("tests/cli/planning/", "tests/sandbox/python_clients/")
"""Folders whose files share an environment: deployed by each worker it cost more than the tests."""


class _Collection(list[str]):
    """The tests of a worker; each is found without looking at those before it."""

    def __init__(self, tests: Iterable[str]) -> None:
        super().__init__(tests)
        self._places = {test: place for place, test in enumerate(self)}

    def index(self, test: str, *_: object) -> int:
        return self._places[test]


class FileScheduling(LoadFileScheduling):  # type: ignore[misc]
    """`--dist loadfile` that forgets what is done, and sends some folders whole.

    xdist counts every test of every file a worker ever had after each test, and looks for each
    test from the first one on: with 14,000 tests that was a third of the controller's time.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        super().add_node_collection(node, collection)
        if node in self.registered_collections:
            self.registered_collections[node] = _Collection(collection)

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        super().mark_test_complete(node, item_index, duration)
        test = self.registered_collections[node][item_index]
        file = self._split_scope(test)
        unit = self.assigned_work[node][file]
        del unit[test]
        if not unit:
            del self.assigned_work[node][file]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileScheduling | None:
    return FileScheduling(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable(
    report: pytest.CollectReport | pytest.TestReport,
) -> Generator[None, dict[str, Any] | None, dict[str, Any] | None]:
    """Leave out of the report of what passed the names and marks, which explain only a failure.

    They are a third of what a worker says, three times a test.
    """
    data = yield
    if data is not None and report.passed and "keywords" in data:
        data["keywords"] = {}
    return data
