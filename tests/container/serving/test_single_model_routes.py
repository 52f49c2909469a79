"""Paths of an endpoint with one model, before and after it is loaded."""

import asyncio
import json
from typing import Any

import pytest

from container.contract.http_errors import HTTPError
from container.serving import single_model_router
from container.serving.messages import Request, Response
from container.serving.settings import Settings
from container.serving.single_model_router import SingleModelRouter
from container.serving.telemetry import Telemetry


class Loaded:
    signature = {"task": "binary"}  # noqa: RUF012


class Predictions:
    def respond(self, loaded: Any, request: Request) -> Response:
        return Response(200, b"at once")

    async def predict_in_thread(self, loaded: Any, request: Request) -> Response:
        return Response(200, b"in a thread")


def router(*, loaded: bool = False, others_ready: bool = False) -> SingleModelRouter:
    telemetry = Telemetry(2)
    if others_ready:
        telemetry.start_worker(1)
        telemetry.mark_ready()
    telemetry.start_worker(0)
    given: Any = Predictions()
    made = SingleModelRouter(Settings(workers=3), given, telemetry)
    if loaded:
        model: Any = Loaded()
        made.set_model(model)
        assert telemetry.ready_workers == 1 + others_ready
    return made


def ask(made: SingleModelRouter, method: str, target: str) -> Response:
    path, _, query = target.encode().partition(b"?")
    answer = made(Request(method.encode(), path, query))

    async def wait() -> Response:
        return answer if isinstance(answer, Response) else await answer

    return asyncio.run(wait())


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (b"/ping", b"GET, HEAD, OPTIONS"),
        (b"/invocations", b"POST, OPTIONS"),
        (b"/execution-parameters", b"GET, HEAD, OPTIONS"),
        (b"/models", b""),
    ],
)
def test_every_path_has_its_methods(path: bytes, methods: bytes) -> None:
    assert router().allowed(path) == methods
    if methods:
        found = ask(router(), "OPTIONS", path.decode())
        assert (found.status, found.body, found.headers) == (200, b"", ((b"allow", methods),))


@pytest.mark.parametrize("target", ["/ping", "/ping?verbose", "/execution-parameters"])
def test_head_is_get_whose_body_is_not_sent(target: str) -> None:
    made = router(loaded=True)

    assert ask(made, "HEAD", target) == ask(made, "GET", target)


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("POST", "/ping", 405),
        ("GET", "/invocations", 405),
        ("HEAD", "/invocations", 405),
        ("PUT", "/ping", 405),
        ("OPTIONS", "/models", 404),
        ("POST", "/execution-parameters", 405),
        ("GET", "/models", 404),
        ("POST", "/models", 404),
    ],
)
def test_another_method_or_path_is_refused(method: str, target: str, status: int) -> None:
    with pytest.raises(HTTPError) as caught:
        ask(router(loaded=True), method, target)

    assert caught.value.status == status


@pytest.mark.parametrize(
    ("loaded", "others_ready", "target", "status"),
    [
        (False, False, "/ping", 503),
        (False, True, "/ping", 200),
        (True, False, "/ping", 200),
        (False, True, "/ping?verbose", 503),
        (False, False, "/ping?verbose=1", 503),
    ],
)
def test_a_server_is_healthy_once_one_worker_has_its_model(
    loaded: bool, others_ready: bool, target: str, status: int
) -> None:
    made = router(loaded=loaded, others_ready=others_ready)

    if status == 200:
        response = ask(made, "GET", target)
        assert (response.status, response.body) == (200, b"")
        return
    with pytest.raises(HTTPError, match="the model is still being loaded") as caught:
        ask(made, "GET", target)
    assert caught.value.status == status


@pytest.mark.parametrize("query", ["verbose", "verbose=1"])
def test_a_loaded_model_tells_its_signature_to_who_asks_for_it(query: str) -> None:
    response = ask(router(loaded=True), "GET", f"/ping?{query}")

    assert json.loads(response.body) == {"task": "binary"}
    assert response.content_type == b"application/json"
    assert ask(router(loaded=True), "GET", "/ping?other").body == b""


def test_batch_transform_is_told_how_many_requests_and_how_large() -> None:
    assert json.loads(ask(router(), "GET", "/execution-parameters").body) == {
        "MaxConcurrentTransforms": 3,
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 6,
    }


def test_a_request_is_predicted_at_once_or_waits_for_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(single_model_router, "_POLL_SECONDS", 0.001)
    assert ask(router(loaded=True), "POST", "/invocations").body == b"at once"
    made = router()

    async def both() -> Response:
        answer = made(Request(b"POST", b"/invocations"))
        assert not isinstance(answer, Response)
        waiting = asyncio.ensure_future(answer)
        await asyncio.sleep(0.005)
        assert not waiting.done()
        model: Any = Loaded()
        made.set_model(model)
        return await waiting

    assert asyncio.run(both()).body == b"in a thread"


def test_a_model_that_never_comes_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(single_model_router, "_POLL_SECONDS", 0.001)
    monkeypatch.setattr(single_model_router, "_LOAD_SECONDS", 0.003)

    with pytest.raises(HTTPError, match="still being loaded") as caught:
        ask(router(), "POST", "/invocations")

    assert caught.value.status == 503
