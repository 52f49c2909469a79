"""Requests and responses on the wire."""

import json
from http import HTTPStatus

import pytest

from container.contract.http_errors import HTTPError
from container.serving.messages import Request, Response, error_response, new_id


def request(**headers: bytes) -> Request:
    return Request(
        b"POST", b"/", headers={k.replace("_", "-").encode(): v for k, v in headers.items()}
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (request(), None),
        (request(x_request_id=b"mine"), b"mine"),
        (request(x_amzn_requestid=b"aws", x_request_id=b"mine"), b"aws"),
        (request(x_amzn_requestid=b"", x_request_id=b"mine"), b"mine"),
        (request(x_amzn_requestid=b"a\nb", x_request_id=b"mine"), b"mine"),
        (request(x_request_id=b"\xc3\xa9"), None),
        (request(x_request_id=b"\x1b[31m"), None),
        (request(x_request_id=b"x" * 200), b"x" * 128),
    ],
)
def test_the_id_of_a_client_is_repeated_where_it_can_be(
    given: Request, expected: bytes | None
) -> None:
    assert given.given_id == expected


def test_custom_attributes_are_text_of_single_bytes() -> None:
    assert request().custom_attributes is None
    assert request(x_amzn_sagemaker_custom_attributes=b"").custom_attributes == ""
    assert request(x_amzn_sagemaker_custom_attributes=b"\xe9").custom_attributes == "\xe9"


@pytest.mark.parametrize(
    ("response", "keep_alive", "wire"),
    [
        (
            Response(200, b"ok", b"text/plain"),
            True,
            b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok",
        ),
        (Response(200), True, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
        (
            Response(200),
            False,
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        ),
        (
            Response(200, closes=True),
            True,
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        ),
        (
            Response(200, b"ok", b"text/plain", to_head=True),
            True,
            b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n",
        ),
        (Response(204, headers=((b"a", b"b"),)), True, b"HTTP/1.1 204 No Content\r\na: b\r\n\r\n"),
    ],
)
def test_a_response_is_the_bytes_of_http(response: Response, keep_alive: bool, wire: bytes) -> None:
    assert response.encoded(keep_alive=keep_alive) == wire


@pytest.mark.parametrize(
    ("status", "allow", "headers"),
    [
        (400, b"", {}),
        (400, b"GET", {}),
        (405, b"GET, POST", {b"allow": b"GET, POST"}),
        (405, b"", {}),
        (503, b"", {b"retry-after": b"1"}),
        (500, b"", {}),
    ],
)
def test_an_error_says_what_is_wrong_and_when_to_come_again(
    status: int, allow: bytes, headers: dict[bytes, bytes]
) -> None:
    response = error_response(HTTPError(HTTPStatus(status), "why"), b"id", allow)

    assert dict(response.headers) == {b"x-request-id": b"id", **headers}
    assert json.loads(response.body) == {"error": "why", "id": "id"}
    assert (response.status, response.content_type) == (status, b"application/json")


def test_no_content_has_none() -> None:
    response = error_response(HTTPError(HTTPStatus.NO_CONTENT, ""), b"id", b"GET")

    assert (response.status, response.body, response.content_type) == (204, b"", b"")
    assert response.headers == ((b"x-request-id", b"id"),)


def test_ids_of_the_container_differ() -> None:
    assert len({new_id() for _ in range(99)}) == 99
    assert len(new_id()) == 16
