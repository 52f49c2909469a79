"""Load generation with wrk."""

import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from container.bench.machine import watched
from container.bench.processes import Tree

_SCRIPT = """\
wrk.method = "POST"
wrk.path = "/invocations"
wrk.headers["Content-Type"] = "text/csv"
local file = io.open("{body}", "rb")
wrk.body = file:read("*all")
file:close()
done = function(summary, latency, requests)
    io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration,
        latency:percentile(99), summary.errors.status + summary.errors.connect
        + summary.errors.read + summary.errors.timeout))
end
"""
_HEADERS = {"Content-Type": "text/csv"}
_SLOWEST_SECONDS = 120
_RESULT = re.compile(r"^RESULT (\d+) (\d+) (\d+) (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Load:
    """One run: requests per second, the slowest hundredth in ms, CPU of the server in us each.

    `others`: cores that other programs used meanwhile.
    """

    requests_per_second: float
    p99_ms: float
    cpu_us: float
    others: float = 0.0


def require_wrk() -> None:
    """Raise RuntimeError when wrk is not installed."""
    if shutil.which("wrk") is None:
        raise RuntimeError("wrk: not installed; it is in the package wrk of Debian and Homebrew")


def put(url: str, body: Path, connections: int, seconds: int, server: Tree) -> Load:
    """Load a server from one thread; every response must be a 2xx."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT.format(body=body))
        script.flush()
        before = server.cpu_seconds()
        with watched(server.cpu_seconds) as others:
            said = subprocess.run(
                [
                    "wrk",
                    "-t1",
                    f"-c{connections}",
                    f"-d{seconds}s",
                    "--timeout",
                    "60",
                    "-s",
                    script.name,
                    url,
                ],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        spent = server.cpu_seconds() - before
    result = _RESULT.search(said)
    if result is None or int(result[4]) or not int(result[1]):
        raise RuntimeError(f"{url}: failed under load: {said[-500:]}")
    requests, microseconds, p99 = (int(text) for text in result.groups()[:3])
    return Load(requests / microseconds * 1e6, p99 / 1000, spent / requests * 1e6, others.cores)


def send(url: str, body: Path, connections: int, requests: int, server: Tree) -> Load:
    """Send so many requests, some at a time; raises OSError for an error response."""
    content = body.read_bytes()
    before = server.cpu_seconds()

    def ask(number: int) -> float:
        began = time.perf_counter()
        request = urllib.request.Request(f"{url}/invocations", content, _HEADERS)
        with urllib.request.urlopen(request, timeout=_SLOWEST_SECONDS) as response:
            response.read()
        return time.perf_counter() - began

    with watched(server.cpu_seconds) as others, ThreadPoolExecutor(connections) as threads:
        began = time.perf_counter()
        slowest = max(threads.map(ask, range(requests)))
        taken = time.perf_counter() - began
    spent = server.cpu_seconds() - before
    return Load(requests / taken, slowest * 1000, spent / requests * 1e6, others.cores)
