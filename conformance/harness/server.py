"""A server as one check sees it: started here, or already running somewhere on this machine."""

import time
from collections.abc import Mapping, Sequence

from conformance.check import NotApplicable, Violation
from conformance.harness.programs import Program
from conformance.harness.wire import Address, Answer
from conformance.manifest import Serving
from conformance.terms import Terms

_LOOK_SECONDS = 0.02
_HOST = "127.0.0.1"


class Server:
    """Asks one server; `program` is None when it was running already."""

    def __init__(
        self, ports: Sequence[int], serving: Serving, terms: Terms, program: Program | None = None
    ) -> None:
        self.serving, self.terms = serving, terms
        self._program = program
        self._ports = ports
        self.address = Address(_HOST, ports[0])

    @property
    def program(self) -> Program:
        """The process; raises NotApplicable when it is not ours."""
        if self._program is None:
            raise NotApplicable("it needs the container's folder, not only a running server")
        return self._program

    def ping(self) -> Answer:
        """Ask whether it is healthy; raises Violation when no answer comes in time."""
        return self.address.ask("GET", "/ping", seconds=self.terms.ping_seconds)

    def invoke(
        self,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        path: str = "/invocations",
    ) -> Answer:
        """Ask for predictions, by default for those of the first example."""
        sent = self.example(0) if body is None else body
        usual = {"Content-Type": self.serving.content_type, "Accept": self.serving.accept}
        seconds = self.terms.answer_seconds
        merged = {**usual, **(headers or {})}
        return self.address.ask(method, path, body=sent, headers=merged, seconds=seconds)

    def example(self, number: int) -> bytes:
        """The body of one example request."""
        requests = self.serving.requests
        return requests[number % len(requests)].encode()

    def expected(self, number: int = 0) -> Answer:
        """The answer to one example; raises NotApplicable when it is refused."""
        try:
            answer = self.invoke(self.example(number))
        except Violation as error:
            raise NotApplicable(f"the example request has no answer: {error}") from error
        if answer.status != 200:
            raise NotApplicable(f"the example request is answered {answer.status}")
        return answer

    def require_alive(self, after: str) -> None:
        """Raise Violation unless the example is still answered."""
        try:
            status = self.invoke().status
        except Violation as error:
            raise Violation(f"after {after}: {error}") from error
        if status != 200:
            raise Violation(f"after {after} the example request is answered {status}")

    def wait_until_healthy(self, seconds: float) -> None:
        """Return at the first 200 of /ping; raises Violation when it ends or takes too long."""
        deadline = time.monotonic() + seconds
        last = "nothing answers"
        while time.monotonic() < deadline:
            for port in self._ports:
                self.address = Address(_HOST, port)
                try:
                    answer = self.ping()
                except Violation:
                    continue
                if answer.status == 200:
                    return
                last = f"/ping answers {answer.shown}"
            self._require_running()
            time.sleep(_LOOK_SECONDS)
        raise Violation(f"not healthy after {seconds:g} s: {last}")

    def _require_running(self) -> None:
        if self._program is not None and self._program.code is not None:
            code = self._program.code
            raise Violation(f"ended with {code}: {self._program.last_words}")
