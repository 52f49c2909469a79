from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.state import clients
from tests.sandbox.runtime.cloud import REGION, Cloud, wait_for

pytestmark = pytest.mark.acceptance

_SERVER = """
import sys, pathlib, threading
from sandbox.server.server import Sandbox
sandbox = Sandbox(pathlib.Path(sys.argv[1]), region=sys.argv[2]).start()
print(sandbox.url, sandbox.secret, flush=True)
threading.Event().wait()
"""


def _programs(folder: Path) -> list[str]:
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if f"{folder}/images/" in line]


def test_a_killed_server_leaves_no_job_and_no_endpoint_behind(tmp_path: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(tmp_path), REGION],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "KIBAN_CACHE": str(tmp_path)},
    )
    assert server.stdout is not None
    try:
        url, secret = server.stdout.readline().split()
        clients.set_secret(url, secret)
        cloud = Cloud(url, tmp_path)
        cloud.built()
        artifact = cloud.ended(cloud.train())["ModelArtifacts"]["S3ModelArtifacts"]
        name = "endpoint-of-the-killed"
        cloud.client("sagemaker").create_endpoint(
            EndpointName=name, EndpointConfigName=cloud.configuration(artifact)
        )
        assert cloud.settled(name)["EndpointStatus"] == "InService"
        cloud.train(rounds="1000", sleep="0.1", stubborn="yes")
        wait_for(
            lambda: {line.split("/")[-1] for line in _programs(tmp_path)} >= {"train", "serve"}
        )
    finally:
        server.kill()
        server.wait()
        server.stdout.close()

    wait_for(lambda: not _programs(tmp_path))
