"""How a container is asked: health, parameters, invocations and what is done without a response."""

import socket
import threading
import time
from typing import Any

import pytest

from sandbox.sagemaker.transform.container_client import ContainerClient, Response
from sandbox.sagemaker.transform.parameters import ClientConfig
from tests.sandbox.sagemaker.transform.batch import Asked, Model, serving


def invoke(port: int, body: bytes = b"1\n", *, seconds: float = 10, retries: int = 0) -> Response:
    client = ContainerClient(port, ClientConfig(seconds, retries))
    response = client.invoke(body, {"Accept": "text/csv"}, chunked=False)
    client.close()
    return response


def test_a_container_is_healthy_when_ping_returns_200() -> None:
    model = Model()
    with serving(model) as port:
        client = ContainerClient(port, ClientConfig(1, 0))
        assert client.answers_ping()
        model.ping = 503
        assert not client.answers_ping()
    assert not client.answers_ping()


@pytest.mark.parametrize(
    ("content", "parameters"),
    [
        (b'{"MaxPayloadInMB": 2}', {"MaxPayloadInMB": 2}),
        (b"", {}),
        (b"[1]", {}),
        (b"no JSON", {}),
    ],
)
def test_parameters_are_what_the_container_says_if_it_says_them(
    content: bytes, parameters: Any
) -> None:
    with serving(Model(parameters=content)) as port:
        client = ContainerClient(port, ClientConfig(1, 0))
        assert client.execution_parameters() == parameters
    assert client.execution_parameters() == {}


def test_a_response_comes_with_its_status() -> None:
    with serving(Model(lambda asked: (418, asked.body))) as port:
        assert invoke(port, b"tea") == Response(418, b"tea")


@pytest.mark.parametrize(
    ("statuses", "times"),
    [([200], 1), ([500, 0, 200], 3), ([404, 200], 1), ([302, 200], 1), ([503] * 9, 3)],
)
def test_only_server_errors_and_silence_are_tried_again(statuses: list[int], times: int) -> None:
    left = [*statuses]
    model = Model(lambda asked: (left.pop(0), b""))
    with serving(model) as port:
        response = invoke(port, retries=2)

    assert (len(model.asked), response.status) == (times, statuses[times - 1])


def test_a_request_that_takes_too_long_has_no_response() -> None:
    released = threading.Event()
    with serving(Model(lambda asked: (200, b"%d" % released.wait(10)))) as port:
        began = time.monotonic()
        assert invoke(port, seconds=0.1) == Response()
        assert time.monotonic() - began < 5
        released.set()


def test_a_connection_that_the_container_closed_is_replaced() -> None:
    def answer(asked: Asked) -> tuple[int, bytes]:
        return (200, b"") if len(model.asked) != 2 else (0, b"")

    model = Model(answer)
    with serving(model) as port:
        client = ContainerClient(port, ClientConfig(10, 0))
        for _ in range(2):  # the second meets a closed connection, and is sent on another
            assert client.invoke(b"x", {}, chunked=False).status == 200
        client.close()

    assert len(model.asked) == 3


def test_a_container_that_reads_no_more_of_a_body_is_still_heard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            connection, _ = listener.accept()
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n")
            connection.shutdown(socket.SHUT_RD)
            connection.recv(1)
            connection.close()

        thread = threading.Thread(target=refuse)
        thread.start()
        client = ContainerClient(listener.getsockname()[1], ClientConfig(10, 0))
        response = client.invoke(b"x" * 30_000_000, {}, chunked=False)
        thread.join()

    assert response.status == 413
    assert client._idle == []


def test_no_container_no_response() -> None:
    with serving(Model()) as port:
        pass
    assert invoke(port, retries=1) == Response()
