"""What isolated work may do, one operation at a time, and how its end is told."""

import os
import signal

import pytest

from container.contract.errors import AlgorithmError, InputError
from container.conversion import isolation
from container.conversion.isolation import IsolationLimits, run_isolated

LIMITS = IsolationLimits.for_file(0)


def test_a_larger_file_may_take_more() -> None:
    assert IsolationLimits(60, 4 * 2**30) == LIMITS
    assert IsolationLimits.for_file(2**21) == IsolationLimits(62, 4 * 2**30 + 48 * 2**20)


@pytest.mark.parametrize(
    "event",
    [
        *("socket.connect", "subprocess.Popen", "os.remove", "os.system", "shutil.rmtree"),
        *("tempfile.mkstemp", "pty.spawn", "syslog.openlog"),
    ],
)
def test_an_operation_beyond_reading_is_refused(event: str) -> None:
    with pytest.raises(PermissionError, match=f"{event} in isolation"):
        isolation._deny(event, ())


@pytest.mark.parametrize(
    "event",
    ["os.listdir", "os.scandir", "os.walk", "os.putenv", "os.unsetenv", "import", "object.x"],
)
def test_what_importing_a_library_needs_is_allowed(event: str) -> None:
    isolation._deny(event, ())


@pytest.mark.parametrize("flag", ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"])
def test_a_file_may_be_opened_to_be_read_only(flag: str) -> None:
    isolation._deny("open", ("x", "r", os.O_RDONLY))
    isolation._deny("open", ("x", "r", None))
    with pytest.raises(PermissionError, match="open in isolation"):
        isolation._deny("open", ("x", "w", getattr(os, flag)))


def test_the_end_of_a_process_is_told_by_its_reason() -> None:
    assert isolation._cause(-signal.SIGXCPU, LIMITS) == (
        "opening it takes more than 60 s; the file is damaged or hostile"
    )
    assert isolation._cause(-9, LIMITS).startswith("the process that opened it died (code -9)")


def test_an_error_is_one_line_of_three_hundred_letters_that_can_be_printed() -> None:
    assert isolation._one_line("a\nb\x1b[31m" + "x" * 400) == "a b [31m" + "x" * 292


def answered(monkeypatch: pytest.MonkeyPatch, content: bytes, code: int = 0) -> bytes:
    """What comes of a process that writes this and ends so."""

    def run(work: object, writing: int, limits: object) -> None:
        try:
            os.write(writing, content)
        finally:
            os._exit(code)

    monkeypatch.setattr(isolation, "_run", run)
    return run_isolated(lambda: b"", LIMITS)


def test_an_answer_is_what_the_process_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(monkeypatch, b"dmodel") == b"model"


def test_a_refusal_is_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"^damaged$"):
        answered(monkeypatch, b"rdamaged")


@pytest.mark.parametrize(("content", "code"), [(b"dmodel", 1), (b"", 0), (b"xmodel", 0), (b"", 3)])
def test_a_process_that_dies_or_says_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, content: bytes, code: int
) -> None:
    with pytest.raises(AlgorithmError, match=rf"died \(code {code}\)"):
        answered(monkeypatch, content, code)


def test_an_interrupted_wait_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    kill = os.kill

    def remember(process: int, number: int) -> None:
        killed.append(number)
        kill(process, number)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def wait(work: object, writing: int, limits: object) -> None:
        signal.pause()
        os._exit(0)

    monkeypatch.setattr(isolation, "_run", wait)
    monkeypatch.setattr(os, "kill", remember)
    monkeypatch.setattr(os, "fdopen", interrupted)

    with pytest.raises(KeyboardInterrupt):
        run_isolated(lambda: b"", LIMITS)
    assert killed == [signal.SIGKILL]
