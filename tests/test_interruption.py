import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.harness.process_tree import is_running
from tests import leftovers
from tests.journeys.world import wait_for

pytestmark = pytest.mark.acceptance

REPO = Path(__file__).parents[1]
# One test fails; the other starts two processes that nothing but the run's end could end.
SUITE = """
import os, subprocess, time
from pathlib import Path

kept = []

def started(words):
    kept.append(subprocess.Popen(words, start_new_session=True))
    return kept[-1].pid

def test_that_fails():
    assert 1 == 2

def test_that_is_interrupted():
    place = Path(os.environ["PLACE"])
    if os.environ["SANDBOX"]:
        from cli.sandbox.server_process import start_sandbox
        pid = start_sandbox(place / "sandbox", 0, "us-east-1").pid
    else:
        pid = started(["sleep", "600"])
    other = started(["sleep", "600"])
    (place / "draft").write_text(f"{pid} {other} {os.getpid()}")
    (place / "draft").rename(place / "begun")
    time.sleep(600)
"""


def begun_run(folder: Path, words: Sequence[str], *, sandbox: bool) -> subprocess.Popen[str]:
    """A run of the suite, as `make test` begins it, up to the test that is to be interrupted."""
    (folder / "test_suite.py").write_text(SUITE)
    variables = {"PYTHONPATH": str(REPO), "PLACE": str(folder), "SANDBOX": "yes" * sandbox}
    clean = {name: text for name, text in os.environ.items() if name != leftovers.MARK}
    clean = {name: text for name, text in clean.items() if not name.startswith("PYTEST_")}
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "tests.interruption", "-W", "error", "-q", *words],
        cwd=folder,
        env={**clean, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for(lambda: (folder / "begun").exists() or run.poll() or None, "the second test")
    return run


def started(folder: Path) -> list[int]:
    return list(map(int, (folder / "begun").read_text().split()))


def wait_for_the_end_of_all(folder: Path) -> None:
    """Return when none runs; one that was killed needs a moment to give its memory back."""
    wait_for(lambda: not any(map(is_running, started(folder))) or None, "the end of all")


@pytest.mark.parametrize(
    ("number", "words", "sandbox"),
    [
        (signal.SIGINT, ["-n", "2"], True),
        (signal.SIGINT, [], False),
        (signal.SIGTERM, [], False),
    ],
    ids=["Ctrl-C with workers", "Ctrl-C", "SIGTERM"],
)
def test_an_interrupted_run_names_its_failures_and_leaves_no_process(
    tmp_path: Path, number: signal.Signals, words: list[str], sandbox: bool
) -> None:
    with begun_run(tmp_path, words, sandbox=sandbox) as run:
        run.send_signal(number)
        printed, _ = run.communicate(timeout=120)

    assert run.returncode == pytest.ExitCode.INTERRUPTED, printed
    assert "FAILED test_suite.py::test_that_fails" in printed
    assert "left by a test and ended: sleep 600" in printed
    wait_for_the_end_of_all(tmp_path)


def test_a_run_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    with begun_run(tmp_path, [], sandbox=False) as run:
        run.kill()

    wait_for_the_end_of_all(tmp_path)


def test_what_another_run_started_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(leftovers.MARK, "another-run")
    with subprocess.Popen(["sleep", "600"]) as other:
        words = [sys.executable, "-c", "from tests.leftovers import start_reaper; start_reaper()"]
        ended = subprocess.check_output(words, cwd=REPO, text=True)

        assert ended == ""
        assert is_running(other.pid)
        other.kill()
