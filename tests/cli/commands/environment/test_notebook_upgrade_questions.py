"""Who is asked before a notebook is upgraded, what is done then, and how it ends."""

from types import SimpleNamespace
from typing import Any

import pytest
import typer

from cli.commands.environment import notebook_upgrade as command
from cli.deployment.notebook_platform import Notebook
from cli.terminal.errors import Failure, Interrupted, WrongInput
from tests.cli.service import Service, environment

OLD, NEW = "notebook-al2023-v1", "notebook-al2023-v2"


class Upgrade:
    """A notebook in some state, and what the command does with it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[Any] = []
        self.asked: list[str] = []
        self.is_confirmed, self.is_interrupted = True, False
        self.found = Notebook("n", "InService", OLD, "")
        env = environment(Service(), config=SimpleNamespace(stage="kiban-dev"))
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
        monkeypatch.setattr(typer, "confirm", self._confirm)
        monkeypatch.setattr(command, "open_environment", lambda name, sandbox: env)
        monkeypatch.setattr(command, "read_notebook", lambda env: self.found)
        monkeypatch.setattr(command, "upgrade_platform", self._upgrade)

    def _confirm(self, text: str) -> bool:
        self.asked.append(text)
        return self.is_confirmed

    def _upgrade(self, env: Any, to: str, *, starts: bool, on_step: Any) -> Notebook:
        if self.is_interrupted:
            raise KeyboardInterrupt
        self.done.append((to, starts))
        return Notebook("n", "InService" if starts else "Stopped", to, "")

    def run(self, status: str, platform: str = OLD, **options: Any) -> list[Any]:
        """What is done to a notebook that is found like this."""
        self.found = Notebook("n", status, platform, "")
        self.done, self.asked = [], []
        command.notebook_upgrade(NEW, **options)
        return self.done


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Upgrade:
    return Upgrade(monkeypatch)


def test_a_person_is_asked_before_a_notebook_that_runs_is_stopped(upgrade: Upgrade) -> None:
    assert upgrade.run("InService") == [(NEW, True)]
    assert upgrade.asked == ["Stop it now?"]
    assert upgrade.run("InService", yes=True) == [(NEW, True)]
    assert upgrade.asked == []
    upgrade.is_confirmed = False
    with pytest.raises(Failure, match="kiban-dev: not confirmed; nothing was changed"):
        upgrade.run("InService")
    assert upgrade.done == []


def test_a_stopped_notebook_is_upgraded_unasked_and_started_where_that_is_wanted(
    upgrade: Upgrade,
) -> None:
    assert upgrade.run("Stopped") == [(NEW, False)]
    assert upgrade.run("Stopped", start=True) == [(NEW, True)]
    assert upgrade.run("Stopped", platform=NEW, start=True) == [(NEW, True)]
    assert upgrade.asked == []


@pytest.mark.parametrize(("status", "start"), [("Stopped", False), ("InService", True)])
def test_a_notebook_that_has_the_platform_is_left_alone(
    upgrade: Upgrade, status: str, start: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert upgrade.run(status, platform=NEW, start=start) == []
    assert f"n has {NEW} already; it is {status}." in capsys.readouterr().out


def test_without_a_terminal_a_running_notebook_is_not_stopped(
    upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))

    with pytest.raises(WrongInput, match="n: no terminal to confirm on; add --yes to stop it"):
        upgrade.run("InService")
    assert upgrade.asked == []


def test_a_platform_that_sagemaker_does_not_start_is_refused(upgrade: Upgrade) -> None:
    with pytest.raises(WrongInput, match=f"choose one of {OLD}, {NEW}"):
        command.notebook_upgrade("notebook-al2-v3", yes=True)


@pytest.mark.parametrize(
    ("status", "start", "again"),
    [
        ("InService", False, f"notebook upgrade --to {NEW} --start"),
        ("Stopped", True, f"notebook upgrade --to {NEW} --start"),
        ("Stopped", False, f"notebook upgrade --to {NEW}"),
    ],
)
def test_an_interruption_says_how_to_go_on(
    upgrade: Upgrade, status: str, start: bool, again: str
) -> None:
    upgrade.is_interrupted = True

    with pytest.raises(Interrupted) as found:
        upgrade.run(status, yes=True, start=start)
    assert str(found.value) == f"n: interrupted; go on with: ./kiban {again}"
