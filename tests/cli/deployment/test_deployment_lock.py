"""One command at a time changes an environment, and the next one hears which."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.aws.connection import Connection
from cli.commands.environment import deploy, destroy
from cli.deployment import cdk_command, deployment_lock
from cli.environments.environment import Environment
from cli.terminal.errors import Failure
from config.loader import load_environment
from tests.cli.terminal import PROJECT

AWS = Connection("us-east-1")
# Holds the lock of the file it is given, as a deployment does, until it is killed.
HOLDER = """
import fcntl, sys, time
lock = open(sys.argv[1], "a+")
fcntl.flock(lock, fcntl.LOCK_EX)
lock.write('{"pid": 7, "since": "then", "command": "./kiban deploy"}')
lock.flush()
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the assemblies lie; a sandbox has a folder in it."""
    monkeypatch.setattr(cdk_command, "PROJECT", tmp_path)
    monkeypatch.setenv("KIBAN_SANDBOX", str(tmp_path / "sandbox"))
    return tmp_path


def environment(name: str = "dev", connection: Connection = AWS) -> Environment:
    return Environment(load_environment(name), connection)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another process holds the lock; after the block it was killed."""
    words = [sys.executable, "-S", "-c", HOLDER, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None and holder.stdout.readline() == "held\n"
            yield
        finally:
            holder.kill()


def test_the_second_command_hears_who_changes_the_environment_since_when(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["kiban", "deploy", "--env", "dev"])
    env = environment()

    with (
        deployment_lock.deployment_lock(env),
        pytest.raises(Failure) as refused,
        deployment_lock.deployment_lock(env),
    ):
        raise AssertionError("both have it")

    line = str(refused.value)
    command = r"\(\./kiban deploy --env dev, since 20\d\d-"
    assert re.match(rf"kiban-dev: process {os.getpid()} {command}", line)
    assert line.endswith("nothing was touched, wait until that has ended and try again")


def test_two_environments_and_two_places_are_changed_at_once() -> None:
    sandbox = Connection("us-east-1", "http://127.0.0.1:4599", "111122223333")

    with (
        deployment_lock.deployment_lock(environment("dev")),
        deployment_lock.deployment_lock(environment("staging")),
        deployment_lock.deployment_lock(environment("dev", sandbox)),
    ):
        pass


def test_a_lock_goes_with_a_process_that_is_killed(place: Path) -> None:
    env = environment()

    with (
        held(deployment_lock.lock_file(env)),
        pytest.raises(Failure, match=r"process 7 \(./kiban deploy, since then\) is changing it"),
        deployment_lock.deployment_lock(env),
    ):
        pass
    left = deployment_lock.lock_file(env).read_text()
    with deployment_lock.deployment_lock(env):
        pass

    assert '"pid": 7' in left
    assert deployment_lock.lock_file(env).read_text() == ""


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_a_holder_that_has_not_said_who_it_is_is_another_command(text: str) -> None:
    env = environment()

    with deployment_lock.deployment_lock(env):
        deployment_lock.lock_file(env).write_text(text)
        with (
            pytest.raises(Failure, match="kiban-dev: another command is changing it"),
            deployment_lock.deployment_lock(env),
        ):
            pass


def never(*given: Any, **named: Any) -> Any:
    raise AssertionError("this was done beside the other command")


@pytest.mark.parametrize("command", [deploy, destroy])
def test_nothing_is_touched_while_another_command_changes_the_environment(
    command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = environment()
    answers: dict[str, Any] = {
        "open_environment": lambda name, sandbox: env,
        "require_account": lambda env: None,
        "require_not_elsewhere": lambda env: None,
        "require_deletable": lambda *given: None,
        "find_obstacles": lambda *given: [],
        "_deploy": never,
        "confirm_prune": never,
        "destroy_stacks": never,
    }
    for name, answer in answers.items():
        monkeypatch.setattr(command, name, answer, raising=False)
    stack = type("Stack", (), {"outputs": {}, "name": "kiban-dev-Storage"})()
    monkeypatch.setattr(Environment, "stacks", lambda env: {"Storage": stack})

    run: Any = getattr(command, command.__name__.rpartition(".")[2])
    with (
        deployment_lock.deployment_lock(env),
        pytest.raises(Failure, match="is changing it; nothing was touched"),
    ):
        run(yes=True)


def test_the_lock_is_no_file_of_the_project_for_git() -> None:
    ignored = (PROJECT / ".gitignore").read_text().split()

    assert deployment_lock.lock_file(environment()).name == "cdk.out-dev.lock"
    assert "cdk.out*.lock" in ignored
