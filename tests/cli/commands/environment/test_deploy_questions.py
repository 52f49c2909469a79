"""What a person is asked before a deployment, and what is said after one."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from cli.aws.connection import Connection
from cli.commands.environment import deploy as command
from cli.deployment import cdk_command, endpoint_retype
from cli.environments.environment import Environment
from cli.review import finding_lines
from cli.terminal.errors import Failure
from config.loader import load_environment

DEV = load_environment("dev")
ENV = Environment(DEV, Connection("us-east-1"))


class Person:
    """Somebody at a terminal, and what was shown to them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer, self.saw = True, list[str]()
        for module, name, answer in (
            (typer, "confirm", self._confirm),
            (cdk_command, "synthesise_environment", lambda env, folder: self._see("synthesis")),
            (finding_lines, "print_comparison", lambda found: self._see("comparison")),
            (command, "print_risks", lambda found: self._see("risks")),
        ):
            monkeypatch.setattr(module, name, answer)

    def _confirm(self, question: str) -> bool:
        self._see("question")
        return self.answer

    def _see(self, what: str) -> None:
        self.saw.append(what)

    def asked(self, plan: Any, *retypes: str) -> list[str]:
        command._ask(ENV, Path("cdk.out"), plan, retypes)  # type: ignore[arg-type]
        return self.saw


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    return Person(monkeypatch)


def plan(exit_code: int, *, needs_person: bool = False) -> Any:
    return SimpleNamespace(
        exit_code=exit_code, comparison=SimpleNamespace(needs_person=needs_person)
    )


@pytest.mark.parametrize(
    ("given", "retypes", "saw"),
    [
        (None, [], ["synthesis", "question"]),
        (plan(0), [], ["comparison", "risks"]),
        (plan(0, needs_person=True), [], ["comparison", "risks"]),
        (plan(3), [], ["risks", "question"]),
        (plan(3, needs_person=True), [], ["comparison", "risks", "question"]),
        (plan(0), ["[x] changes"], ["comparison", "risks", "question"]),
    ],
)
def test_a_person_is_asked_where_something_is_new_or_at_risk(
    person: Person, given: Any, retypes: list[str], saw: list[str]
) -> None:
    assert person.asked(given, *retypes) == saw


@pytest.mark.parametrize("given", [None, plan(3)])
def test_without_a_yes_nothing_is_changed(person: Person, given: Any) -> None:
    person.answer = False

    with pytest.raises(Failure, match="kiban-dev: not confirmed; nothing was changed"):
        person.asked(given)
    person.asked(plan(0))


def test_each_new_machine_type_is_a_line_of_the_question(
    person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    person.asked(plan(0), "[x] changes")
    known = capsys.readouterr().out
    person.asked(None)
    new = capsys.readouterr().out

    assert known == "  [x] changes\n"
    assert "kiban-dev  not deployed yet" in new
    assert "says: ./kiban review --env dev" in new


@pytest.mark.parametrize(
    ("outputs", "next_step"),
    [
        ({"EndpointName": "e"}, "Next: ./kiban predict churn rows.csv"),
        ({"Other": "o"}, "Next: ./kiban data put churn FILE.csv"),
        (None, "Next: ./kiban data put churn FILE.csv"),
    ],
)
def test_the_next_step_depends_on_whether_a_model_is_live(
    outputs: dict[str, str] | None,
    next_step: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stacks = {"kiban-dev-Storage": {"A": "b"}}
    if outputs is not None:
        stacks["kiban-dev-Inference-churn"] = outputs
    monkeypatch.setattr(command, "outputs_by_stack", lambda env: stacks)

    command._report(ENV, 5.0, as_json=False)

    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"✓ kiban-dev is deployed: {len(stacks)} stacks in 5.0 s", next_step]


@pytest.mark.parametrize(("models", "steps"), [(3, 3), (4, 3)])
def test_no_more_than_three_next_steps_are_named(
    models: int, steps: int, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {f"m{number}": DEV.models["churn"] for number in range(models)}
    many = Environment(DEV.model_copy(update={"models": names}), Connection("us-east-1"))

    command._show(many, {}, 5.0)

    assert capsys.readouterr().out.count("Next: ") == steps


@pytest.mark.parametrize(
    ("is_asked", "found", "is_written"),
    [(True, None, True), (False, None, False), (False, plan(0), True), (True, plan(0), True)],
)
def test_what_a_person_has_seen_is_deployed_without_another_synthesis(
    is_asked: bool, found: Any, is_written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    def adopt(*_: object, is_written: bool) -> bool:
        told.append(is_written)
        return is_written

    def deploy(*_: object, is_written: bool) -> None:
        told.append(is_written)

    answers = {
        "require_deployable": lambda *_: found,
        "in_deploy_role": lambda *_: ENV,
        "_ask": lambda *_: None,
        "adopt_kept_resources": adopt,
        "deploy_environment": deploy,
    }
    for name, answer in answers.items():
        monkeypatch.setattr(command, name, answer)
    monkeypatch.setattr(endpoint_retype, "find_retypes", lambda *_: [])

    command._deploy(ENV, is_asked=is_asked)

    assert told == [is_written, is_written]
