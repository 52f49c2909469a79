"""What a person is asked before removed stacks are deleted, and what is said afterwards."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from cli.environments.environment import DeployedStack
from cli.removal import prune_dialogue, removal_cost
from cli.removal.removed_stacks import RemovedStack, RemovedStacks
from cli.terminal.errors import Failure, Interrupted, WrongInput
from tests.cli.service import Service, environment


def stack(part: str, **outputs: str) -> RemovedStack:
    name = f"kiban-dev-{part}"
    deployed = DeployedStack(name, "UPDATE_COMPLETE", datetime.now(UTC), outputs, {}, False)
    return RemovedStack(deployed, part, "old")


REMOVED = RemovedStacks(
    (stack("Training-old", ModelPackageGroupName="group"), stack("Inference-old"))
)


class Dialogue:
    """A removal whose every step is noted, and a person who answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Any] = []
        self.answer, self.terminal, self.interrupted = True, True, False
        self.found = REMOVED
        for module, name, answer in (
            (prune_dialogue, "find_removed_stacks", lambda env: self.found),
            (prune_dialogue, "require_prunable", self._check),
            (prune_dialogue, "prune", self._prune),
            (removal_cost, "describe_cost", lambda env, removed: "they cost USD 3"),
            (typer, "confirm", self._confirm),
        ):
            monkeypatch.setattr(module, name, answer)
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: self.terminal))

    def env(self, *, keeps_data: bool = False) -> Any:
        config = SimpleNamespace(stage="kiban-dev", keeps_data=keeps_data)
        return environment(Service(), config=config, file="config/dev.toml")

    def _check(self, env: Any, removed: RemovedStacks, *, is_deployed: bool) -> None:
        self.asked.append(f"checked, deployed {is_deployed}")

    def _confirm(self, question: str) -> bool:
        self.asked.append("question")
        return self.answer

    def _prune(self, env: Any, removed: RemovedStacks, on_step: Any) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        on_step("a stack")
        self.asked.append("pruned")


@pytest.fixture
def dialogue(monkeypatch: pytest.MonkeyPatch) -> Dialogue:
    return Dialogue(monkeypatch)


BEFORE, AFTER = "checked, deployed False", "checked, deployed True"


@pytest.mark.parametrize(
    ("yes", "terminal", "asked"),
    [(True, False, [BEFORE]), (False, True, [BEFORE, "question"])],
)
def test_a_person_sees_what_goes_and_what_it_costs(
    dialogue: Dialogue,
    yes: bool,
    terminal: bool,
    asked: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    dialogue.terminal = terminal

    assert prune_dialogue.confirm_prune(dialogue.env(), yes=yes) is REMOVED
    assert dialogue.asked == asked
    assert capsys.readouterr().err.splitlines() == [
        "config/dev.toml no longer has: kiban-dev-Training-old, kiban-dev-Inference-old; they cost "
        "USD 3",
        "  Their models' data, versions and objects are deleted too.",
    ]


def test_data_that_is_kept_is_not_said_to_be_deleted(
    dialogue: Dialogue, capsys: pytest.CaptureFixture[str]
) -> None:
    prune_dialogue.confirm_prune(dialogue.env(keeps_data=True), yes=True)

    assert "deleted too" not in capsys.readouterr().err


def test_without_a_yes_or_a_terminal_nothing_goes(dialogue: Dialogue) -> None:
    dialogue.answer = False
    with pytest.raises(Failure, match="kiban-dev: not confirmed; nothing was changed"):
        prune_dialogue.confirm_prune(dialogue.env(), yes=False)
    dialogue.terminal = False
    with pytest.raises(WrongInput, match="no terminal to confirm on; add --yes to --prune"):
        prune_dialogue.confirm_prune(dialogue.env(), yes=False)


def test_where_nothing_is_removed_nobody_is_asked(
    dialogue: Dialogue, capsys: pytest.CaptureFixture[str]
) -> None:
    dialogue.found = RemovedStacks()

    assert prune_dialogue.confirm_prune(dialogue.env(), yes=False) == RemovedStacks()
    prune_dialogue.prune_removed(dialogue.env(), RemovedStacks())
    prune_dialogue.warn_of_removed(dialogue.env(), RemovedStacks())

    # What could not be looked for is refused before it counts as nothing.
    assert dialogue.asked == [BEFORE]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("keeps_data", "kept"), [(False, []), (True, ["group"])])
def test_a_removal_is_checked_again_and_says_what_it_kept(
    dialogue: Dialogue,
    keeps_data: bool,
    kept: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    prune_dialogue.prune_removed(dialogue.env(keeps_data=keeps_data), REMOVED)

    assert dialogue.asked == [AFTER, "pruned"]
    assert capsys.readouterr().out.splitlines() == [
        "✓ deleted 2 stacks that config/dev.toml no longer has",
        *(f"  kept  model package group {name}" for name in kept),
    ]


def test_an_interrupted_removal_says_how_to_finish(dialogue: Dialogue) -> None:
    dialogue.interrupted = True

    with pytest.raises(Interrupted, match=r"finish with: ./kiban deploy --prune"):
        prune_dialogue.prune_removed(dialogue.env(), REMOVED)


def test_a_warning_names_what_is_removed_or_why_that_is_not_known(
    dialogue: Dialogue, capsys: pytest.CaptureFixture[str]
) -> None:
    prune_dialogue.warn_of_removed(dialogue.env(), REMOVED)
    known = capsys.readouterr().err
    prune_dialogue.warn_of_removed(dialogue.env(), RemovedStacks(problem="[not] allowed"))
    unknown = capsys.readouterr().err

    assert known.splitlines()[-1] == "  delete them with: ./kiban deploy --prune"
    assert unknown == ("not looked for stacks that config/dev.toml no longer has: [not] allowed\n")
