"""A container in a few lines of standard library that keeps the whole contract, to be broken."""

from collections.abc import Mapping
from pathlib import Path

TRAIN = """#!/usr/bin/env python3
import hashlib, json, os, pathlib, signal, sys, time

base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"])

def fail(reason):
    (base / "output/failure").write_text(reason)
    sys.exit(f"train: {reason}")

signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
hp = json.loads((base / "input/config/hyperparameters.json").read_text())
for name in hp:
    if name not in ("rounds", "pause"):
        fail(f"hyperparameter {name} is unknown")
rows = [
    list(map(float, line.split(",")))
    for path in sorted((base / "input/data").glob("train/*.csv"))
    for line in path.read_text().splitlines()
]
if not rows:
    fail("channel train holds no rows")
kept = base / "checkpoints/round"
begin = int(kept.read_text()) if kept.exists() else 0
# A slow training has no end before one was interrupted and begun again, however busy the machine.
resumed = pathlib.Path(__file__).with_name("resumed")
if kept.exists():
    resumed.touch()
pause = float(hp.get("pause", "0"))
number, rounds = begin, int(hp.get("rounds", "3"))
while number < rounds or pause and kept.exists() and not resumed.exists():
    print(f"[{number}] train-loss:0.1", flush=True)
    number += 1
    (base / "checkpoints/draft").write_text(str(number))
    (base / "checkpoints/draft").rename(kept)
    time.sleep(pause)
mean = sum(row[0] for row in rows) / len(rows)
digest = hashlib.sha256(str(mean).encode()).hexdigest()
(base / "model/model.json").write_text(json.dumps({"mean": mean, "digest": digest}))
"""

SERVE = """#!/usr/bin/env python3
import json, os, pathlib, signal, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"])
port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "DEFAULT_PORT"))
try:
    model = json.loads((base / "model/model.json").read_text())
except (OSError, ValueError) as error:
    sys.exit(f"serve: the model cannot be read: {error}")

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 2
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *words):
        pass

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status >= 400:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/ping":
            return self.answer(200)
        self.answer(405 if self.path == "/invocations" else 404)

    def do_DELETE(self):
        self.answer(405)

    def do_POST(self):
        if self.path != "/invocations":
            return self.answer(405 if self.path == "/ping" else 404)
        if "Transfer-Encoding" in self.headers:
            return self.answer(411)
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit():
            return self.answer(400)
        if int(length) > 6 << 20:
            return self.answer(413)
        try:
            body = self.rfile.read(int(length))
        except TimeoutError:
            return self.answer(408)
        if len(body) < int(length):
            return self.answer(400)
        if self.headers["Content-Type"] not in ("text/csv", "application/json"):
            return self.answer(415)
        if self.headers["Accept"] not in (None, "*/*", "text/csv"):
            return self.answer(406)
        try:
            rows = [list(map(float, line.split(b","))) for line in body.splitlines()]
            scores = [sum(row) * model["mean"] for row in rows]
        except ValueError as error:
            return self.answer(400, b"not numbers")
        self.answer(200, "".join(f"{score}\\n" for score in scores).encode())

class Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

def main():
    try:
        server = Server(("127.0.0.1", port), Handler)
    except OSError as error:
        sys.exit(f"serve: port {port}: {error.strerror}")
    stop = lambda number, frame: threading.Thread(target=server.shutdown).start()
    signal.signal(signal.SIGTERM, stop)
    server.serve_forever(0.02)
    server.server_close()

main()
"""

EVALUATE = """#!/usr/bin/env python3
import json, os, pathlib, sys

base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"])
rows = [line for path in base.glob("processing/test/*.csv") for line in path.open()]
if not rows:
    (base / "output/message").write_text("processing/test holds no rows")
    sys.exit("evaluate: processing/test holds no rows")
report = {"rows": len(rows), "metrics": {"auc": 0.5}}
(base / "processing/evaluation/evaluation.json").write_text(json.dumps(report))
"""

ENTRYPOINT = """#!/bin/sh
case "${1:-nothing}" in
train|serve|evaluate) exec "$(dirname "$0")/bin/$1" ;;
esac
echo "the program must be one of train, serve, evaluate; got $1" >&2
exit 64
"""

MANIFEST = """
entrypoint = ["./entrypoint"]

[training]
hyperparameters = { rounds = "3" }
slow_hyperparameters = { rounds = "10", pause = "0.02" }
"""

SOURCES = {
    "bin/train": TRAIN,
    "bin/serve": SERVE,
    "bin/evaluate": EVALUATE,
    "entrypoint": ENTRYPOINT,
    "conformance.toml": MANIFEST,
}


def container(
    folder: Path, changes: Mapping[str, Mapping[str, str]] | None = None, port: int = 8080
) -> Path:
    """The tiny container in `folder`, with some lines of some files replaced by worse ones."""
    for name, source in SOURCES.items():
        for right, wrong in (changes or {}).get(name, {}).items():
            assert source.count(right) == 1, (
                f"{name}: {right!r} is there {source.count(right)} times"
            )
            source = source.replace(right, wrong)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.replace("DEFAULT_PORT", str(port)))
        path.chmod(0o755)
    return folder
