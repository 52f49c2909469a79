"""Sandboxed child process with resource limits, for work on untrusted files."""

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from container.contract.errors import AlgorithmError, InputError, first_line
from container.contract.log import log_event
from container.conversion import kernel

_DONE, _REFUSED = b"d", b"r"
_MAX_CHARACTERS = 300
# Python calls its audit hooks before these operations.
_FORBIDDEN = ("socket.", "subprocess.", "os.", "shutil.", "tempfile.", "pty.", "syslog.")
# What importing a library needs.
_ALLOWED = ("os.listdir", "os.scandir", "os.walk", "os.putenv", "os.unsetenv")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True)
class IsolationLimits:
    """What the work may use before it is ended."""

    cpu_seconds: int
    memory_bytes: int

    @classmethod
    def for_file(cls, size: int) -> "IsolationLimits":
        """Return limits for a file of this size: more than a model needs, less than would hurt."""
        # Address space: libraries and their threads reserve a gigabyte that they never touch.
        return cls(60 + size // 2**20, 4 * 2**30 + 24 * size)


def run_isolated(work: Callable[[], bytes], limits: IsolationLimits) -> bytes:
    """Return what `work` returns in a process of its own: no network, no program, no file to write.

    Raises InputError as `work` does, and AlgorithmError when that process dies.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _run(work, writing, limits)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as stream:
            answer = stream.read(limits.memory_bytes)
    except BaseException:
        os.kill(process, signal.SIGKILL)
        raise
    finally:
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if answer[:1] == _REFUSED:
        raise InputError(_one_line(answer[1:].decode(errors="replace")))
    if status != 0 or answer[:1] != _DONE:
        raise AlgorithmError(_cause(status, limits))
    return answer[1:]


def _cause(status: int, limits: IsolationLimits) -> str:
    if status == -signal.SIGXCPU:
        return f"opening it takes more than {limits.cpu_seconds} s; the file is damaged or hostile"
    return f"the process that opened it died (code {status}); the file is damaged or hostile"


def _one_line(text: str) -> str:
    """Return the error, escaped: it may quote the file, which must not write to a terminal."""
    return "".join(each if each.isprintable() else " " for each in text)[:_MAX_CHARACTERS]


def _run(work: Callable[[], bytes], writing: int, limits: IsolationLimits) -> NoReturn:
    code = 1
    stream = os.fdopen(writing, "wb")
    try:
        _isolate(writing, limits)
        try:
            answer = _DONE + work()
        except InputError as error:
            answer = _REFUSED + str(error).encode(errors="replace")
        except Exception as error:
            text = f"damaged ({type(error).__name__}: {first_line(error)})"
            answer = _REFUSED + text.encode(errors="replace")
        stream.write(answer)
        stream.close()
        code = 0
    finally:
        os._exit(code)


def _isolate(writing: int, limits: IsolationLimits) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    missing = kernel.restrict_process()
    if missing:
        text = f"this kernel does not cut a process off from {missing}; Python still refuses it"
        log_event("notice", {"about": "convert", "text": text})
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, writing)
    os.closerange(writing + 1, os.sysconf("SC_OPEN_MAX"))
    for kind, most, ever in (
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        # At the hard limit it is killed without SIGXCPU, which has a reason.
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
    ):
        # A stricter one may be in force already, and macOS knows none for memory.
        with contextlib.suppress(ValueError):
            resource.setrlimit(kind, (most, ever))
    # Each thread more would reserve memory.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    sys.dont_write_bytecode = True
    sys.addaudithook(_deny)


def _deny(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        flags = arguments[2]
        forbidden = isinstance(flags, int) and flags & _WRITING
    else:
        forbidden = event.startswith(_FORBIDDEN) and event not in _ALLOWED
    if forbidden:
        raise PermissionError(f"{event} in isolation")
