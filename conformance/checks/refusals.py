"""Requests that are wrong: the caller's mistake must look like one."""

from conformance import pages
from conformance.check import Checks, Violation
from conformance.harness.server import Server

CHECKS = Checks[Server]()

_UNHEARD_OF = "application/x-unheard-of"
_BAD_BODIES = {
    "an empty body": b"",
    "blanks": b" \r\n\t\r\n",
    "NUL bytes": b"\x00" * 64,
    "bytes that are no text": b"\xff\xfe\x80\x81",
    "words": b"not,a,number,at,all",
    "a number without end": b"9" * 10_000,
    "a megabyte of letters": b"x" * 1_000_000,
    "a value too large": b"1e400,1e400",
    "half a document": b'{"instances": [[1.0, ',
    "deep nesting": b"[" * 100_000,
    "ten thousand columns": b",".join([b"1"] * 10_000),
    "rows of different length": b"1,2\n1\n1,2,3",
}
_ALSO_SENT_AS = "application/json"


@CHECKS.should("A path that does not exist is answered 4xx", pages.HOSTING)
def wrong_path(server: Server) -> None:
    """Scanners and mistaken callers must not be mistaken for faults of the container."""
    _require_4xx(server, "POST", "/no/such/path")


@CHECKS.should("A method that does not fit is answered 4xx", pages.HOSTING)
def wrong_method(server: Server) -> None:
    """A GET of /invocations that is answered 200 or 500 hides what the caller did wrong."""
    _require_4xx(server, "GET", "/invocations")
    _require_4xx(server, "DELETE", "/invocations")
    _require_4xx(server, "POST", "/ping")


@CHECKS.should("A content type that the container cannot read is answered 4xx", pages.FORMATS)
def wrong_content_type(server: Server) -> None:
    """A guess returns a plausible prediction for a request that was never made."""
    server.expected()
    answer = server.invoke(headers={"Content-Type": _UNHEARD_OF})
    if not 400 <= answer.status < 500:
        raise Violation(f"Content-Type {_UNHEARD_OF} is answered {answer.shown}")


@CHECKS.should("An answer in a format that the container cannot write is 4xx", pages.FORMATS)
def wrong_accept(server: Server) -> None:
    """A client that asked for one format parses another one, or fails to, much later."""
    server.expected()
    answer = server.invoke(headers={"Accept": _UNHEARD_OF})
    if not 400 <= answer.status < 500:
        raise Violation(f"Accept: {_UNHEARD_OF} is answered {answer.shown}")


@CHECKS.must("A bad body is never answered 5xx, and the next request is answered", pages.METRICS)
def bad_bodies_are_not_faults(server: Server) -> None:
    """Every 5xx counts in Invocation5XXErrors: alarms ring and deployments are rolled back for
    what one caller sent."""
    for name, body in _BAD_BODIES.items():
        for content_type in dict.fromkeys((server.serving.content_type, _ALSO_SENT_AS)):
            answer = server.invoke(body, {"Content-Type": content_type})
            if answer.status >= 500:
                raise Violation(f"{name} as {content_type} is answered {answer.shown}")
    server.expected()
    server.require_alive("bad bodies")


def _require_4xx(server: Server, method: str, path: str) -> None:
    body = None if method == "GET" else b""
    seconds = server.terms.answer_seconds
    answer = server.address.ask(method, path, body=body, seconds=seconds)
    if not 400 <= answer.status < 500:
        raise Violation(f"{method} {path} is answered {answer.shown}")
