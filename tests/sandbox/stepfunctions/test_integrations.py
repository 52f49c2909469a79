from __future__ import annotations

import threading
from typing import Any

from sandbox.stepfunctions.integrations import OptimisedTask
from sandbox.stepfunctions.sync_jobs import SYNC_JOBS


class Stopped:
    """The environment of an execution that was stopped a moment ago."""

    def is_running(self) -> bool:
        return False


class Builds:
    """A CodeBuild client that remembers which builds it was asked to stop."""

    def __init__(self) -> None:
        self.stopped: list[str] = []

    def stop_build(self, **request: Any) -> None:
        self.stopped.append(request["id"])


def test_a_stop_between_the_start_of_work_and_its_wait_ends_the_work_and_starts_no_thread() -> None:
    task, builds = object.__new__(OptimisedTask), Builds()
    task._owned = (builds, SYNC_JOBS["codebuild", "startBuild"], {"ids": ["build:1"]})
    before = threading.active_count()

    # moto hands over what lies on its stack: the timeout was not evaluated any more.
    outcome = task._eval_sync(Stopped(), lambda: None, {}, object(), None)

    assert outcome is None
    assert builds.stopped == ["build:1"]
    assert threading.active_count() == before
