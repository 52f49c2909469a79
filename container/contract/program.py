"""Exit code of a program, and its failure reason in the file that SageMaker reads."""

import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from container.contract.errors import AlgorithmError, ExitCode, InputError

# SageMaker shows no more of either file.
_MAX_CHARACTERS = 1024


def run(
    name: str,
    work: Callable[[], ExitCode],
    *,
    reason: Path,
    after_failure: Callable[[], None] = lambda: None,
) -> ExitCode:
    """Do the work of program `name`; what goes wrong is an exit code and a line in `reason`."""
    try:
        return work()
    except InputError as error:
        code, text = ExitCode.BAD_INPUT, str(error)
    except AlgorithmError as error:
        code, text = ExitCode.FAILED, str(error)
    except Exception as error:
        traceback.print_exc()
        code, text = ExitCode.FAILED, f"{type(error).__name__}: {error}"
    after_failure()
    write_failure_reason(name, text, reason)
    return code


def write_failure_reason(name: str, text: str, reason: Path) -> None:
    """Write the failure reason to standard error and to the file that SageMaker shows."""
    line = "".join(map(_printable, " ".join(text.split())))[:_MAX_CHARACTERS]
    # A disk that is full must not hide why: standard error is still there.
    with contextlib.suppress(OSError):
        reason.parent.mkdir(parents=True, exist_ok=True)
        reason.write_bytes(line.encode(errors="replace"))
    sys.stderr.write(f"{name}: {line}\n")


def _printable(character: str) -> str:
    """Escape what a terminal would obey, or no encoding has: names of files may hold anything."""
    return character if character.isprintable() else ascii(character)[1:-1]


def fail_at_once(name: str, text: str, *, reason: Path, leave: Callable[[], None]) -> NoReturn:
    """End the process from any thread as `run` ends a failed one; `leave` cleans up before."""
    leave()
    write_failure_reason(name, text, reason)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ExitCode.FAILED)


@contextlib.contextmanager
def exit_on_sigterm(name: str, reason: Path) -> Iterator[None]:
    """For work that keeps nothing of what it began: SIGTERM ends the process on the spot.

    A thread waits for it: a handler runs only when the main thread is back from a library or a
    system call, which one that began a moment before the signal may never be.
    """
    signals, arrival = os.pipe()
    os.set_blocking(arrival, False)

    def end() -> None:
        while number := os.read(signals, 1):
            if number[0] == signal.SIGTERM:
                text = "stopped by SIGTERM before it had finished; start it again"
                write_failure_reason(name, text, reason)
                # No exception: code that catches all of them would continue.
                os._exit(ExitCode.STOPPED)

    thread = threading.Thread(target=end, name="SIGTERM", daemon=True)
    thread.start()
    wakeup = signal.set_wakeup_fd(arrival, warn_on_full_buffer=False)
    before = signal.signal(signal.SIGTERM, _notice)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.set_wakeup_fd(wakeup)
        os.close(arrival)
        thread.join()
        os.close(signals)


def _notice(number: int, frame: FrameType | None) -> None:
    """Do nothing: that there is a handler makes the interpreter tell the thread."""
