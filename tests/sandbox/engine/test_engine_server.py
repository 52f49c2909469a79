from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from sandbox import gaps
from sandbox.__main__ import main
from sandbox.cdk import bootstrap
from sandbox.operations import checked
from sandbox.server import service
from sandbox.server.server import Sandbox
from sandbox.state import clients
from tests.sandbox.engine.artifacts import tar_of_model
from tests.sandbox.engine.stacks import Stacks, parameter, template
from tests.sandbox.roles import make_job_role
from tests.sandbox.runtime.cloud import Cloud

pytestmark = pytest.mark.slow_first

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 120.0


class Served:
    """`python -m sandbox serve` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "sandbox", "serve", "--folder", str(folder)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def ready(self) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE_SECONDS
        while (state := service.read_state(self.folder)) is None:
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < until
            time.sleep(0.05)
        return dict(state)

    def ended(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Served]]:
    """Starts a sandbox in a process of its own, with a folder of that name."""
    monkeypatch.setenv("KIBAN_CACHE", str(tmp_path / "cache"))
    served: list[Served] = []

    def start(name: str) -> Served:
        served.append(Served(tmp_path / name))
        return served[-1]

    yield start
    for each in served:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


@pytest.mark.acceptance
def test_two_sandboxes_run_side_by_side_and_end_cleanly(
    serve: Callable[[str], Served],
) -> None:
    two = [serve("one"), serve("two")]
    states = [each.ready() for each in two]
    assert {state["pid"] for state in states} == {each.process.pid for each in two}
    assert len({state["port"] for state in states}) == 2
    assert all(state["account"] == clients.ACCOUNT for state in states)

    for state in states:
        clients.set_secret(state["url"], state["secret"])
    sqs = [clients.client("sqs", url=state["url"], region=state["region"]) for state in states]
    sqs[0].create_queue(QueueName="only-here")
    assert "QueueUrls" in sqs[0].list_queues()
    assert "QueueUrls" not in sqs[1].list_queues()

    assert service.serve(Sandbox(two[0].folder)) == 1  # one per folder
    assert [each.ended(signal.SIGTERM) for each in two] == [0, 0]
    assert [service.read_state(each.folder) for each in two] == [None, None]


@pytest.mark.acceptance
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_server_that_ends_leaves_no_child(
    serve: Callable[[str], Served], number: signal.Signals
) -> None:
    served = serve("one")
    state = served.ready()
    clients.set_secret(state["url"], state["secret"])
    cloud = Cloud(state["url"], served.folder)
    make_job_role(cloud.client("iam"))
    cloud.built()
    artifact = tar_of_model(cloud, "model", mean=1)
    cloud.client("sagemaker").create_endpoint(
        EndpointName="live", EndpointConfigName=cloud.configuration(artifact)
    )
    assert cloud.settled("live")["EndpointStatus"] == "InService"
    child = cloud.invoke("live")["pid"]
    assert _lives(child)

    served.ended(number)

    until = time.monotonic() + PATIENCE_SECONDS
    while _lives(child):
        assert time.monotonic() < until
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_state_of_a_process_that_was_killed_does_not_count(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    state = json.dumps({"pid": child.pid})
    (tmp_path / service.STATE_FILE).write_text(state)

    assert service.running_pid(tmp_path) is None
    (tmp_path / service.STATE_FILE).write_text(json.dumps({"pid": os.getpid()}))
    assert service.running_pid(tmp_path) == os.getpid()


@pytest.mark.acceptance
def test_port_that_is_taken_is_one_line_and_exit_code_one(tmp_path: Path, running: Sandbox) -> None:
    command = [sys.executable, "-m", "sandbox", "serve", "--folder", str(tmp_path)]
    taken = subprocess.run(
        [*command, "--port", str(running.port)], cwd=ROOT, capture_output=True, text=True
    )

    assert taken.returncode == 1
    assert taken.stdout == ""
    assert re.fullmatch(rf"sandbox: port {running.port}: .*--port\n", taken.stderr)


def test_reset_forgets_everything_but_the_bootstrap(stacks: Stacks) -> None:
    stacks.create("app", template({"Only": parameter("x")}))
    stacks.aws("s3").create_bucket(Bucket="mine")
    stacks.aws("sns").create_topic(Name="mine")

    stacks.sandbox.reset()

    assert stacks.names() == set()
    assert stacks.ssm("/name") is None
    assert stacks.aws("sns").list_topics()["Topics"] == []
    buckets = [bucket["Name"] for bucket in stacks.aws("s3").list_buckets()["Buckets"]]
    assert buckets == [bootstrap.bucket_name(clients.ACCOUNT, "us-east-1")]


def test_a_cleared_sandbox_has_no_bootstrap_either(stacks: Stacks) -> None:
    stacks.sandbox.reset()

    stacks.sandbox.clear()

    assert stacks.aws("cloudformation").describe_stacks()["Stacks"] == []
    assert stacks.ssm(bootstrap.VERSION_PARAMETER) is None
    assert stacks.aws("s3").list_buckets()["Buckets"] == []


def test_sandbox_comes_bootstrapped(stacks: Stacks) -> None:
    stacks.sandbox.reset()

    assert stacks.ssm(bootstrap.VERSION_PARAMETER) == bootstrap.VERSION
    assert stacks.status(bootstrap.STACK_NAME) == "CREATE_COMPLETE"
    roles = {role["RoleName"] for role in stacks.aws("iam").list_roles()["Roles"]}
    assert f"cdk-hnb659fds-deploy-role-{clients.ACCOUNT}-us-east-1" in roles


def test_second_sandbox_in_one_process_is_refused(running: Sandbox) -> None:
    with pytest.raises(RuntimeError, match="one runs in this process already"):
        Sandbox().start()
    assert running.client("sts").get_caller_identity()["Account"] == clients.ACCOUNT


def test_sandbox_that_is_not_started_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="it is not started"):
        _ = Sandbox().url


def test_client_never_leaves_the_machine() -> None:
    with pytest.raises(ValueError, match=r"use http://127\.0\.0\.1"):
        clients.client("s3", url="https://s3.example.com", region="us-east-1")


def test_server_listens_on_loopback_only(running: Sandbox) -> None:
    assert running.url == f"http://127.0.0.1:{running.port}"


def test_cloudtrail_has_nothing_to_tell_the_command_line(running: Sandbox) -> None:
    assert running.client("cloudtrail").lookup_events()["Events"] == []


def test_request_that_breaks_moto_is_an_error_that_nobody_retries(running: Sandbox) -> None:
    client = running.client("sqs")
    headers = {
        "X-Amz-Target": "AmazonSQS.NoSuchAction",
        "Content-Type": "application/x-amz-json-1.0",
    }
    asked = AWSRequest("POST", f"{running.url}/", headers, b"{}")
    SigV4Auth(client._get_credentials(), "sqs", "us-east-1").add_auth(asked)
    request = urllib.request.Request(
        f"{running.url}/", asked.data, dict(asked.headers), method="POST"
    )

    with pytest.raises(urllib.error.HTTPError) as answer, urllib.request.urlopen(request):
        pass
    with answer.value:
        assert answer.value.code in (400, 501)


def test_every_operation_that_answers_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations"]) == 0

    words = set(capsys.readouterr().out.split())
    assert words == {"done", "kept", *checked.names()}.union(*checked.names().values())


def test_every_gap_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gaps"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(gaps.GAPS) == len({gap.name for gap in gaps.GAPS})
    assert all("; here: " in line for line in lines)
