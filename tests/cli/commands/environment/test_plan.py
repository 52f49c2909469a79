"""How `kiban plan` synthesises, asks and ends."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from cli.commands.environment import plan as command
from cli.deployment import cdk_command

ENV = SimpleNamespace(config=SimpleNamespace(stage="kiban-dev"))


class Plan:
    """The parts of a plan, each of which notes that it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Any] = []
        self.code = 0
        monkeypatch.setattr(command, "open_environment", lambda name, sandbox: ENV)
        monkeypatch.setattr(command, "require_account", lambda env: None)
        monkeypatch.setattr(cdk_command, "synth_command", lambda env, folder: [str(folder)])
        monkeypatch.setattr(cdk_command, "log_file", lambda env: Path("log"))
        monkeypatch.setattr(
            cdk_command, "run_cdk", lambda env, words, log, show: self.asked.append(words[0])
        )
        monkeypatch.setattr(command, "make_plan", self._make)
        monkeypatch.setattr(command, "plan_document", lambda found: "document")
        monkeypatch.setattr(command, "print_plan", lambda found: print("table"))

    def _make(self, env: Any, folder: Path, *, asks_change_sets: bool) -> Any:
        self.asked.append((str(folder), asks_change_sets))
        return SimpleNamespace(exit_code=self.code)

    def ends(self, **given: Any) -> int:
        try:
            command.plan(**given)
        except typer.Exit as end:
            return end.exit_code
        return 0


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    return Plan(monkeypatch)


@pytest.mark.parametrize("code", [0, 3, 4])
@pytest.mark.parametrize(("as_json", "printed"), [(False, "table\n"), (True, '"document"\n')])
def test_a_plan_ends_as_its_worst_verdict_does(
    plan: Plan, code: int, as_json: bool, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plan.code = code

    assert plan.ends(assembly=Path("cdk.out"), as_json=as_json) == code
    assert capsys.readouterr().out == printed


def test_a_given_assembly_is_read_and_none_is_synthesised(plan: Plan) -> None:
    plan.ends(assembly=Path("given"))
    plan.ends(assembly=Path("given"), no_change_sets=True)

    assert plan.asked == [("given", True), ("given", False)]


def test_without_an_assembly_one_is_synthesised_and_goes_away(plan: Plan) -> None:
    plan.ends()

    (synthesised, (read, _)) = plan.asked
    assert synthesised == read
    assert not Path(read).parent.exists()
