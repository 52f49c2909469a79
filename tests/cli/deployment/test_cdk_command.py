import socket
from pathlib import Path

import pytest

from cli.aws.connection import Connection
from cli.deployment import cdk_command
from cli.deployment.cdk_command import CdkProgress
from cli.environments.environment import Environment
from cli.terminal.errors import Failure
from config.loader import load_environment

DEPLOYED = """\
✨  Synthesis time: 9.78s

kiban-dev-Storage: start: Building kiban-dev-Storage Template
kiban-dev/Storage (kiban-dev-Storage): deploying... [1/2]
kiban-dev-Storage | 0/3 | 1:02:23 AM | CREATE_IN_PROGRESS | AWS::S3::Bucket | Storage/Data (Data1)
kiban-dev-Storage | 2/3 | 1:02:23 AM | CREATE_COMPLETE    | AWS::S3::Bucket | Storage/Data (Data1)

✅  kiban-dev/Storage (kiban-dev-Storage)
kiban-dev/Monitoring (kiban-dev-Monitoring): deploying... [2/2]

✅  kiban-dev/Monitoring (kiban-dev-Monitoring) (no changes)
"""
FAILED = """\
kiban-dev/Storage (kiban-dev-Storage): deploying... [1/1]
kiban-dev-Storage | 1/3 | 9:32:42 AM | CREATE_FAILED | AWS::SNS::Topic | T (T1) Creation cancelled
kiban-dev-Storage | 1/3 | 9:32:42 AM | CREATE_FAILED | AWS::S3::Bucket | Data (D1) It is taken
❌  kiban-dev-Storage failed to deploy
‣ DeploymentError: The stack named kiban-dev-Storage failed to deploy: ROLLBACK_COMPLETE
"""


def progress_of(text: str) -> CdkProgress:
    progress = CdkProgress()
    for line in text.splitlines():
        progress.read_line(line)
    return progress


def dev() -> Environment:
    return Environment(load_environment("dev"), Connection("us-east-1"))


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:1"])
def test_each_environment_is_synthesised_to_a_folder_of_its_own(url: str | None) -> None:
    def folder(name: str) -> Path:
        connection = Connection("us-east-1", url, secret="s" if url else "")
        return cdk_command.assembly_folder(Environment(load_environment(name), connection))

    # What the CDK locks, git ignores and `make clean` removes, by this beginning.
    assert [folder(name).name for name in ("dev", "prod")] == ["cdk.out-dev", "cdk.out-prod"]
    assert folder("dev").parent == folder("prod").parent


def test_progress_tells_what_became_of_each_stack() -> None:
    stacks = progress_of(DEPLOYED).stacks

    assert {name: stack.state for name, stack in stacks.items()} == {
        "kiban-dev-Storage": "deployed",
        "kiban-dev-Monitoring": "no changes",
    }
    assert (stacks["kiban-dev-Storage"].done, stacks["kiban-dev-Storage"].total) == (2, 3)


def test_a_destroyed_stack_is_called_removed() -> None:
    stacks = progress_of("✅  kiban-dev/Storage (kiban-dev-Storage): destroyed").stacks

    assert stacks["kiban-dev-Storage"].state == "removed"


def test_progress_without_trouble_names_none() -> None:
    assert progress_of(DEPLOYED).failures == []


def test_the_resource_that_failed_is_named_and_not_those_it_took_along() -> None:
    assert progress_of(FAILED).failures == ["Data: It is taken"]


def test_a_command_that_fails_says_why_in_one_line_and_keeps_the_rest(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "cdk.log"
    script = f"cat <<'END'\n{FAILED}END\nexit 1"

    with pytest.raises(Failure, match="Data: It is taken") as message:
        cdk_command.run_cdk(dev(), ["sh", "-c", script], log, lambda _: None)

    assert "\n" not in str(message.value)
    assert "ROLLBACK_COMPLETE" in log.read_text()


def test_a_command_that_fails_in_silence_is_a_failure_too(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="ended with exit code 3 and wrote no reason"):
        cdk_command.run_cdk(dev(), ["sh", "-c", "exit 3"], tmp_path / "log", lambda _: None)


def test_a_second_deployment_at_once_learns_of_the_first(tmp_path: Path) -> None:
    words = [
        "sh",
        "-c",
        "echo 'Another CLI (PID=7) is currently synthing to cdk.out.'; exit 1",
    ]

    with pytest.raises(Failure, match=r"CDK: Another CLI \(PID=7\) is currently synthing"):
        cdk_command.run_cdk(dev(), words, tmp_path / "log", lambda _: None)


def test_a_command_ends_soon_after_its_sandbox_is_gone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        url = f"http://127.0.0.1:{once.getsockname()[1]}"
    gone = Environment(load_environment("dev"), Connection("us-east-1", url))
    # Without the watch this would hang for as long as the test run may take.
    forever = ["sh", "-c", "while true; do sleep 0.1; done"]

    with pytest.raises(Failure, match=f"nothing answers at {url}"):
        cdk_command.run_cdk(gone, forever, tmp_path / "log", lambda _: None)


def test_a_deployment_names_the_stage_and_never_a_parameter() -> None:
    words = cdk_command.deploy_command(dev(), Path("cdk.out"), is_written=False)

    assert "kiban-dev/*" in words
    assert "env=dev" in words
    assert not {"--parameters", "--no-previous-parameters"} & set(words)
