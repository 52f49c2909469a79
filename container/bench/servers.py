"""The four servers under comparison, each with two workers on the same model."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from container.bench.processes import Command

PACKAGE = Path(__file__).parents[1]
WORKERS = 2
NAMES = ("ours", "conventional", "uvicorn", "empty")
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


def benchmark_server(
    name: str, base: Path, port: int, settings: Mapping[str, str] | None = None
) -> BenchmarkServer:
    """Return one of NAMES; `settings` are more environment variables."""
    around = {**environment(base, port), **(settings or {})}
    around["MODEL_FILE"] = str(_model_file(base / "model"))
    uvicorn = ["uvicorn", "--workers", str(WORKERS), "--loop", "uvloop", "--http", "httptools"]
    uvicorn += ["--lifespan", "off", "--no-access-log", "--log-level", "warning"]
    gunicorn = ["gunicorn", "-w", str(WORKERS), "-k", "gevent", "-b", f"127.0.0.1:{port}"]
    words = {
        "ours": ["-P", "-m", "container", "serve"],
        "empty": ["-P", "-c", _EMPTY],
        "conventional": ["-m", *gunicorn, "container.bench.conventional:app"],
        "uvicorn": ["-m", *uvicorn, "--port", str(port), "container.bench.rival:app"],
    }
    return BenchmarkServer(
        name, Command([sys.executable, *words[name]], around), f"http://127.0.0.1:{port}"
    )


def _model_file(folder: Path) -> Path:
    return next(path for path in sorted(folder.iterdir()) if path.suffix != ".json")
