"""However the demonstration ends, its sandbox goes down, unless it shall stay."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.commands.sandbox import demo as command
from cli.demonstration.demo_journey import DemoStep
from cli.sandbox import sandbox_state, server_process
from cli.terminal.errors import Failure, Interrupted
from tests.cli.documents import require_documented

URL = "http://127.0.0.1:4"


class Stage:
    """A demonstration of one step, in a sandbox that notes when it is stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder = folder
        self.stopped: list[Path] = []
        self.synthesised: list[Path] = []
        self.deployed: list[Path] = []
        self.accuracy = 0.95
        self.error: BaseException | None = None
        self.other: object | None = None
        running = SimpleNamespace(url=URL, account="111122223333", secret="s")
        for module, name, answer in (
            (command, "sandbox_folder", lambda: folder),
            (command, "synthesis_in_background", self.synthesis),
            (command, "deploy_environment", self.deploy),
            (command, "outputs_by_stack", lambda env: {"a": {}, "b": {}}),
            (command, "DemoJourney", lambda env, model, wait: self),
            (sandbox_state, "find_sandbox", lambda folder: self.other),
            (server_process, "start_sandbox", lambda *given: running),
            (server_process, "stop_own_sandbox", self.stopped.append),
        ):
            monkeypatch.setattr(module, name, answer)

    @contextmanager
    def synthesis(self, asked: list[str], log: Path) -> Iterator[Callable[[], None]]:
        yield lambda: self.synthesised.append(Path(asked[asked.index("--output") + 1]))

    def deploy(self, env: object, folder: Path, *, is_written: bool) -> None:
        assert is_written, "it was synthesised while the sandbox started"
        assert self.synthesised[-1] == folder
        self.deployed.append(folder)

    def steps(self) -> list[DemoStep]:
        if self.error:
            raise self.error
        return [DemoStep(1, "Notebook", "notebook [x] is there")]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    return Stage(monkeypatch, tmp_path / ".sandbox")


def test_a_demonstration_leaves_nothing_and_says_what_to_try(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    command.demo()

    printed = capsys.readouterr().out
    assert stage.stopped == [stage.folder]
    assert stage.deployed == [stage.folder / "cdk.out"]
    lines = [line.split() for line in printed.splitlines()]
    assert any(line[:4] == ["✓", "Sandbox", "answers", "at"] for line in lines)
    assert any(line[:5] == ["✓", "Deployment", "kiban-dev:", "2", "stacks"] for line in lines)
    assert any(line[:5] == ["1", "✓", "Notebook", "notebook", "[x]"] for line in lines)
    assert "./kiban demo --keep" in printed
    assert "./kiban down" not in printed


def test_a_program_reads_the_steps_and_where_the_kept_sandbox_is(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.accuracy = 0.5
    with pytest.raises(Failure, match="accuracy"):
        command.demo(keep=True, as_json=True)

    found = require_documented(["demo"], "{" + capsys.readouterr().out.partition("{")[2])
    assert (found["url"], found["accuracy"], found["stage"]) == (URL, 0.5, "kiban-dev")
    assert [step["name"] for step in found["steps"]] == ["Notebook"]


def test_a_kept_sandbox_runs_on_and_says_how_it_is_ended(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    command.demo(keep=True)

    printed = capsys.readouterr().out
    assert stage.stopped == []
    assert "\n  ./kiban status --sandbox\n" in printed
    assert "\n  ./kiban down\n" in printed


def test_beside_a_running_sandbox_it_has_a_folder_of_its_own_and_names_it(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.other = object()

    command.demo(keep=True)

    own = stage.folder / "demo"
    assert stage.deployed == [own / "cdk.out"]
    assert f"\n  KIBAN_SANDBOX={own} ./kiban down\n" in capsys.readouterr().out
    command.demo()
    assert stage.stopped == [own]


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (KeyboardInterrupt(), Interrupted, "nothing was left"),
        (Interrupted("inside"), Interrupted, "nothing was left"),
        (Failure("no capacity"), Failure, "no capacity"),
        (ValueError("a mistake"), ValueError, "a mistake"),
    ],
)
def test_a_demonstration_that_breaks_off_leaves_nothing_either(
    stage: Stage, keep: bool, error: BaseException, kind: type[Exception], message: str
) -> None:
    stage.error = error

    with pytest.raises(kind, match=message):
        command.demo(keep=keep)
    assert stage.stopped == [stage.folder]


@pytest.mark.parametrize(("accuracy", "is_enough"), [(0.93, True), (0.929, False)])
def test_a_model_that_guesses_is_a_failure(stage: Stage, accuracy: float, is_enough: bool) -> None:
    stage.accuracy = accuracy
    if is_enough:
        command.demo()
        return
    with pytest.raises(Failure, match=r"accuracy is 92.9%, 93% was expected"):
        command.demo()
