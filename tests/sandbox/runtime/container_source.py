"""A throw-away container in Python's standard library: what the runtime tests train and serve."""

from __future__ import annotations

import io
import zipfile

TRAIN = """#!/usr/bin/env python3
import json, os, pathlib, signal, sys, time
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"])
hp = json.loads((base / "input/config/hyperparameters.json").read_text())
host = json.loads((base / "input/config/resourceconfig.json").read_text())["current_host"]
if hp.get("only", host) != host:
    hp.pop("fail", None)
(base / "output/data/environment.json").write_text(json.dumps(dict(os.environ)))
if "fail" in hp:
    (base / "output/failure").write_text(hp["fail"])
    sys.exit(3)
if "crash" in hp:
    print("Traceback: the last line")
    sys.exit(1)
if "stubborn" in hp:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "graceful" in hp:
    def save(*_):
        (base / "model/model.json").write_text(json.dumps({"mean": -1}))
        sys.exit(0)
    signal.signal(signal.SIGTERM, save)
where = base / "input/config/checkpointconfig.json"
kept = None
if where.exists():
    kept = base / json.loads(where.read_text())["LocalPath"].removeprefix("/opt/ml/")
print("checkpoints before:", kept and sorted(p.name for p in kept.iterdir()))
for number in range(int(hp.get("rounds", "2"))):
    print(f"[{number}]\\ttrain-auc:0.{number}\\tvalidation-auc:0.9{number}", flush=True)
    if kept:
        (kept / f"round-{number}").write_text("weights")
    time.sleep(float(hp.get("sleep", "0")))
values = []
for path in sorted((base / "input/data/train").rglob("*.csv")):
    values += [float(v) for v in path.read_text().replace(",", " ").split()]
mean = sum(values) / len(values)
(base / "model/model.json").write_text(json.dumps({"mean": mean, "broken": "broken" in hp}))
if host != "algo-1":
    (base / f"model/{host}.json").write_text(json.dumps(values))
"""

SERVE = """#!/usr/bin/env python3
import json, os, pathlib, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"])
model = json.loads((base / "model/model.json").read_text())
print("serving", model, flush=True)
if model.get("broken"):
    sys.exit("the model is broken")

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    def log_message(self, *args): pass
    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        mark = self.headers.get("X-Amzn-SageMaker-Custom-Attributes")
        if mark: self.send_header("X-Amzn-SageMaker-Custom-Attributes", mark)
        self.end_headers()
        self.wfile.write(body)
    def stream(self, pieces, end):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces: self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(piece), piece))
        self.wfile.write(end)
        self.close_connection = True
    def do_GET(self): self.answer(200, b"")
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if body == b"teapot": return self.answer(418, b"short and stout")
        if body == b"die": os._exit(1)
        if model.get("fails"): return self.answer(500, b"out of order")
        if body == b"stream": return self.stream([b"one", b"two"], b"0\\r\\n\\r\\n")
        if body == b"break": return self.stream([b"one"], b"")
        shown = {"mean": model["mean"], "rows": body.decode(errors="replace"),
                 "stage": os.environ.get("STAGE"), "pid": os.getpid(),
                 "at_opt_ml": os.path.exists("/opt/ml/model/model.json"),
                 "type": self.headers["Content-Type"], "accept": self.headers["Accept"]}
        self.answer(200, json.dumps(shown).encode())

class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

Server(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""

EVALUATE = """#!/bin/sh
set -e
here="$SAGEMAKER_BASE_DIR/processing"
rows=$(cat "$here"/test/* | wc -l)
test -f "$here/model/model.tar.gz"
echo "evaluating $rows rows with $*"
printf '{"rows": %s, "argument": "%s"}' "$rows" "$*" > "$here/evaluation/evaluation.json"
"""

PROGRAMS = {"train": TRAIN, "serve": SERVE, "evaluate": EVALUATE}


def zipped(files: dict[str, str] | None = None) -> bytes:
    """Return the source as CodeBuild gets it; `files` adds or replaces entries."""
    content = {f"bin/{name}": text for name, text in PROGRAMS.items()}
    content |= {"requirements.txt": "# nothing\n", **(files or {})}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in content.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()
