"""What a person types before an environment is destroyed, and what is tried twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from cli.commands.environment import destroy as command
from cli.deployment import cdk_command, data_removal, deployment
from cli.environments.environment import DeployedStack
from cli.terminal.errors import Failure, Interrupted, WrongInput
from tests.cli.service import Service, environment


def stack(status: str = "UPDATE_COMPLETE", **outputs: str) -> DeployedStack:
    return DeployedStack("kiban-dev-Storage", status, datetime.now(UTC), outputs, {}, False)


def env(*, keeps_data: bool = False, **more: Any) -> Any:
    config = SimpleNamespace(stage="kiban-dev", keeps_data=keeps_data)
    connection = SimpleNamespace(url=None, region="us-east-1")
    return environment(Service(), config=config, connection=connection, **more)


@pytest.mark.parametrize(
    ("typed", "goes_on"), [("kiban-dev", True), (" kiban-dev ", True), ("yes", False), ("", False)]
)
def test_its_name_has_to_be_typed(
    typed: str, goes_on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []

    def prompt(text: str, **given: Any) -> str:
        shown.append(given)
        return typed

    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(typer, "prompt", prompt)
    if goes_on:
        command._confirm(env(), [stack()], [])
    else:
        with pytest.raises(Failure, match="kiban-dev: not confirmed; nothing was changed"):
            command._confirm(env(), [stack()], [])
    # Enter alone is no consent, and nobody is shown a default.
    assert shown == [{"default": "", "show_default": False}]


def test_without_a_terminal_nobody_confirms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))

    with pytest.raises(WrongInput, match="no terminal to confirm on; add --yes to destroy it"):
        command._confirm(env(), [stack()], [])


@pytest.mark.parametrize(
    ("retained", "there", "absent"),
    [
        (["bucket data"], ["These stay:", "bucket data"], "are deleted too"),
        ([], ["All data, model versions and images of it are deleted too."], "These stay"),
    ],
)
def test_a_person_sees_what_stays_or_that_nothing_does(
    retained: list[str],
    there: list[str],
    absent: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(typer, "prompt", lambda text, **given: "kiban-dev")

    command._confirm(env(), [stack()], retained)

    printed = capsys.readouterr().out
    assert all(text in printed for text in ["kiban-dev-Storage", *there])
    assert absent not in printed


def test_what_was_kept_is_named_as_the_file_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    names = {"KeyArn": "k", "DataBucketName": "d", "ArtifactsBucketName": "a", "Other": "o"}

    command._say_how_it_returns(env(), [stack(**names), stack(RepositoryName="r")])

    assert capsys.readouterr().out.splitlines()[1:] == [
        "  [existing]",
        '  key_arn = "k"',
        '  data_bucket = "d"',
        '  artifacts_bucket = "a"',
        '  repository = "r"',
    ]


class Removal:
    """A removal that fails as often as it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.failures, self.storage = 0, stack("DELETE_FAILED")
        monkeypatch.setattr(command, "all_stacks", lambda config: ["Storage", "Training-churn"])
        for name in ("remove_contents", "remove_objects"):
            monkeypatch.setattr(data_removal, name, self._note(name))
        monkeypatch.setattr(
            cdk_command,
            "destroy_command",
            lambda env, folder, parts, is_written=False: [*parts, f"written {is_written}"],
        )
        monkeypatch.setattr(cdk_command, "log_file", lambda env: Path("log"))
        monkeypatch.setattr(deployment, "run_with_progress", self._run)

    def _note(self, name: str) -> Callable[..., None]:
        return lambda *given: self.asked.append(name)

    def _run(self, env: Any, words: list[str], *rest: Any) -> None:
        self.asked.append(" ".join(words))
        if words[0] == "Storage" and self.failures and "written True" in words:
            self.failures -= 1
            raise Failure("not empty")

    def run(self, storage: DeployedStack | None, *, keeps_data: bool = False) -> list[str]:
        given = env(keeps_data=keeps_data, stack=lambda part: storage)
        command.destroy_stacks(given, Path("cdk.out"))
        return self.asked


@pytest.fixture
def removal(monkeypatch: pytest.MonkeyPatch) -> Removal:
    return Removal(monkeypatch)


OTHERS = ["remove_contents", "Training-churn written False"]
STORAGE = ["remove_objects", "Storage written True"]


def test_storage_goes_last_and_empty(removal: Removal) -> None:
    assert removal.run(None) == [*OTHERS, *STORAGE]


def test_what_late_logs_filled_is_emptied_once_more(removal: Removal) -> None:
    removal.failures = 1

    assert removal.run(stack("DELETE_FAILED")) == [*OTHERS, *STORAGE, *STORAGE]


@pytest.mark.parametrize(
    ("failures", "storage", "tries"),
    [(2, stack("DELETE_FAILED"), 2), (1, stack("UPDATE_COMPLETE"), 1), (1, None, 1)],
)
def test_what_fails_for_another_reason_or_again_is_an_error(
    removal: Removal, failures: int, storage: DeployedStack | None, tries: int
) -> None:
    removal.failures = failures

    with pytest.raises(Failure, match="not empty"):
        removal.run(storage)
    assert removal.asked == [*OTHERS, *STORAGE * tries]


def test_data_that_is_kept_is_not_emptied(removal: Removal) -> None:
    assert removal.run(None, keeps_data=True) == ["Storage Training-churn written False"]


def test_an_interrupted_emptying_says_how_to_finish() -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=r"part of its data is gone.*with: ./kiban destroy"):
        command._remove(env(), interrupted)
