"""How the CDK command line is run, watched, and ended with its sandbox."""

import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.deployment import cdk_command
from cli.deployment.cdk_command import CdkProgress, StackProgress
from cli.terminal.errors import Failure
from tests.cli.deployment.test_cdk_command import progress_of
from tests.cli.service import Service, environment


class Place:
    """A place on AWS, or a sandbox that is there or gone."""

    def __init__(self, *reachable: bool) -> None:
        self.is_sandbox = bool(reachable)
        self._reachable = list(reachable)

    def child_environment(self) -> dict[str, str]:
        return dict(os.environ)

    def is_reachable(self) -> bool:
        return self._reachable.pop(0) if self._reachable else True

    def require_reachable(self) -> None:
        if self.is_sandbox and not self.is_reachable():
            raise Failure("sandbox: nothing answers")


def ran(folder: Path, program: str, *words: str, place: Place | None = None) -> CdkProgress:
    seen: list[int] = []
    command = [sys.executable, "-c", program, *words]
    env: Any = environment(Service(), connection=place or Place())
    log = folder / "new" / "logs" / "cdk.log"
    try:
        return cdk_command.run_cdk(env, command, log, lambda one: seen.append(len(one.lines)))
    finally:
        assert len(log.read_text().splitlines()) == len(seen)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command line be installed."""
    monkeypatch.setattr(cdk_command, "require_cdk", lambda: None)


def test_every_line_is_logged_read_and_shown(tmp_path: Path) -> None:
    program = (
        "import os, sys; print('one'); sys.stderr.write('é\\n'); print(os.getsid(0) == os.getpid())"
    )

    progress = ran(tmp_path, program)

    assert sorted(progress.lines) == ["True", "one", "é"]
    assert not progress.synthesised
    # It never asks, and writes for a log.
    assert ran(tmp_path, "import sys; print(*sys.argv[1:])").lines == ["--no-color --ci"]


def test_an_assembly_that_is_given_needs_no_synthesis(tmp_path: Path) -> None:
    assert ran(tmp_path, "", "--app", "cdk.out").synthesised


def test_without_the_command_line_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise Failure("install it with: make setup")

    monkeypatch.setattr(cdk_command, "require_cdk", refuse)
    env: Any = environment(Service(), connection=Place())

    with pytest.raises(Failure, match="make setup"):
        cdk_command.run_cdk(env, ["none"], tmp_path / "log", lambda one: None)
    assert not (tmp_path / "log").exists()


FAILS = """
print("S | 1/3 | 9:32 AM | CREATE_FAILED | AWS::S3::Bucket | Data (D1) It is taken")
print("Error: more")
raise SystemExit(1)
"""


def test_a_resource_that_failed_is_the_reason_before_any_line(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"^CDK: Data: It is taken; all of it: .*cdk.log$"):
        ran(tmp_path, FAILS)
    with pytest.raises(Failure, match=r"^CDK: Error: more; all of it: "):
        ran(tmp_path, "print('Error: more'); raise SystemExit(1)")


def test_a_sandbox_that_is_gone_is_the_reason_before_all_others(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"^sandbox: nothing answers$"):
        ran(tmp_path, FAILS, place=Place(False, False, False))
    with pytest.raises(Failure, match=r"^CDK: Data"):
        ran(tmp_path, FAILS, place=Place(True))


def ended(place: Place, *, finished: bool = False, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a command is ended while it is watched."""
    signals: list[int] = []
    monkeypatch.setattr(cdk_command, "_POLL_SECONDS", 0.001)
    monkeypatch.setattr(cdk_command, "signal_group", lambda child, number: signals.append(number))
    event = threading.Event()
    if finished:
        event.set()
    child: Any = SimpleNamespace()
    env: Any = environment(Service(), connection=place)
    cdk_command._end_with_sandbox(env, child, event)
    return len(signals)


def test_a_command_is_ended_with_its_sandbox_and_with_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ended(Place(True, True, False), monkeypatch=monkeypatch) == 1
    assert ended(Place(False), finished=True, monkeypatch=monkeypatch) == 0
    assert ended(Place(), monkeypatch=monkeypatch) == 0


EVENT = "S | 1/3 | 9:32 AM | {} | AWS::S3::Bucket | Data (D1) {}"


@pytest.mark.parametrize(
    ("state", "said", "shown", "failures"),
    [
        ("CREATE_IN_PROGRESS", "", "working", []),
        ("CREATE_COMPLETE", "It is taken", "working", []),
        ("CREATE_FAILED", "It is taken", "working", ["Data: It is taken"]),
        ("CREATE_FAILED", "Resource creation cancelled", "working", []),
        ("ROLLBACK_IN_PROGRESS", "", "rolling back", []),
        ("UPDATE_ROLLBACK_FAILED", "Stuck", "rolling back", ["Data: Stuck"]),
    ],
)
def test_an_event_is_progress_and_a_failed_one_a_reason(
    state: str, said: str, shown: str, failures: list[str]
) -> None:
    progress = progress_of(EVENT.format(state, said))

    assert (progress.stacks["S"].state, progress.failures) == (shown, failures)
    assert (progress.stacks["S"].done, progress.stacks["S"].total) == (1, 3)


def test_a_stack_is_finished_when_the_command_line_says_so() -> None:
    assert not StackProgress("S").is_finished
    assert not CdkProgress().synthesised
    assert progress_of("S: start: Building S Template").stacks["S"].state == "waiting"
    assert progress_of("S: deploying... [1/1]").stacks["S"].state == "working"
    assert progress_of("S: deploying... [1/1]").synthesised
    assert progress_of("✨  Synthesis time: 9.78s").synthesised
    assert not progress_of("begun").synthesised
    found = progress_of(f"{EVENT.format('CREATE_COMPLETE', '')}\n✅  S").stacks["S"]
    assert (found.is_finished, found.resource, found.state) == (True, "", "deployed")


def test_a_destruction_reads_the_app_unless_its_assembly_is_written() -> None:
    config = SimpleNamespace(stage="kiban-dev", environment="dev")
    env: Any = environment(Service(), config=config)

    fresh = cdk_command.destroy_command(env, Path("cdk.out"), ["A", "B"])
    written = cdk_command.destroy_command(env, Path("cdk.out"), ["A"], is_written=True)

    assert fresh[1:] == [
        *("destroy", "kiban-dev/A", "kiban-dev/B", "-c", "env=dev", "--output", "cdk.out"),
        "--force",
    ]
    assert written[1:] == ["destroy", "kiban-dev/A", "--app", "cdk.out", "--force"]
