import asyncio
import json
import mmap
import threading
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from container.formats.request_body import Floats
from container.serving.application import Application, Health, Limits, Model

Message = MutableMapping[str, Any]


@dataclass
class Exchange:
    """One request given to the application directly, and what it sent back."""

    path: str = "/invocations"
    method: str = "POST"
    body: bytes = b"1"
    sent: list[Message] = field(default_factory=list)

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def through(self, application: Application) -> None:
        scope = {"type": "http", "method": self.method, "path": self.path, "headers": []}
        await application(scope, self.receive, self.send)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def header(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def error(self) -> dict[str, str]:
        document: dict[str, str] = json.loads(self.sent[1]["body"])
        return document


def application(predict: Callable[[Floats], Floats]) -> Application:
    made = Application(Limits())
    made.model = Model(predict, feature_count=1)
    return made


@pytest.mark.parametrize("exchange", [Exchange(), Exchange(path="/ping", method="GET")])
def test_without_a_model_every_answer_is_503(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("container.serving.application._LOAD_SECONDS", 0.1)
    asyncio.run(exchange.through(Application(Limits())))

    assert exchange.status == 503
    assert exchange.header[b"retry-after"] == b"1"


def test_a_healthy_server_stays_healthy_while_its_other_workers_load() -> None:
    ready = mmap.mmap(-1, 2)
    late, before, after = Application(Limits(), Health(ready, 1)), ping(), ping()

    asyncio.run(before.through(late))
    Health(ready, 0).tell()
    asyncio.run(after.through(late))

    assert (before.status, after.status) == (503, 200)


def ping() -> Exchange:
    return Exchange(path="/ping", method="GET")


def test_a_request_waits_while_its_worker_still_loads_the_model() -> None:
    """Another worker is ready and answers /ping, so requests come to this one too."""
    late, exchange = Application(Limits()), Exchange()

    async def load_while_asked() -> None:
        asked = asyncio.create_task(exchange.through(late))
        await asyncio.sleep(0.05)
        assert exchange.sent == []
        late.model = Model(lambda rows: rows[:, 0], feature_count=1)
        await asked

    asyncio.run(load_while_asked())

    assert exchange.status == 200


def test_a_fault_of_the_model_is_500_with_an_id_and_its_stack_only_in_the_log(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fail(rows: Floats) -> Floats:
        raise RuntimeError("wires crossed")

    exchange = Exchange()
    asyncio.run(exchange.through(application(fail)))

    assert exchange.status == 500
    assert "wires crossed" not in exchange.error["error"]
    log = capfd.readouterr().err
    assert "wires crossed" in log
    assert exchange.error["id"] in log


def test_an_answer_that_is_no_number_is_400_instead_of_broken_json() -> None:
    exchange = Exchange()

    asyncio.run(exchange.through(application(lambda rows: np.full(len(rows), np.inf, np.float32))))

    assert exchange.status == 400


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Keeps predictions waiting until it is set."""
    event = threading.Event()
    yield event
    event.set()


def test_requests_beyond_the_queue_are_503_while_the_others_are_answered(
    gate: threading.Event,
) -> None:
    def wait(rows: Floats) -> Floats:
        gate.wait(20)
        return rows[:, 0]

    async def ask(made: Application, exchanges: list[Exchange], late: Exchange) -> None:
        waiting = [asyncio.create_task(exchange.through(made)) for exchange in exchanges]
        await asyncio.sleep(0)
        await late.through(made)
        gate.set()
        await asyncio.gather(*waiting)

    exchanges, late = [Exchange() for _ in range(256)], Exchange()
    asyncio.run(ask(application(wait), exchanges, late))

    assert late.status == 503
    assert {exchange.status for exchange in exchanges} == {200}
