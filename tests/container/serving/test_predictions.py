"""Which requests are predicted at once, which wait, and which are sent away."""

import asyncio
import dataclasses
import threading
from typing import Any

import pytest

from container.contract.http_errors import HTTPError
from container.formats.schema import Schema
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.predictions import Predictions
from container.serving.settings import Settings

LOADED = LoadedModel(lambda rows: rows, lambda rows: rows, Schema.of_numbers(1), {}, 10)


def answer(loaded: LoadedModel, request: Request, settings: Settings) -> Response:
    return Response(200, threading.current_thread().name.encode())


def request(body: bytes = b"1", **headers: bytes) -> Request:
    named = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return Request(b"POST", b"/invocations", b"", named, body)


def is_immediate(given: Request, loaded: LoadedModel = LOADED) -> bool:
    made = Predictions(Settings(), answer, lambda: None)

    async def ask() -> bool:
        found = made.respond(loaded, given)
        if isinstance(found, Response):
            return True
        assert (await found).body.startswith(b"predict")
        return False

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("given", "immediate"),
    [
        (request(b"1" * 9), True),
        (request(b"1" * 8192), True),
        (request(b"\n".join([b"1"] * 10)), True),
        (request(b"\n".join([b"1"] * 11)), False),
        (request(b"\r".join([b"1"] * 11)), False),
        (request(b"[[1]," + b"[1]," * 7), True),
        (request(b"[[1]," + b"[1]," * 8, content_type=b"application/json"), False),
        (request(b"{}," * 10, content_type=b"application/json"), False),
        (request(b"1.5" + b"0" * 8192), True),
        (request(b"\n".join([b"0." + b"1" * 898] * 10)), True),
        (request(b"\n".join([b"0." + b"1" * 898] * 11)), False),
        (request(b"\n".join([b"+1" * 450] * 10)), False),
        (request(b"1\r" + b"1" * 8192), False),
        (request(b"1.5" + b"0" * 65_533), True),
        (request(b"1.5" + b"0" * 65_534), False),
        (request(b"1.5" + b"0" * 8192, content_type=b"application/json"), False),
        (request(content_type=b"text/csv; header=present"), True),
        (request(content_type=b"application/json"), True),
        (request(content_type=b"application/jsonlines"), True),
        (request(content_type=b"text/libsvm"), False),
        (request(x_amzn_sagemaker_custom_attributes=b"explain=true"), False),
    ],
)
def test_a_small_request_in_a_quick_format_is_predicted_at_once(
    given: Request, immediate: bool
) -> None:
    assert is_immediate(given) is immediate


def test_categories_are_read_field_by_field_and_so_in_a_thread() -> None:
    schema = Schema.from_json([{"name": "plan", "categories": ["1"]}])
    loaded = dataclasses.replace(LOADED, schema=schema)

    assert is_immediate(request(b"1" * 8192), loaded)
    assert not is_immediate(request(b"1" * 8193), loaded)


class Gate:
    """Predictions that end when the gate is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.running = 0

    def __call__(self, loaded: LoadedModel, given: Request, settings: Settings) -> Response:
        self.running += 1
        self.open.wait(10)
        return Response(200)


async def started(made: Predictions, count: int, body: bytes = b"1") -> list[asyncio.Task[Any]]:
    tasks = [
        asyncio.ensure_future(made.predict_in_thread(LOADED, request(body))) for _ in range(count)
    ]
    await asyncio.sleep(0)
    return tasks


def test_while_one_waits_none_is_predicted_at_once() -> None:
    gate = Gate()
    made = Predictions(Settings(), gate, lambda: None)

    async def ask() -> None:
        (first,) = await started(made, 1)
        second = made.respond(LOADED, request())
        assert not isinstance(second, Response)
        gate.open.set()
        await first
        await second
        assert isinstance(made.respond(LOADED, request()), Response)

    asyncio.run(ask())


@pytest.mark.parametrize(("most", "taken"), [(3, 2), (2, 2)])
def test_as_many_requests_wait_as_there_is_room_for(most: int, taken: int) -> None:
    gate = Gate()
    made = Predictions(Settings(waiting_requests=most), gate, lambda: None)

    async def ask() -> None:
        tasks = await started(made, taken)
        (last,) = await started(made, 1)
        gate.open.set()
        if most > taken:
            assert (await last).status == 200
        else:
            with pytest.raises(HTTPError, match="too many requests; try again") as caught:
                await last
            assert caught.value.status == 503
        await asyncio.gather(*tasks)
        assert (await made.predict_in_thread(LOADED, request())).status == 200

    asyncio.run(ask())


@pytest.mark.parametrize(("size", "fits"), [(20, True), (21, False)])
def test_bodies_that_wait_take_no_more_memory_than_they_may(size: int, fits: bool) -> None:
    gate = Gate()
    # Four of the largest bodies always may wait.
    made = Predictions(Settings(body_bytes=10, waiting_bytes=1), gate, lambda: None)

    async def ask() -> None:
        tasks = await started(made, 2, b"1" * 10)
        (last,) = await started(made, 1, b"1" * size)
        gate.open.set()
        if fits:
            await last
        else:
            with pytest.raises(HTTPError, match="too many requests"):
                await last
        await asyncio.gather(*tasks)

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("settings", "threads"),
    [
        (Settings(workers=4), 2),
        (Settings(workers=4, is_multi_model=True), 4),
        (Settings(workers=1, is_multi_model=True), 2),
    ],
)
def test_one_process_that_holds_all_models_uses_all_cores(settings: Settings, threads: int) -> None:
    gate = Gate()
    made = Predictions(settings, gate, lambda: None)

    async def ask() -> None:
        tasks = await started(made, threads + 1)
        for _ in range(100):
            await asyncio.sleep(0.002)
        running = gate.running
        gate.open.set()
        await asyncio.gather(*tasks)
        assert running == threads

    asyncio.run(ask())


def test_a_prediction_that_never_ends_retires_the_process() -> None:
    gate, retired = Gate(), []
    made = Predictions(Settings(response_seconds=0.05), gate, lambda: retired.append(True))

    async def ask() -> None:
        with pytest.raises(HTTPError, match=r"no response within 0\.05 seconds; send") as caught:
            await made.predict_in_thread(LOADED, request())
        gate.open.set()
        assert caught.value.status == 503

    asyncio.run(ask())

    assert retired == [True]


def test_an_error_of_the_prediction_retires_nobody() -> None:
    def broken(*_: Any) -> Response:
        raise ZeroDivisionError

    retired: list[bool] = []
    made = Predictions(Settings(), broken, lambda: retired.append(True))

    with pytest.raises(ZeroDivisionError):
        asyncio.run(made.predict_in_thread(LOADED, request()))

    assert retired == []
