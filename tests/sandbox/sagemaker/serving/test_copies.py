"""When a copy's process is healthy, and when it is started again."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.ecr import images
from sandbox.iam.callers import NotAllowed
from sandbox.s3 import transfers
from sandbox.sagemaker.hosting import Container
from sandbox.sagemaker.serving.failures import Unhealthy
from sandbox.state import context
from tests.sandbox.sagemaker.serving.copy_made import Child, make_copy


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(folder=tmp_path))
    yield


@pytest.mark.parametrize(
    ("container", "fetched"),
    [
        (Container("i", None, {}, False), []),
        (Container("i", "s3://m", {}, False), ["archive s3://m"]),
        (Container("i", "s3://m/", {}, False, uncompressed=True), ["prefix s3://m/"]),
        (Container("i", None, {}, False, uncompressed=True), []),
    ],
)
def test_a_model_is_fetched_as_it_is_kept(
    container: Container, fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    monkeypatch.setattr(
        transfers, "download_archive", lambda uri, *more: found.append(f"archive {uri}")
    )
    monkeypatch.setattr(transfers, "require", lambda uri, *more: found.append(f"prefix {uri}"))

    one = make_copy(container)
    one._fetch_model()

    assert found == fetched
    assert (one.folder / "model").is_dir()


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (images.ImageError("no image"), Unhealthy),
        (transfers.TransferError("no model"), Unhealthy),
        (NotAllowed("not you"), Unhealthy),
        (KeyError("a bug"), KeyError),
    ],
)
def test_a_variant_that_cannot_start_says_why(
    error: Exception, raised: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> None:
        raise error

    monkeypatch.setattr(images, "pull", fail)

    with pytest.raises(raised, match=str(error.args[0])):
        make_copy().start()


def pinged(monkeypatch: pytest.MonkeyPatch, *answers: bool, **row: Any) -> Any:
    one, answer = make_copy(**row), iter(answers)
    one._child = Child()
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    one._ping = lambda: next(answer)
    return one


def test_a_variant_is_healthy_at_its_first_ping(monkeypatch: pytest.MonkeyPatch) -> None:
    one = pinged(monkeypatch, False, False, True)

    one._await_ping()

    assert one._child.did == []


@pytest.mark.parametrize("way", ["late", "dead", "leaving"])
def test_a_variant_that_never_answers_is_ended(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = {"ContainerStartupHealthCheckTimeoutInSeconds": -1} if way == "late" else {}
    one = pinged(monkeypatch, *([] if way != "late" else [True]), **limit)
    one._child.running = way != "dead"
    one._leaving = way == "leaving"

    with pytest.raises(Unhealthy, match="variant A did not pass the ping health check"):
        one._await_ping()
    assert one._child.did == ["kill"]


def test_a_variant_has_a_minute_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.chain([0.0, 59.9, 60.1], itertools.repeat(61.0))
    one = pinged(monkeypatch, False, True)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    with pytest.raises(Unhealthy):
        one._await_ping()


def test_a_program_that_ends_by_itself_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_copy()
    one._child = Child(running=False)
    said: list[str] = []
    tries = iter([Unhealthy("not yet"), images.ImageError("gone"), None])

    def launch(image: Any) -> None:
        if error := next(tries):
            raise error
        one._leaving = True

    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    one._launch, one._write = launch, said.append

    one._supervise(None)

    assert said == ["serve ended; starting it again"] * 3


@pytest.mark.parametrize("running", [True, False])
def test_a_program_that_leaves_is_not_started_again(running: bool) -> None:
    one = make_copy()
    one._child = Child(running)
    looks = iter([None, 1])

    def wait(seconds: float) -> int | None:
        one._leaving = (found := next(looks)) is not None
        return found

    one._child.wait = wait
    one._launch = None

    one._supervise(None)

    assert one._leaving
