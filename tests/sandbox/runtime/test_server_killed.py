from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.state import clients
from tests.sandbox.runtime import tuned
from tests.sandbox.runtime.cloud import REGION, Cloud, wait_for

pytestmark = pytest.mark.acceptance

_SERVER = """
import sys, pathlib, threading
from sandbox.server.server import Sandbox
sandbox = Sandbox(pathlib.Path(sys.argv[1]), region=sys.argv[2]).start()
print(sandbox.url, sandbox.secret, flush=True)
sys.stdin.readline()
sandbox.stop()
print("stopped", flush=True)
threading.Event().wait()
"""


def _programs(folder: Path) -> list[str]:
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if f"{folder}/images/" in line]


def _trainings(folder: Path) -> int:
    """Return how many programs train; the guard of each is no second one."""
    lines = [line for line in _programs(folder) if "guard.py" not in line]
    return sum(line.split("/")[-1] == "train" for line in lines)


def _tune(cloud: Cloud) -> None:
    """Start a tuning job whose two training jobs go on for long, with two more to come."""
    slow = {"rounds": "1000", "sleep": "0.1", "stubborn": "yes"}
    request = tuned.request(cloud, "1", "2", "3", "4", **slow)
    definition = request["TrainingJobDefinition"]
    definition["AlgorithmSpecification"]["TrainingImage"] = cloud.image
    request["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxParallelTrainingJobs"] = 2
    cloud.client("sagemaker").create_hyper_parameter_tuning_job(**request)


@contextmanager
def _server(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Cloud]]:
    """A server with a process of its own, and what talks to it."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(folder), REGION],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "KIBAN_CACHE": str(folder)},
    )
    assert server.stdin is not None
    assert server.stdout is not None
    with server.stdin, server.stdout:
        try:
            url, secret = server.stdout.readline().split()
            clients.set_secret(url, secret)
            cloud = Cloud(url, folder)
            cloud.built()
            yield server, cloud
        finally:
            server.kill()
            server.wait()


def test_a_killed_server_leaves_no_job_and_no_endpoint_behind(tmp_path: Path) -> None:
    with _server(tmp_path) as (_, cloud):
        artifact = cloud.ended(cloud.train())["ModelArtifacts"]["S3ModelArtifacts"]
        name = "endpoint-of-the-killed"
        cloud.client("sagemaker").create_endpoint(
            EndpointName=name, EndpointConfigName=cloud.configuration(artifact)
        )
        assert cloud.settled(name)["EndpointStatus"] == "InService"
        cloud.train(rounds="1000", sleep="0.1", stubborn="yes")
        _tune(cloud)
        wait_for(lambda: _trainings(tmp_path) == 3, 30)
        assert any(line.split("/")[-1] == "serve" for line in _programs(tmp_path))

    wait_for(lambda: not _programs(tmp_path))


def test_a_stopped_server_starts_no_more_training_jobs_of_a_tuning_job(tmp_path: Path) -> None:
    with _server(tmp_path) as (server, cloud):
        _tune(cloud)
        wait_for(lambda: _trainings(tmp_path) == 2, 30)
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write("stop\n")
        server.stdin.flush()
        assert server.stdout.readline() == "stopped\n"

        for _ in range(5):  # the server lives on, and nothing comes back
            assert not _programs(tmp_path)
            time.sleep(0.2)
