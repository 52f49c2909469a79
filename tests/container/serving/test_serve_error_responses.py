import math
import socket

import pytest

from tests.container.support.servers import Server
from tests.container.support.world import csv_lines

LIMIT = 6 * 1024 * 1024


BAD_BODIES: list[tuple[str, bytes]] = [
    ("text/csv", b""),
    ("text/csv", b" \r\n \n"),
    ("application/json", b"null"),
    ("application/json", b"[]"),
    ("application/json", b"{}"),
    ("application/json", b'{"instances": []}'),
    ("application/json", b'{"instances": 3}'),
    ("application/json", b"[1, 2, 3]"),
    ("application/json", b'[{"features": 1}]'),
    ("application/json", b'[["ROW"'),
    ("application/json", b"[[ROW]] x"),
    ("application/json", b"[[ROW, 1]]"),
    ("application/json", b"[[NaN, ROW]]"),
    ("application/json", b"[[1e400]]"),
    ("application/json", b"[[" + b"9" * 401 + b"]]"),
    ("application/json", b"[" * 100_000),
    ("application/json", b"[[ROW]]\xff"),
    ("text/csv", b"ROW,1"),
    ("text/csv", b"1,2"),
    ("text/csv", b"ROW\n1,2"),
    ("text/csv", b"ROW\n\nROW"),
    ("text/csv", b"ROW\xff"),
    ("text/csv", b"[1],2"),
    ("text/csv", b'"'),
]


@pytest.mark.parametrize(("content_type", "body"), BAD_BODIES)
def test_a_bad_body_is_400_with_a_sentence_and_an_id(
    server: Server, row: list[float], content_type: str, body: bytes
) -> None:
    answer = server.predict(body.replace(b"ROW", csv_lines([row])), content_type)

    assert answer.status == 400
    assert answer.headers["content-type"] == "application/json"
    assert sorted(answer.json) == ["error", "id"]
    assert answer.json["error"]
    assert "Traceback" not in answer.json["error"]


VALUES_THAT_ARE_NO_NUMBERS = ['"1.5"', "true", "NaN", "Infinity", "-Infinity", "1e39", "[1]", "{}"]


@pytest.mark.parametrize("value", VALUES_THAT_ARE_NO_NUMBERS)
def test_a_json_value_that_is_no_finite_number_is_400(server: Server, value: str) -> None:
    values = ", ".join([value] + ["0"] * 29)

    assert server.predict(f"[[{values}]]".encode(), "application/json").status == 400


@pytest.mark.parametrize(
    "field",
    ["abc", "inf", "-Infinity", "1e39", "1e400", "=1+1", "1_0", "0x1", "null", "1;2"],
)
def test_a_csv_field_that_is_no_finite_number_is_400(server: Server, field: str) -> None:
    assert server.predict(",".join([field] + ["0"] * 29).encode()).status == 400


def test_a_wrong_number_of_features_names_the_right_one(server: Server) -> None:
    answer = server.predict(b"1,2,3")

    assert answer.json["error"] == "line 1 has 3 features; this model takes 30"


def test_the_line_with_the_mistake_is_named(server: Server, row: list[float]) -> None:
    good = csv_lines([row])

    answer = server.predict(good + b"\n" + good.replace(b",", b",x", 1))

    assert answer.json["error"].startswith("line 2, field 2 is not a number")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/invocations", 405),
        ("POST", "/ping", 405),
        ("PUT", "/invocations", 405),
        ("GET", "/", 404),
        ("POST", "/models/x/invoke", 404),
    ],
)
def test_wrong_routes_are_404_and_wrong_methods_405(
    server: Server, method: str, path: str, status: int
) -> None:
    answer = server.ask(method, path)

    assert answer.status == status
    assert answer.json["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/html"},
        {"Content-Type": "text/csv; label_size=2"},
        {"Content-Type": "text/csv", "Content-Encoding": "gzip"},
    ],
)
def test_an_unreadable_format_is_415(server: Server, headers: dict[str, str]) -> None:
    assert server.ask("POST", "/invocations", b"1,2", headers).status == 415


def test_a_body_without_content_type_is_csv_lines(server: Server, row: list[float]) -> None:
    assert server.ask("POST", "/invocations", csv_lines([row])).status == 200


def test_a_body_of_6_megabytes_is_read_and_one_byte_more_is_413(
    server: Server, row: list[float]
) -> None:
    lines = csv_lines([row]) + b"\n"
    count = LIMIT // len(lines)
    assert server.predict((lines * count).ljust(LIMIT, b"\n")).status == 200

    answer = server.predict((lines * count).ljust(LIMIT + 1, b"\n"))

    assert answer.status == 413
    assert answer.json["error"] == "the body has over 6291456 bytes; send it in parts"


def test_a_body_in_chunks_is_accepted(server: Server, row: list[float]) -> None:
    body = csv_lines([row])
    connection = server.connect()
    headers = {"Content-Type": "text/csv"}
    connection.request(
        "POST", "/invocations", iter([body[:9], body[9:]]), headers, encode_chunked=True
    )

    response = connection.getresponse()

    assert (response.status, response.read()) == (200, server.predict(body).body)
    connection.close()


@pytest.mark.parametrize("length", ["-1", "abc", "1e3"])
def test_a_content_length_that_is_no_length_is_400(server: Server, length: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as client:
        request = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n1,2"
        client.sendall(request.encode())

        assert client.recv(100).startswith(b"HTTP/1.1 400")


def test_headers_of_over_64_kilobytes_are_431(server: Server) -> None:
    headers = {f"X-Header-{number}": "x" * 900 for number in range(90)}

    assert server.ask("GET", "/ping", headers=headers).status == 431


def test_an_error_is_one_log_line_with_its_id_and_without_the_body(server: Server) -> None:
    secret = "patient-\x1b[31m-Quentin"

    answer = server.predict(secret.encode() + b"\n\n")

    assert secret not in server.log.read_text()
    assert "Quentin" not in server.log.read_text()
    event = [event for event in server.events("refused") if event["id"] == answer.json["id"]]
    assert len(event) == 1
    assert event[0]["status"] == 400


def test_a_sender_that_hangs_up_halfway_does_not_disturb_others(
    server: Server, row: list[float]
) -> None:
    seen = len(server.events("client disconnected"))
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n1,2")

    assert len(server.wait_for("client disconnected", seen + 1)) > seen
    score = float(server.predict(csv_lines([row])).body)
    assert math.isfinite(score)
