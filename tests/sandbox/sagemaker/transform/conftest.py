"""What a transform job meets outside: a bucket, images, events, log streams and roles."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.ecr import images
from sandbox.eventbridge import events
from sandbox.iam import role_check
from sandbox.s3 import transfers
from sandbox.sagemaker import capacity
from sandbox.sagemaker.transform import instance
from sandbox.state import context
from tests.journeys.world import wait_for
from tests.sandbox.sagemaker.transform.batch import Bucket, Model, Process


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """S3, where every role may read and write."""
    found = Bucket()
    monkeypatch.setattr(transfers, "s3", lambda *_: found)
    return found


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The lines of each log stream, by its name."""
    found: dict[str, list[str]] = defaultdict(list)

    class Stream:
        def __init__(self, place: Any, group: str, name: str) -> None:
            assert group == "/aws/sagemaker/TransformJobs"
            self.name, self.flush = name, lambda: None

        def write(self, line: str) -> None:
            found[self.name].append(line)

    monkeypatch.setattr(instance, "LogStream", Stream)
    return found


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The role may do all: what it may not is held by the tests of jobs and objects."""
    monkeypatch.setattr(role_check, "require", lambda *given: None)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The events that EventBridge gets."""
    found: list[Any] = []
    monkeypatch.setattr(events, "put", lambda place, event: found.append(event))
    return found


@pytest.fixture
def model(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bucket: Bucket,
    logs: dict[str, list[str]],
    told: list[Any],
) -> Iterator[Model]:
    """The container of every job."""
    found = Model()
    here = SimpleNamespace(folder=tmp_path, url="http://127.0.0.1:1", secret="s")
    image = SimpleNamespace(path="/bin", folder=tmp_path, program=lambda name: f"/bin/{name}")
    monkeypatch.setattr(context, "current", lambda: here)
    monkeypatch.setattr(images, "pull", lambda uri, caller: image)
    monkeypatch.setattr(capacity, "current", capacity.Capacity)
    monkeypatch.setattr(instance, "Child", lambda program: Process(program, found))
    before = threading.active_count()
    yield found
    for process in found.processes:
        process.kill()
    most = before + 2 * len(found.processes)
    wait_for(lambda: threading.active_count() <= most or None, "the threads of the jobs to end")
