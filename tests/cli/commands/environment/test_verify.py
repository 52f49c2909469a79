"""What `kiban verify` asks before it begins, and what it leaves when it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from cli.aws.connection import Connection
from cli.commands.environment import verify as command
from cli.environments.environment import Environment
from cli.sandbox import sandbox_state, server_process
from cli.terminal.errors import Failure, Interrupted, WrongInput
from cli.verification import price_estimate, report, throwaway_file
from cli.verification.findings import StepOutcome, Walk
from cli.verification.life import Variant
from tests.cli.documents import require_documented
from tests.templates.environments import make_environment

CONFIG = make_environment(environment="verify")
VARIANT = Variant(Environment(CONFIG, Connection("us-east-1")), Path("cdk.out"), None)


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the estimate was asked for; it says USD 5."""
    asked: list[Any] = []

    def estimate(*given: Any) -> Decimal:
        asked.append(given)
        return Decimal(5)

    monkeypatch.setattr(price_estimate, "estimate_usd", estimate)
    return asked


def answering(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, begin: bool) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: terminal))
    monkeypatch.setattr(typer, "confirm", lambda question: begin)


@pytest.mark.parametrize(
    ("most", "yes", "terminal", "begin", "refusal"),
    [
        ("5", True, False, False, None),
        ("5", False, True, True, None),
        ("4.99", True, False, False, "at most USD 5 in .*, more than --max-usd 4.99; nothing was"),
        ("5", False, False, True, "no terminal to confirm on; add --yes"),
        ("5", False, True, False, "not confirmed; nothing was made"),
    ],
)
def test_nothing_is_made_beyond_the_price_or_without_a_yes(
    costs: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    most: str,
    yes: bool,
    terminal: bool,
    begin: bool,
    refusal: str | None,
) -> None:
    answering(monkeypatch, terminal=terminal, begin=begin)

    def begun() -> None:
        command._confirm(VARIANT, command._require_price([VARIANT], Decimal(most)), yes=yes)

    if refusal is None:
        begun()
    else:
        with pytest.raises(Failure, match=refusal):
            begun()
    jobs = {"sagemaker-training": 1, "sagemaker-processing": 1}
    assert costs == [([Path("cdk.out")], "verify", "us-east-1", jobs)]


def test_the_price_is_that_of_the_model_with_the_most_machines(costs: list[Any]) -> None:
    other = {"gate": {"minimum": 0.8}, "training": {"instance_count": 3}}
    env = Environment(make_environment(models={"other": other}), Connection("us-east-1"))

    said = command._require_price([Variant(env, Path("cdk.out"), None)], Decimal(5))

    assert said == "at most USD 5 in 4 hours at list prices"
    assert costs[0][3] == {"sagemaker-training": 3, "sagemaker-processing": 1}


def test_it_goes_to_aws_unless_a_sandbox_stands_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    running = SimpleNamespace(url="http://127.0.0.1:4", account="111122223333", secret="s")
    monkeypatch.setattr(sandbox_state, "require_sandbox", lambda folder: running)

    assert command._place(CONFIG, sandbox=False).connection == Connection("us-east-1")
    assert command._place(CONFIG, sandbox=True).connection.url == "http://127.0.0.1:4"


@pytest.mark.parametrize(
    ("stacks", "stays"),
    [({}, False), ({"A": None}, False), ({"A": None, "B": object()}, True)],
)
@pytest.mark.parametrize("fails", [False, True])
def test_the_file_stays_while_something_of_its_environment_does(
    stacks: dict[str, Any],
    stays: bool,
    fails: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "verify.toml"
    monkeypatch.setattr(throwaway_file, "path_of_file", lambda: path)
    monkeypatch.setattr(throwaway_file, "write_first", lambda file: path.touch())
    place: Any = SimpleNamespace(stacks=lambda: stacks)

    try:
        with command._written(SimpleNamespace(), place):  # type: ignore[arg-type]
            assert path.exists()
            if fails:
                raise WrongInput("no")
    except WrongInput:
        assert fails
    assert path.exists() == stays


def outcome(name: str, error: str = "") -> StepOutcome:
    return StepOutcome(name, "done", 1.0, error)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A page of one word, with two differences."""
    monkeypatch.setattr(report, "page", lambda *sides, **more: "page")
    monkeypatch.setattr(report, "differences", lambda real, reference: [1, 2])
    yield


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("walk", "message"),
    [
        (Walk("AWS"), None),
        (Walk("AWS", left=["a", "b"]), "a, b is left; remove it with: ./kiban destroy --env ver"),
        (Walk("AWS", [outcome("Data", "no room")]), "AWS stopped the walk: no room"),
        (Walk("AWS", [outcome("Data", "no room")], left=["a"]), "a is left"),
    ],
)
def test_a_page_is_written_whatever_was_left_or_stopped(
    walk: Walk, message: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "new" / "folder" / "page.md"

    assert command._write(walk, Walk("the sandbox"), CONFIG, page) == page

    if message is None:
        command._require_whole(walk)
    else:
        with pytest.raises(Failure, match=message):
            command._require_whole(walk)
    assert page.read_text() == "page"
    assert f"2 differences: {page}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("result", "ends"), [(Walk("x"), None), (KeyboardInterrupt(), Interrupted)]
)
def test_the_sandbox_of_the_rehearsal_is_always_stopped(
    result: Any, ends: type[Exception] | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stopped: list[Path] = []
    running = SimpleNamespace(url="http://127.0.0.1:4", account="111122223333", secret="s")
    monkeypatch.setattr(command, "sandbox_folder", lambda: tmp_path)
    monkeypatch.setattr(server_process, "start_sandbox", lambda *given: running)
    monkeypatch.setattr(server_process, "stop_own_sandbox", stopped.append)

    def walk(place: str, variants: list[Variant], *rest: Any, **more: Any) -> Walk:
        assert {one.env.connection.url for one in variants} == {running.url}
        if isinstance(result, BaseException):
            raise result
        assert isinstance(result, Walk)
        return result

    monkeypatch.setattr(command, "walk", walk)
    if ends is None:
        assert command._in_own_sandbox([VARIANT]) is result
    else:
        with pytest.raises(ends, match="what was deployed is destroyed"):
            command._in_own_sandbox([VARIANT])
    assert stopped == [tmp_path / "verify"]


def test_each_step_is_a_line_with_its_error_or_its_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Walk("AWS", [outcome("Data"), outcome("Training", "no room")])
    monkeypatch.setattr(command, "walk", lambda *given, **more: found)

    assert command._walk("AWS", [VARIANT]) is found
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["✓", "Data", "done"] in lines
    assert ["✗", "Training", "no", "room"] in lines


class Stage:
    """A verification of which every part is another's, and only notes that it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rehearsal: Walk) -> None:
        self.asked: list[str] = []
        file = SimpleNamespace(config=CONFIG)
        edits = [SimpleNamespace(kind=kind) for kind in ("in place", "replaced")]
        walks = {"AWS": Walk("AWS"), "rehearsal": rehearsal}

        @contextmanager
        def in_config(first: Any, place: Any) -> Iterator[None]:
            self.asked.append("file")
            yield
            self.asked.append("no file")

        for module, name, answer in (
            (command, "read_config", lambda env: CONFIG),
            (throwaway_file, "edits_of", lambda *given: edits),
            (throwaway_file, "variants", lambda *given: [file, file, file]),
            (command, "require_types", lambda place: self.asked.append("types")),
            (command, "require_account", lambda place: self.asked.append("account")),
            (command, "_written", in_config),
            (command, "_synthesise", lambda *given: self.asked.append("synthesis")),
            (command, "_require_price", lambda *given: self.asked.append("price")),
            (command, "_confirm", lambda *given, yes: self.asked.append(f"confirmed {yes}")),
            (command, "_in_own_sandbox", lambda variants: self._walk("rehearsal", walks)),
            (command, "_walk", lambda place, variants: self._walk(place, walks)),
            (command, "_write", self._write),
            (report, "differences", lambda *given: [1, 2]),
        ):
            monkeypatch.setattr(module, name, answer)

    def _write(self, *given: Any) -> Path:
        self.asked.append(f"page {given[3]}")
        return Path("page.md")

    def _walk(self, place: str, walks: dict[str, Walk]) -> Walk:
        self.asked.append(place)
        return walks[place]


BEFORE = [
    *("types", "account", "file", "synthesis", "price", "synthesis", "synthesis"),
    *("price", "confirmed True"),
]


@pytest.mark.parametrize(("output", "page"), [("", "None"), ("here.md", "here.md")])
def test_aws_is_touched_after_everything_that_may_refuse(
    monkeypatch: pytest.MonkeyPatch, output: str, page: str
) -> None:
    stage = Stage(monkeypatch, Walk("the sandbox"))

    command.verify(9.5, yes=True, output=output)

    assert stage.asked == [*BEFORE, "rehearsal", "AWS", "no file", f"page {page}"]


def test_a_program_reads_every_step_and_where_the_page_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Stage(monkeypatch, Walk("the sandbox", [outcome("Data", "")]))

    command.verify(9.5, yes=True, as_json=True)

    found = require_documented(["verify"], "{" + capsys.readouterr().out.partition("{")[2])
    assert (found["differences"], found["left"], found["page"]) == (2, [], "page.md")


def test_a_walk_that_the_sandbox_stops_never_reaches_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, Walk("the sandbox", [outcome("Data", "no room")]))

    with pytest.raises(Failure, match="AWS was not touched: no room"):
        command.verify(9.5, yes=True)
    assert stage.asked == [*BEFORE, "rehearsal"]
