import os
from pathlib import Path

import pytest

from cli.aws.connection import Connection, require_loopback
from cli.terminal.errors import Failure


@pytest.mark.parametrize("url", ["http://127.0.0.1:4599", "http://localhost:1", "http://[::1]:80"])
def test_a_sandbox_may_answer_on_this_machine(url: str) -> None:
    assert require_loopback(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://sagemaker.us-east-1.amazonaws.com",
        "https://127.0.0.1:4599",
        "ftp://127.0.0.1:4599",
        "http://10.0.0.1:4599",
        "http://0.0.0.0:4599",
        "http://127.0.0.1@evil.example:80",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://user:word@127.0.0.1:4599",
        "127.0.0.1:4599",
        "",
    ],
)
def test_no_sandbox_client_reaches_another_machine(url: str) -> None:
    with pytest.raises(Failure, match="not this machine"):
        Connection("us-east-1", url).client("s3")


def test_no_program_is_started_with_a_sandbox_on_another_machine() -> None:
    with pytest.raises(Failure, match="not this machine"):
        Connection("us-east-1", "http://10.0.0.1:1").child_environment()


def test_a_sandbox_client_ignores_the_profile_and_the_files_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "config"
    settings.write_text("[profile work]\nregion = eu-west-1\nendpoint_url = http://10.0.0.1\n")
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(settings))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://10.0.0.1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-user")

    monkeypatch.setenv("AWS_DEFAULTS_MODE", "mistyped")
    monkeypatch.setenv("AWS_RETRY_MODE", "mistyped")

    client = Connection("us-east-1", "http://127.0.0.1:5").client("s3")

    assert client.meta.endpoint_url == "http://127.0.0.1:5"
    assert client.meta.region_name == "us-east-1"
    assert client._request_signer._credentials.access_key == "sandbox"


def test_a_program_in_the_sandbox_gets_nothing_of_the_users_aws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-the-user")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://10.0.0.1")
    monkeypatch.setenv("HTTPS_PROXY", "http://10.0.0.1:8080")

    variables = Connection("us-east-1", "http://127.0.0.1:4").child_environment()

    aws = {key: value for key, value in variables.items() if key.startswith("AWS_")}
    assert "of-the-user" not in aws.values()
    assert {"AWS_PROFILE", "AWS_ENDPOINT_URL_STS", "HTTPS_PROXY"} & variables.keys() == set()
    assert aws["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4"
    assert aws["AWS_CONFIG_FILE"] == os.devnull


def test_a_program_on_aws_keeps_the_users_profile_and_gets_the_files_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    variables = Connection("ap-northeast-1").child_environment()

    assert variables["AWS_PROFILE"] == "work"
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "ap-northeast-1"
