import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from container.formats.schema import Schema
from container.protocol import Floats
from container.serving.application import Application
from container.serving.invocation import invoke
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.predictions import Predictions
from container.serving.settings import Settings
from container.serving.single_model_router import SingleModelRouter
from container.serving.telemetry import Telemetry

PING = Request(b"GET", b"/ping")
# More than is answered at once: it goes to a thread.
LARGE = b"1\n" * 40_000


@dataclass
class Serving:
    """An application without a network, and how often it asked for its worker to be replaced."""

    settings: Settings = field(default_factory=Settings)
    telemetry: Telemetry = field(default_factory=lambda: Telemetry(1))
    retired: int = 0

    def __post_init__(self) -> None:
        predictions = Predictions(self.settings, invoke, self._retire)
        self.router = SingleModelRouter(self.settings, predictions, self.telemetry)
        self.application = Application(self.router, self.telemetry)

    def _retire(self) -> None:
        self.retired += 1

    def with_model(self, predict: Callable[[Floats], Floats]) -> "Serving":
        self.router.set_model(
            LoadedModel(predict, predict, Schema.of_numbers(1), {"objective": "x"}, 1_000)
        )
        return self

    async def ask(self, request: Request) -> Response:
        answer = self.application(request)
        return answer if isinstance(answer, Response) else await answer

    def answer(self, request: Request) -> Response:
        return asyncio.run(self.ask(request))


def first_column(rows: Floats) -> Floats:
    return rows[:, 0]


def row(body: bytes = b"1", request_id: tuple[bytes, bytes] | None = None) -> Request:
    headers = {request_id[0]: request_id[1]} if request_id else {}
    return Request(b"POST", b"/invocations", headers=headers, body=body)


def document(answer: Response) -> Any:
    return json.loads(answer.body)


@pytest.mark.parametrize("request_", [row(), PING], ids=["invocation", "ping"])
def test_without_a_model_every_answer_is_503(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("container.serving.single_model_router._LOAD_SECONDS", 0.1)

    answer = Serving().answer(request_)

    assert answer.status == 503
    assert (b"retry-after", b"1") in answer.headers


def test_a_healthy_server_stays_healthy_while_its_other_workers_load() -> None:
    everybody = Telemetry(2)
    late = Serving(telemetry=everybody)
    assert late.answer(PING).status == 503

    Serving(telemetry=everybody).with_model(first_column)

    assert late.answer(PING).status == 200
    assert late.answer(Request(b"GET", b"/ping", b"verbose")).status == 503


def test_a_worker_that_is_replaced_has_no_model_yet() -> None:
    serving = Serving().with_model(first_column)

    serving.telemetry.start_worker(0)

    assert serving.telemetry.ready_workers == 0


def test_a_request_waits_while_its_worker_still_loads_the_model() -> None:
    """Another worker is ready and answers /ping, so requests come to this one too."""
    late = Serving()

    async def load_while_asked() -> Response:
        asked = asyncio.create_task(late.ask(row()))
        await asyncio.sleep(0.05)
        assert not asked.done()
        late.with_model(first_column)
        return await asked

    assert asyncio.run(load_while_asked()).status == 200


@pytest.mark.parametrize("body", [b"1", LARGE], ids=["small", "large"])
def test_a_fault_of_the_model_is_500_with_an_id_and_its_stack_only_in_the_log(
    capfd: pytest.CaptureFixture[str], body: bytes
) -> None:
    def fail(rows: Floats) -> Floats:
        raise RuntimeError("wires crossed")

    answer = Serving().with_model(fail).answer(row(body))

    assert answer.status == 500
    assert "wires crossed" not in document(answer)["error"]
    log = capfd.readouterr().err
    assert "wires crossed" in log
    assert document(answer)["id"] in log


def test_an_answer_that_is_no_number_is_400_instead_of_broken_json() -> None:
    serving = Serving().with_model(lambda rows: np.full(len(rows), np.inf, np.float32))

    assert serving.answer(row()).status == 400


@pytest.mark.parametrize("name", [b"x-amzn-requestid", b"x-request-id"])
def test_the_id_of_a_request_comes_back(name: bytes) -> None:
    serving = Serving().with_model(first_column)

    answer = serving.answer(row(request_id=(name, b"abc-1")))
    refused = serving.answer(row(b"x", (name, b"abc-1")))

    assert (b"x-request-id", b"abc-1") in answer.headers

    assert document(refused)["id"] == "abc-1"
    assert (b"x-request-id", b"abc-1") in refused.headers


def test_an_id_that_could_break_a_header_is_replaced() -> None:
    refused = Serving().with_model(first_column).answer(row(b"x", (b"x-request-id", b"a\tb\x07")))

    assert document(refused)["id"].isalnum()


def test_verbose_ping_shows_the_signature() -> None:
    serving = Serving().with_model(first_column)

    answer = serving.answer(Request(b"GET", b"/ping", query=b"verbose"))

    assert document(answer) == {"objective": "x"}
    assert serving.answer(PING).body == b""


def test_batch_transform_learns_how_to_ask() -> None:
    settings = Settings(workers=3, body_bytes=20 * 1024**2)

    answer = Serving(settings).answer(Request(b"GET", b"/execution-parameters"))

    assert document(answer) == {
        "MaxConcurrentTransforms": 3,
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 20,
    }


def test_answers_are_counted_with_their_rows() -> None:
    serving = Serving().with_model(first_column)

    for request in (row(b"1\n2\n3"), row(b"x"), PING):
        serving.answer(request)

    text = serving.telemetry.text()
    assert "inference_rows_total 3\n" in text
    assert 'inference_requests_total{status="200"} 2\n' in text
    assert 'inference_requests_total{status="400"} 1\n' in text
    assert "inference_request_seconds_count 3\n" in text


def test_a_clock_that_jumps_back_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    serving = Serving().with_model(first_column)
    times = iter(range(1_000_000, 0, -1_000))
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(times)))

    assert [serving.answer(row()).status for _ in range(3)] == [200] * 3
    assert "inference_request_seconds_sum 0\n" in serving.telemetry.text()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Keeps predictions waiting until it is set."""
    event = threading.Event()
    yield event
    event.set()


def waiting_for(gate: threading.Event) -> Callable[[Floats], Floats]:
    def wait(rows: Floats) -> Floats:
        gate.wait(120)
        return rows[:, 0]

    return wait


def test_requests_beyond_the_queue_are_503_while_the_others_are_answered(
    gate: threading.Event,
) -> None:
    serving = Serving().with_model(waiting_for(gate))

    async def ask() -> tuple[Response, list[Response]]:
        tasks = [asyncio.create_task(serving.ask(row(LARGE))) for _ in range(256)]
        await asyncio.sleep(0)
        late = await serving.ask(row(LARGE))
        gate.set()
        return late, await asyncio.gather(*tasks)

    late, others = asyncio.run(ask())

    assert late.status == 503
    assert {answer.status for answer in others} == {200}


def test_more_bytes_than_may_wait_are_503_and_room_is_made_again(gate: threading.Event) -> None:
    serving = Serving(Settings(body_bytes=len(LARGE), waiting_bytes=0)).with_model(
        waiting_for(gate)
    )

    async def ask() -> tuple[list[int], Response]:
        tasks = [asyncio.create_task(serving.ask(row(LARGE))) for _ in range(6)]
        await asyncio.sleep(0)
        gate.set()
        statuses = [answer.status for answer in await asyncio.gather(*tasks)]
        return statuses, await serving.ask(row(LARGE))

    statuses, later = asyncio.run(ask())

    assert statuses == [200] * 4 + [503] * 2
    assert later.status == 200


def test_a_prediction_without_end_is_503_and_its_worker_is_replaced(
    gate: threading.Event,
) -> None:
    serving = Serving(Settings(response_seconds=0.1)).with_model(waiting_for(gate))

    async def ask() -> Response:
        answer = await serving.ask(row(LARGE))
        gate.set()
        return answer

    answer = asyncio.run(ask())

    assert answer.status == 503
    assert "no response within 0.1 seconds" in document(answer)["error"]
    assert serving.retired == 1


def test_ping_is_answered_while_a_large_request_is_worked_on(gate: threading.Event) -> None:
    serving = Serving().with_model(waiting_for(gate))

    async def ask() -> Response:
        large = asyncio.create_task(serving.ask(row(LARGE)))
        await asyncio.sleep(0.05)
        answer = await serving.ask(PING)
        assert not large.done()
        gate.set()
        await large
        return answer

    assert asyncio.run(ask()).status == 200


@pytest.mark.parametrize("path", [b"/ping", b"/invocations", b"/other", b"/execution-parameters"])
def test_head_gets_no_body_also_of_an_error(path: bytes) -> None:
    serving = Serving().with_model(first_column)

    head, get = (serving.answer(Request(method, path)) for method in (b"HEAD", b"GET"))

    assert head.status == get.status
    assert head.encoded(keep_alive=True).endswith(b"\r\n\r\n")
    assert head.body or path == b"/ping"
    assert get.encoded(keep_alive=True).endswith(get.body)
