"""The other emulator: ministack, a process on loopback with an environment of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

REPO = Path(__file__).parents[2]
PYTHON = REPO / ".cache" / "opinion" / "bin" / "python"
GIVE_UP_AFTER_SECONDS = 180
ACCOUNT, REGION = "111122223333", "us-east-1"


@dataclass(frozen=True)
class Emulator:
    """An address that answers as AWS does, ours or the other one."""

    url: str
    secret: str = "secret"

    def client(self, service: str) -> Any:
        """A client of the account and region that both emulators are asked about."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key=self.secret,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )


def reason_against() -> str:
    """Why the other emulator cannot be asked; nothing where it can."""
    if PYTHON.exists():
        return ""
    return "no second opinion: ministack is not installed; make acceptance installs it"


@contextmanager
def running(folder: Path, answers: Path | None = None) -> Iterator[Emulator]:
    """The other emulator, until the block ends; nothing of it stays, and it asked nobody else.

    `answers` is a file with what calls of its state machines answer.
    """
    notes, log = folder / "refused", folder / "log"
    port = _free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PYTHON, Path(__file__).with_name("guarded_start.py"), notes],
            env=_environment(folder, port, answers),
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, port, log)
        yield Emulator(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        try:
            process.wait(timeout=GIVE_UP_AFTER_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert not notes.exists(), f"ministack reached for {notes.read_text()}"


def _environment(folder: Path, port: int, answers: Path | None) -> dict[str, str]:
    """Its settings: loopback, everything below `folder`, no waiting, nothing that it may start."""
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "objects"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "SFN_WAIT_SCALE": "0",
    }
    return {**settings, **({"SFN_MOCK_CONFIG": str(answers)} if answers else {})}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"ministack does not answer:\n{log.read_text()[-2000:]}")
