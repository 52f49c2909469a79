"""Bad requests that a server of models has to expect, by their numbers on a list of such."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.container.support.request_bodies import JSON, LINES, NPY, npy
from tests.container.support.servers import Server
from tests.container.support.world import csv_lines

LIMIT = 6 * 1024 * 1024
ROW_MARK = b"ROW"
ZEROS = b"0," * 28 + b"0"


@dataclass(frozen=True)
class Ask:
    """A request, in whose body ROW stands for a good row, and what has to come back."""

    body: bytes = ROW_MARK
    content_type: str = "text/csv"
    status: int = 400
    error: str = ""
    method: str = "POST"
    path: str = "/invocations"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_row(value: bytes) -> bytes:
    return b"[[" + value + b"," + ZEROS + b"]]"


def filled(size: int) -> bytes:
    """Rows of 30 numbers and empty lines after them, `size` bytes in all."""
    line = b"1," * 29 + b"1\n"
    return (line * 50_000).ljust(size, b"\n")


LYING_NPY = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 30), }"
PICKLED_NPY = b"{'descr': '|O', 'fortran_order': False, 'shape': (1, 30), }"


def npy_with(header: bytes, rest: bytes) -> bytes:
    return b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header + rest


BAD_REQUESTS: dict[int, tuple[str, list[Ask]]] = {
    1: ("an empty body", [Ask(b""), Ask(b"", JSON)]),
    2: ("nothing but blanks", [Ask(b" \r\n \n"), Ask(b"  ", JSON)]),
    3: ("null", [Ask(b"null", JSON)]),
    4: ("an empty list", [Ask(b"[]", JSON)]),
    5: ("an empty object", [Ask(b"{}", JSON)]),
    6: ("JSON that was cut off", [Ask(b"[[ROW", JSON), Ask(b'{"instances": [[ROW]', JSON)]),
    7: ("JSON with something behind it", [Ask(b"[[ROW]] x", JSON), Ask(b"[[ROW]]]", JSON)]),
    8: ("NaN and infinity", [Ask(json_row(x), JSON) for x in (b"NaN", b"Infinity", b"-Infinity")]),
    9: ("1e400", [Ask(json_row(b"1e400"), JSON), Ask(b"1e400," + ZEROS)]),
    10: ("brackets a hundred thousand deep", [Ask(b"[" * 100_000, JSON), Ask(b"[" * 100_000)]),
    11: (
        "equal keys: the last counts",
        [Ask(b'{"instances": 1, "instances": [[ROW]]}', JSON, 200)],
    ),
    12: ("another number of features", [Ask(b"1,2", error="has 2 features; this model takes 30")]),
    13: ("a feature that is absent", [Ask(b'[{"f0": 1}]', JSON, error="lacks the column")]),
    14: (
        "a feature too many",
        [
            Ask(b"ROW,1", error="has 31 features"),
            Ask(b'[{"f0": 1, "other": 2}]', JSON, error="no column of this model"),
        ],
    ),
    15: ("text for a number", [Ask(json_row(b'"1.5"'), JSON), Ask(b"abc," + ZEROS)]),
    16: ("true for a number", [Ask(json_row(b"true"), JSON), Ask(b"true," + ZEROS)]),
    17: ("10 to the 400 in digits", [Ask(json_row(b"1" + b"0" * 400), JSON)]),
    18: ("null is a missing value", [Ask(json_row(b"null"), JSON, 200)]),
    19: ("rows of unequal length", [Ask(b"ROW\n1,2", error="line 2"), Ask(b"[[ROW],[1]]", JSON)]),
    20: ("no rows", [Ask(b'{"instances": []}', JSON)]),
    21: ("100,001 rows", [Ask((b"0," * 29 + b"0\n") * 100_001, status=200)]),
    22: ("6 MiB less one byte", [Ask(filled(LIMIT - 1), status=200)]),
    23: ("6 MiB and one byte", [Ask(filled(LIMIT + 1), status=413)]),
    27: ("a type that is no table", [Ask(content_type="text/html", status=415)]),
    28: (
        "UTF-16",
        [
            Ask(b"[[ROW]]", "application/json; charset=utf-16"),
            Ask(b"1\0,\0001\0", error="the body is UTF-16; encode it as UTF-8"),
        ],
    ),
    29: ("bytes that are not UTF-8", [Ask(b"ROW\xff"), Ask(b"[[ROW]]\xff", JSON)]),
    30: ("a byte order mark", [Ask(b"\xef\xbb\xbfROW", status=200)]),
    31: (
        "a header that nobody declared",
        [
            Ask(b"a," * 29 + b"a\nROW", error="header"),
            Ask(b"a," * 29 + b"a\nROW", "text/csv;header=present", 200),
        ],
    ),
    32: (
        "the spellings of CSV",
        [
            Ask(b"ROW\r\nROW\r\n", status=200),
            Ask(b'"1",' + ZEROS, status=200),
            Ask(b"1," * 29, status=200),
            Ask(b'"1,5",' + ZEROS, error="field 1"),
        ],
    ),
    33: ("semicolons", [Ask(ZEROS.replace(b",", b";") + b";1")]),
    34: ("a formula", [Ask(b"=1+1," + ZEROS, error="field 1 is not a number")]),
    35: ("one bad line of JSON Lines", [Ask(b"[ROW]\n[ROW]\n[x]", LINES, error="line 3")]),
    36: ("a pickle in npy", [Ask(npy_with(PICKLED_NPY, b"\x80\x04N."), NPY)]),
    37: ("npy that claims 10 to the 12 rows", [Ask(npy_with(LYING_NPY, b"\0" * 120), NPY)]),
    38: ("a body in gzip", [Ask(b"\x1f\x8b", status=415, headers={"Content-Encoding": "gzip"})]),
    39: (
        "what the answer may be",
        [
            Ask(status=200, headers={"Accept": "*/*"}),
            Ask(status=200, headers={"Accept": "text/csv"}),
            Ask(status=406, headers={"Accept": "image/png"}),
        ],
    ),
    40: (
        "wrong methods and paths",
        [
            Ask(b"", status=405, method="GET"),
            Ask(b"", status=405, path="/ping"),
            Ask(b"", status=404, path="/other"),
        ],
    ),
    43: (
        "more headers than anybody needs",
        [
            Ask(status=431, headers={f"x-{number}": "1" for number in range(2_000)}),
            Ask(status=431, headers={f"x-{number}": "1" * 800 for number in range(90)}),
        ],
    ),
    44: ("a model that is not there", [Ask(status=404, path="/models/other/invoke")]),
}
ASKED = [
    pytest.param(ask, id=f"{number} {what} {place}")
    for number, (what, asked) in BAD_REQUESTS.items()
    for place, ask in enumerate(asked)
]


@pytest.mark.parametrize("ask", ASKED)
def test_a_bad_request_gets_the_answer_that_it_should(
    server: Server, row: list[float], ask: Ask
) -> None:
    body = ask.body.replace(ROW_MARK, csv_lines([row]))
    headers = {"Content-Type": ask.content_type, **ask.headers}

    answer = server.ask(ask.method, ask.path, body, headers)

    assert answer.status == ask.status, answer.body
    if ask.status >= 400:
        assert sorted(answer.json) == ["error", "id"]
        assert ask.error in answer.json["error"]
        assert "Traceback" not in answer.json["error"]
    assert server.ask("GET", "/ping").status == 200


def raw(server: Server, sent: bytes) -> bytes:
    """What comes back for these bytes, after which nothing more is sent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        received = b""
        while part := client.recv(65_536):
            received += part
    return received


HEAD = b"POST /invocations HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize("length", [b"-1", b"abc", b"1e3", b"0x10", b"99999999999999999999999"])
def test_a_length_that_is_none_is_refused(server: Server, length: bytes) -> None:
    answer = raw(server, HEAD + b"Content-Length: " + length + b"\r\n\r\n1,2")

    assert answer.split()[1] in (b"400", b"413")


def test_what_follows_a_body_that_is_longer_than_it_says_is_no_request(server: Server) -> None:
    answer = raw(server, HEAD + b"Content-Length: 3\r\n\r\n1,2,3,4")

    assert [line for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1")] == [
        b"HTTP/1.1 400 Bad Request"
    ]
    assert answer.count(b"HTTP/1.1 400") == 2


def test_a_body_that_is_shorter_than_it_says_is_never_predicted(server: Server) -> None:
    assert b"200" not in raw(server, HEAD + b"Content-Length: 500\r\n\r\n" + ZEROS + b",0")


def test_control_characters_in_a_header_do_not_reach_the_log(server: Server) -> None:
    attributes = b"X-Amzn-SageMaker-Custom-Attributes: a\x1b[31mb\x07, explain=perhaps\r\n"

    raw(server, HEAD + attributes + b"Content-Length: 3\r\n\r\n1,2")
    server.ask("GET", "/ping")

    log = server.log.read_bytes()
    assert b"\x1b" not in log
    assert b"\x07" not in log
    assert all(json.loads(line) for line in log.splitlines())


def test_line_ends_and_escapes_in_a_body_make_no_line_of_the_log(server: Server) -> None:
    before = len(server.log.read_bytes().splitlines())

    answer = server.predict(b'x\x1b[31m\n{"event": "ready"}\r\n\x00')

    assert answer.status == 400
    added = server.log.read_bytes().splitlines()[before:]
    assert [json.loads(line)["event"] for line in added] == ["refused"]
    assert b"\x1b" not in added[0]


def test_npy_is_refused_for_its_header_not_for_how_it_is_written_here(server: Server) -> None:
    assert server.predict(npy([[0.0] * 30]), NPY).status == 200
