import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from container.contract import program
from container.contract.errors import AlgorithmError, ExitCode, InputError
from tests.container.support.world import PACKAGE


def failing(error: Exception) -> Callable[[], ExitCode]:
    """Work that ends with `error`."""

    def work() -> ExitCode:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (InputError("where: what;\ndo this"), ExitCode.BAD_INPUT, "where: what; do this"),
        (AlgorithmError("it gave up"), ExitCode.FAILED, "it gave up"),
        (ZeroDivisionError("by zero"), ExitCode.FAILED, "ZeroDivisionError: by zero"),
        (InputError("x" * 2000), ExitCode.BAD_INPUT, "x" * 1024),
        (InputError("a\x1b[31m\x00é\ud800"), ExitCode.BAD_INPUT, "a\\x1b[31m\\x00é\\ud800"),
    ],
)
def test_what_goes_wrong_is_an_exit_code_and_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: ExitCode,
    text: str,
) -> None:
    reason = tmp_path / "output/failure"
    undone: list[str] = []

    ended = program.run(
        "train", failing(error), reason=reason, after_failure=lambda: undone.append("model")
    )

    assert ended == code
    assert reason.read_text() == text
    assert capsys.readouterr().err.endswith(f"train: {text}\n")
    assert undone == ["model"]


def test_work_that_succeeds_leaves_no_reason(tmp_path: Path) -> None:
    assert program.run("train", lambda: ExitCode.DONE, reason=tmp_path / "why") == ExitCode.DONE
    assert list(tmp_path.iterdir()) == []


def test_a_reason_that_cannot_be_written_is_still_on_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "output").write_text("a file where the folder should be")

    code = program.run("evaluate", failing(InputError("no rows")), reason=tmp_path / "output/x")

    assert code == ExitCode.BAD_INPUT
    assert capsys.readouterr().err == "evaluate: no rows\n"


STUBBORN = """
import sys, time
from pathlib import Path
from container.contract import program
with program.exit_on_sigterm("evaluate", Path(sys.argv[1])):
    print("begun", flush=True)
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
"""


# Locked twice: a call that no signal interrupts, after which a handler would have run.
IN_A_LIBRARY = """
import ctypes, sys
from pathlib import Path
from container.contract import program
libc, mutex = ctypes.CDLL(None), ctypes.create_string_buffer(64)
libc.pthread_mutex_lock(mutex)
with program.exit_on_sigterm("evaluate", Path(sys.argv[1])):
    print("begun", flush=True)
    libc.pthread_mutex_lock(mutex)
"""


@pytest.mark.parametrize(
    "work", [STUBBORN, IN_A_LIBRARY], ids=["catches every exception", "waits in a library"]
)
def test_sigterm_ends_work_that_would_not_end(tmp_path: Path, work: str) -> None:
    reason = tmp_path / "output/message"
    process = subprocess.Popen(
        [sys.executable, "-c", work, reason],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=120)

    assert process.returncode == ExitCode.STOPPED
    assert said == f"evaluate: {reason.read_text()}\n"
    assert "stopped by SIGTERM" in said


def test_the_handler_of_sigterm_is_put_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)

    with program.exit_on_sigterm("evaluate", tmp_path):
        assert signal.getsignal(signal.SIGTERM) != before

    assert signal.getsignal(signal.SIGTERM) == before
    assert signal.set_wakeup_fd(-1) == -1, "nothing is told of signals any more"


def test_another_signal_ends_nothing(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGUSR1, lambda number, frame: None)
    try:
        with program.exit_on_sigterm("evaluate", tmp_path / "message"):
            os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert not (tmp_path / "message").exists()
