from dataclasses import replace

import pytest

from conformance import Report, Terms
from conformance.checks import health, refusals, transport
from tests.conformance.faults import PATIENT, Fault, examine_all, names, require_failed

pytestmark = pytest.mark.acceptance

REQUESTS = names(health.CHECKS, refusals.CHECKS, transport.CHECKS)

_PING = "return self.answer(200)"
_POST = 'if self.path != "/invocations":'
_OTHER_GET = 'self.answer(405 if self.path == "/invocations" else 404)'
_CLASS = "class Handler(BaseHTTPRequestHandler):"
_READ = "rows = [list(map"
_SCORES = 'scores = [sum(row) * model["mean"] for row in rows]'
_ANSWER = 'self.answer(200, "".join(f"{score}\\n" for score in scores).encode())'
_ONE_BY_ONE = """request_queue_size = 0
    def get_request(self):
        time.sleep(0.05)
        return super().get_request()
"""
LIMITED = replace(PATIENT, slow_body_seconds=3.5)
_SHORT = "if len(body) < int(length):"
_WRONG_LENGTH = "if not length.isdigit():\n            return self.answer(400)"


def serve(right: str, wrong: str, *breaks: str) -> Fault:
    return Fault("bin/serve", {right: wrong}, breaks, REQUESTS)


def alone(right: str, wrong: str, check: str, terms: Terms = PATIENT) -> Fault:
    """One that leaves other checks nothing to look at, or changes what all of them see."""
    return Fault("bin/serve", {right: wrong}, [check], terms=terms)


FAULTS = [
    serve(_PING, 'return self.answer(200, b"ok")', "ping-is-quick-and-empty"),
    Fault(
        "bin/serve",
        {
            _CLASS: f"busy = []\n\n{_CLASS}",
            'if self.path == "/ping":': 'if self.path == "/ping" and len(busy) > 3:\n'
            '            return self.answer(503)\n        if self.path == "/ping":',
            _READ: f"busy.append(1); time.sleep(0.02); busy.pop()\n            {_READ}",
        },
        ["ping-answers-under-load"],
        REQUESTS,
    ),
    serve(_ANSWER, "self.answer(200)", "example-is-answered"),
    serve(
        _SCORES,
        f"model['rows'] = rows; time.sleep(0.005); rows = model['rows']\n            {_SCORES}",
        "many-clients-same-answers",
    ),
    serve(
        _POST,
        'if "X-Amzn-SageMaker-Not-Yet-Invented" in self.headers:\n'
        f"            return self.answer(400)\n        {_POST}",
        "unknown-headers-are-ignored",
    ),
    serve(
        _OTHER_GET,
        'self.answer({"/invocations": 405, "/execution-parameters": 500}.get(self.path, 404))',
        "execution-parameters-are-json",
    ),
    serve(
        _OTHER_GET,
        'self.answer({"/invocations": 405, "/execution-parameters": 200}.get(self.path, 404))',
        "execution-parameters-are-json",
    ),
    serve(
        '405 if self.path == "/ping" else 404', '405 if self.path == "/ping" else 200', "wrong-path"
    ),
    serve("self.answer(405)", "self.answer(500)", "wrong-method"),
    serve("return self.answer(415)", "return self.answer(500)", "wrong-content-type"),
    serve("return self.answer(415)", "pass", "wrong-content-type"),
    serve("return self.answer(406)", "pass", "wrong-accept"),
    serve('self.answer(400, b"not numbers")', "self.answer(500)", "bad-bodies-are-not-faults"),
    serve("> 6 << 20", "> 6 << 40", "oversized-body-is-refused"),
    serve("return self.answer(413)", "return self.answer(500)", "oversized-body-is-refused"),
    serve(_WRONG_LENGTH, _WRONG_LENGTH.replace("400", "200"), "wrong-length-is-refused"),
    serve(
        f"{_SHORT}\n            return self.answer(400)",
        f"""{_SHORT}
            model["lost"] = True
            return self.answer(400)
        if model.pop("lost", False):
            return self.answer(500)""",
        "hang-up-disturbs-nobody",
    ),
    serve("return self.answer(411)", "return self.answer(200)", "chunked-body-is-understood"),
    serve('if "Transfer-Encoding" in self.headers:', "if False:", "chunked-body-is-understood"),
    serve('protocol_version = "HTTP/1.1"', "pass", "connection-is-kept"),
    serve(
        _CLASS,
        f"import http.client; http.client._MAXHEADERS = 10_000\n\n{_CLASS}",
        "many-headers-are-refused",
    ),
    alone(_PING, "return self.answer(503)", "becomes-healthy", replace(PATIENT, start_seconds=0.5)),
    Fault(
        "bin/serve",
        {
            _PING: f"late and time.sleep(1)\n            late.append(1)\n            {_PING}",
            _CLASS: f"late = []\n\n{_CLASS}",
        },
        ["ping-is-quick-and-empty"],
        terms=replace(PATIENT, ping_seconds=0.4),
    ),
    alone(
        _ANSWER,
        """self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        [self.wfile.write(b".") and time.sleep(0.3) for _ in range(3)]""",
        "example-is-answered",
        replace(PATIENT, answer_seconds=0.5),
    ),
    alone(
        "request_queue_size = 128",
        _ONE_BY_ONE,
        "connections-are-accepted",
        replace(PATIENT, connect_seconds=0.25),
    ),
    alone(_ANSWER, "self.answer(500)", "example-is-answered"),
    alone("timeout = 2", "timeout = None", "slow-body-times-out", LIMITED),
    alone("return self.answer(408)", "return self.answer(200)", "slow-body-times-out", LIMITED),
]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    return examine_all(tmp_path_factory.mktemp("faults"), FAULTS)


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[str(fault) for fault in FAULTS])
def test_a_fault_fails_the_checks_that_look_for_it_and_no_others(
    reports: list[Report], number: int
) -> None:
    require_failed(reports[number], FAULTS[number])


def test_every_check_of_requests_has_a_fault_that_fails_it() -> None:
    broken = {name for fault in FAULTS for name in fault.breaks}

    assert broken == {*REQUESTS, "becomes-healthy", *names(transport.PATIENT_CHECKS)}
