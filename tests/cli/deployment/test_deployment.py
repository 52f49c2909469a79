"""How the progress of a deployment looks, and what an interruption says."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from cli.aws.connection import Connection
from cli.deployment import cdk_command, deployment
from cli.deployment.cdk_command import CdkProgress, StackProgress
from cli.deployment.deployment import ProgressTable
from cli.environments.environment import Environment
from cli.terminal.errors import Interrupted
from config.loader import load_environment

ENV: Any = SimpleNamespace(
    config=SimpleNamespace(stage="kiban-dev"), command=lambda words: f"./kiban {words}"
)


def progress(*stacks: StackProgress, synthesised: bool = True) -> CdkProgress:
    return CdkProgress({one.name: one for one in stacks}, synthesised=synthesised)


def shown(found: CdkProgress) -> list[str]:
    """The lines of the table, and how long it has been going on as `T`."""
    table = ProgressTable("Deploying [x]")
    table.update(found)
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(table)
    text = console.export_text().replace("0.0 s", "T")
    return [line.rstrip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("synthesised", "what"), [(False, "synthesising"), (True, "waiting for CloudFormation")]
)
def test_before_the_first_stack_it_says_what_is_waited_for(synthesised: bool, what: str) -> None:
    assert shown(progress(synthesised=synthesised)) == ["Deploying [x]  T", f"  {what}"]


def test_each_stack_is_a_row_with_what_is_known_of_it() -> None:
    found = progress(
        StackProgress("kiban-a", "deployed"),
        StackProgress("kiban-b", "no changes", 3, 3, "/Data"),
        StackProgress("kiban-c", "removed"),
        StackProgress("kiban-d"),
        StackProgress("kiban-e", "working", 3, 10, "/Data[0]"),
        StackProgress("kiban-f", "rolling back", 3, 0, "/Data"),
    )

    title, *rows = shown(found)
    assert title == "Deploying [x]  T"
    assert [row.split() for row in rows] == [
        ["✓", "kiban-a", "deployed"],
        ["✓", "kiban-b", "no", "changes"],
        ["✓", "kiban-c", "removed"],
        ["kiban-d"],
        ["·", "kiban-e", "3/10", "working", "/Data[0]"],
        ["·", "kiban-f", "rolling", "back", "/Data"],
    ]
    assert {row.index("kiban") for row in rows} == {6}


def test_a_pipe_gets_each_stack_once_when_it_is_finished(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table, stacks = ProgressTable("x"), [StackProgress("a", "working"), StackProgress("b")]
    for finished in ([], [0], [0], [0, 1]):
        for number in finished:
            stacks[number].is_finished, stacks[number].state = True, "deployed"
        table.print_finished(progress(*stacks))

    assert capsys.readouterr().err.splitlines() == ["a: deployed", "b: deployed"]


@pytest.mark.parametrize(("is_terminal", "shows"), [(False, "print_finished"), (True, "update")])
def test_a_terminal_gets_a_table_and_a_pipe_gets_lines(
    is_terminal: bool, shows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = Console(file=io.StringIO(), force_terminal=is_terminal)
    monkeypatch.setattr(deployment, "err", console)
    given: list[Any] = []
    monkeypatch.setattr(cdk_command, "run_cdk", lambda *words: given.append(words))

    deployment.run_with_progress(ENV, ["cdk"], Path("log"), "x")

    ((env, command, log, show),) = given
    assert (env, command, log, show.__name__) == (ENV, ["cdk"], Path("log"), shows)


def test_an_interrupted_deployment_says_that_cloudformation_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cdk_command, "run_cdk", interrupted)

    with pytest.raises(Interrupted, match=r"kiban-dev: interrupted; .* see: ./kiban status"):
        deployment.run_with_progress(ENV, ["cdk"], Path("log"), "x")


@pytest.mark.parametrize(
    ("url", "account", "made"),
    [
        ("http://127.0.0.1:4", "111122223333", True),
        ("http://127.0.0.1:4", None, False),
        (None, "111122223333", False),
        (None, None, False),
    ],
)
def test_only_an_account_of_a_sandbox_is_bootstrapped_on_the_way(
    url: str | None, account: str | None, made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("sandbox.cdk.bootstrap.ensure", lambda **given: asked.append(given))
    env: Any = SimpleNamespace(connection=Connection("us-east-1", url, account))

    deployment._bootstrap(env)

    assert asked == ([{"url": url, "region": "us-east-1", "account": account}] if made else [])


def test_a_deployment_writes_its_assembly_unless_it_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    env = Environment(load_environment("dev"), Connection("us-east-1"))
    given: list[list[str]] = []
    monkeypatch.setattr(
        deployment, "unprotect_failed_creations", lambda env, say: say("kiban-dev-Storage")
    )
    monkeypatch.setattr(cdk_command, "run_cdk", lambda env, words, *rest: given.append(words))

    deployment.deploy_environment(env, Path("cdk.out"))
    deployment.deploy_environment(env, Path("cdk.out"), is_written=True)

    assert ["--app" in words for words in given] == [False, True]
    assert capsys.readouterr().err.startswith("kiban-dev-Storage: its first creation failed; ")
