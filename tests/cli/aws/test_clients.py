"""How long a client waits, how often it tries again, and whether a sandbox answers."""

import os
import socket

import pytest

from cli.aws.connection import Connection, without_aws_variables
from cli.terminal.errors import Failure


def test_a_sandbox_is_asked_once_and_has_two_minutes() -> None:
    config = Connection("us-east-1", "http://127.0.0.1:5").client("sts").meta.config

    assert config.connect_timeout == 5
    assert config.read_timeout == 120
    assert config.retries["total_max_attempts"] == 1
    assert config.proxies == {}


def test_aws_is_asked_again_as_its_standard_mode_does(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_MAX_ATTEMPTS", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    # Neither botocore's default nor the user's choice of long ago decides it.
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)

    client = Connection("eu-west-1").client("sts")

    assert client.meta.config.retries["mode"] == "standard"
    assert client.meta.region_name == "eu-west-1"


def test_whether_a_sandbox_answers_is_told_by_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        there = Connection("us-east-1", f"http://127.0.0.1:{listener.getsockname()[1]}")

        assert there.is_reachable()
        there.require_reachable()
    assert not there.is_reachable()
    with pytest.raises(Failure, match="start it again"):
        there.require_reachable()


def test_aws_is_taken_to_be_there_and_so_is_a_port_that_is_only_slow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []

    def slow(address: object, timeout: float) -> None:
        waited.append(timeout)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", slow)

    assert Connection("us-east-1").is_reachable()
    assert waited == []
    assert Connection("us-east-1", "http://127.0.0.1:5").is_reachable()
    assert waited == [30]


def test_aws_and_a_sandbox_are_told_apart() -> None:
    assert not Connection("us-east-1").is_sandbox
    assert Connection("us-east-1", "http://127.0.0.1:5").is_sandbox


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "All_Proxy", "AWS_PROFILE"])
def test_neither_proxies_nor_variables_of_aws_are_passed_on(name: str) -> None:
    assert without_aws_variables({name: "x", "PATH": "y"}) == {"PATH": "y"}


def test_a_program_in_the_sandbox_acts_for_the_account_that_asks() -> None:
    own = Connection("us-east-1", "http://127.0.0.1:4", "111122223333").child_environment()
    nobody = Connection("us-east-1", "http://127.0.0.1:4").child_environment()

    assert own["AWS_ACCESS_KEY_ID"] == "111122223333"
    assert nobody["AWS_ACCESS_KEY_ID"] == "sandbox"
