"""The three servers under comparison, each with two workers on the same model."""

import sys
from dataclasses import dataclass
from pathlib import Path

from container.bench.processes import Command

PACKAGE = Path(__file__).parents[1]
WORKERS = 2
# The same connection, supervisor and workers as `serve`, and nothing behind them.
_EMPTY = """
import os, sys
from container.contract.layout import Layout
from container.serving import serve, worker
from container.serving.messages import Response
worker.Application = lambda router, telemetry: lambda request: Response(200, b"0.5\\n", b"text/csv")
sys.exit(serve.main(Layout.from_environment()))
"""


@dataclass(frozen=True)
class BenchmarkServer:
    """One server: its command and its URL."""

    name: str
    command: Command
    url: str


def environment(base: Path, port: int = 0) -> dict[str, str]:
    """Environment variables of `train` and `serve`."""
    return {
        "SAGEMAKER_BASE_DIR": str(base),
        "SAGEMAKER_BIND_TO_PORT": str(port),
        "SAGEMAKER_BIND_ADDRESS": "127.0.0.1",
        "SAGEMAKER_MODEL_SERVER_WORKERS": str(WORKERS),
        "PYTHONPATH": str(PACKAGE.parent),
        "OMP_NUM_THREADS": "1",
    }


def benchmark_servers(base: Path, ports: list[int]) -> list[BenchmarkServer]:
    """Return this container's server first."""
    ours, empty, conventional = (environment(base, port) for port in ports)
    conventional["MODEL_FILE"] = str(_model_file(base / "model"))
    gunicorn = ["gunicorn", "-w", str(WORKERS), "-k", "gevent", "-b", f"127.0.0.1:{ports[2]}"]
    words = {
        "ours": [sys.executable, "-P", "-m", "container", "serve"],
        "empty": [sys.executable, "-P", "-c", _EMPTY],
        "conventional": [sys.executable, "-m", *gunicorn, "container.bench.conventional:app"],
    }
    surroundings = [ours, empty, conventional]
    return [
        BenchmarkServer(name, Command(words[name], around), f"http://127.0.0.1:{port}")
        for name, around, port in zip(words, surroundings, ports, strict=True)
    ]


def _model_file(folder: Path) -> Path:
    return next(path for path in sorted(folder.iterdir()) if path.suffix != ".json")
