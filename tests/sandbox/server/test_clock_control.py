"""The request that moves the sandbox's clock: who may make it, and what it refuses."""

import io
import json
from typing import Any

import pytest

from sandbox.server import clock_control
from sandbox.state import clients, clock

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=123456789012/20261130/us-east-1/sts/aws4_request, "
    "SignedHeaders=host, Signature=x"
)


def asked(
    method: str = "POST", body: Any = None, path: str = clients.CLOCK_PATH, **more: str
) -> Any:
    content = json.dumps(body).encode()
    said: list[str] = []
    environ = {
        "PATH_INFO": path,
        "REQUEST_METHOD": method,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        "HTTP_AUTHORIZATION": SIGNED,
        **more,
    }
    found = clock_control.serve(environ, lambda status, headers: said.append(status))
    return None if found is None else (said[0][:3], json.loads(b"".join(found)))


@pytest.fixture(autouse=True)
def moves(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []

    def advance(seconds: float) -> Any:
        if seconds < 0:
            raise ValueError("not back")
        found.append(seconds)
        return clock.now()

    monkeypatch.setattr(clock, "advance", advance)
    return found


def test_the_clock_is_read_and_moved(moves: list[float]) -> None:
    assert asked("GET")[0] == "200"
    assert moves == []
    status, said = asked(body={"seconds": 90})
    assert (status, moves) == ("200", [90.0])
    assert said["now"].endswith("+00:00")


def test_a_roles_session_moves_no_clock_whatever_it_may_do(moves: list[float]) -> None:
    status, said = asked(body={"seconds": 90}, HTTP_X_AMZ_SECURITY_TOKEN="of-a-session")

    assert (status, moves) == ("403", [])
    assert "now" not in said


@pytest.mark.parametrize("body", [{}, {"seconds": "x"}, {"seconds": None}, [], {"seconds": -1}])
def test_what_is_no_number_of_seconds_is_refused(body: Any, moves: list[float]) -> None:
    status, said = asked(body=body)

    assert (status, moves) == ("400", [])
    assert said["message"]


def test_another_request_is_not_for_the_clock() -> None:
    assert asked(path="/") is None
