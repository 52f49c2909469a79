"""When a server may say that it is healthy, and when it must not start at all."""

import socket
import time

from conformance import pages
from conformance.check import Checks, NotApplicable, Violation
from conformance.harness.host import Host
from conformance.harness.opt_ml import OptMl, contents, difference
from conformance.harness.server import Server
from conformance.harness.wire import free_port, is_taken

# The first server is there for all others to ask; it has to be looked at before them.
FIRST_CHECKS = Checks[Host]()
CHECKS = Checks[Host]()

_LOOK_SECONDS = 0.05
_LEAST_PATIENCE_SECONDS = 0.5


@FIRST_CHECKS.must("A server with a model answers /ping with 200", pages.HOSTING)
def becomes_healthy(host: Host) -> None:
    """An instance that is not healthy within some minutes fails the endpoint."""
    if host.first_start.error is not None:
        raise host.first_start.error


@FIRST_CHECKS.must("A server listens on the port in SAGEMAKER_BIND_TO_PORT", pages.BIND_TO_PORT)
def port_is_honoured(host: Host) -> None:
    """With several containers behind one endpoint each is given a port of its own."""
    host.require_healthy()
    if not host.first_start.found_its_port:
        raise Violation(
            f"was told port {host.first_start.port} but listens on {host.terms.default_port}"
        )


@CHECKS.must("A healthy server has its model: the first request is answered", pages.HOSTING)
def first_ping_means_ready(host: Host) -> None:
    """Traffic arrives as soon as /ping says 200; what fails then, fails for a customer."""
    with host.serving() as server:
        answer = server.invoke()
        if answer.status != 200:
            raise Violation(f"the first request after a healthy /ping got {answer.shown}")


@CHECKS.must("A server that was healthy once stays healthy", pages.HOSTING)
def healthy_stays_healthy(host: Host) -> None:
    """Traffic begins with the first 200. Where workers share a port, the last ones to load must
    not speak for all of them: the instance would be taken out again."""
    with host.serving() as server:
        deadline = time.monotonic() + max(host.first_start.seconds, _LEAST_PATIENCE_SECONDS)
        while time.monotonic() < deadline:
            answer = server.ping()
            if answer.status != 200:
                raise Violation(f"after its first 200, /ping is answered {answer.shown}")


@CHECKS.must("A server without a model is never healthy", pages.HOSTING)
def no_model_no_health(host: Host) -> None:
    """It would take the place of a working instance, and answer every request with an error."""
    _require_never_healthy(host, host.place(None), "without a model")


@CHECKS.should("A server with a damaged model is never healthy", pages.HOSTING)
def damaged_model_no_health(host: Host) -> None:
    """A download that was cut off gives wrong answers, or errors, instead of a failed update."""
    place = host.place(host.model)
    for path in place.model.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    _require_never_healthy(host, place, "with a model cut in half")


@CHECKS.must("A server whose port is taken ends and says so", pages.HOSTING)
def taken_port_ends(host: Host) -> None:
    """One that waits, or takes another port, looks like a hung instance for minutes."""
    host.require_healthy()
    if not host.first_start.found_its_port:
        raise NotApplicable("it ignores SAGEMAKER_BIND_TO_PORT")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = {"SAGEMAKER_BIND_TO_PORT": str(port)}
        with host.started(host.place(host.model), settings, port) as server:
            code = server.program.wait(host.terms.refusal_seconds, "on a port that is taken")
            if code == 0:
                raise Violation("ended with 0 on a port that is taken")
            if not server.program.said.strip():
                raise Violation(f"ended with {code} without a word")


@CHECKS.must("A server that is told no port listens on 8080", pages.HOSTING)
def default_port_is_8080(host: Host) -> None:
    """The endpoint of a single container calls port 8080 and sets no variable."""
    port = host.terms.default_port
    if host.require_healthy().address.port == port:
        return
    busy = NotApplicable(f"port {port} of this machine is in use")
    if is_taken(port):
        raise busy
    with host.started(host.place(host.model), {}, port) as server:
        try:
            server.wait_until_healthy(host.terms.start_seconds)
        except Violation:
            # Another program may have taken it meanwhile.
            if server.program.code is not None and is_taken(port):
                raise busy from None
            raise


@CHECKS.must("A server only reads the model's folder", pages.HOSTING)
def model_is_only_read(host: Host) -> None:
    """SageMaker mounts /opt/ml/model read-only: a cache or a lock file there stops the start."""
    host.require_healthy()
    place = host.first_start.place
    changed = difference(contents(host.model), contents(place.model))
    if changed:
        raise Violation(f"changed {changed} in model/")


def _require_never_healthy(host: Host, place: OptMl, what: str) -> None:
    """Look as long as a good start took, twice: raises Violation when /ping says 200."""
    host.require_healthy()
    if not host.first_start.found_its_port:
        raise NotApplicable("it ignores SAGEMAKER_BIND_TO_PORT, so only one runs at a time")
    port = free_port()
    with host.started(place, {"SAGEMAKER_BIND_TO_PORT": str(port)}, port) as server:
        seconds = max(2 * host.first_start.seconds, _LEAST_PATIENCE_SECONDS)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and server.program.code is None:
            if _says_healthy(server):
                raise Violation(f"{what}, /ping answers 200")
            time.sleep(_LOOK_SECONDS)
        if server.program.code == 0:
            raise Violation(f"{what}, it ends with 0")


def _says_healthy(server: Server) -> bool:
    try:
        return server.ping().status == 200
    except Violation:
        return False
