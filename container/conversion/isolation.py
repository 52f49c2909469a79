"""Runs one piece of work where it can reach nothing: what opens strange files must not be trusted."""

import ctypes
import os
import resource
import sys
from collections.abc import Callable

from container.contract.errors import AlgorithmError, InputError
from container.contract.log import log_event

_NEW_NETWORK = 0x40000000
_NEW_USER = 0x10000000
_CPU_SECONDS = 600
_DONE, _REFUSED = b"d", b"r"
# Python tells its audit hooks of these before it does them.
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")


def in_isolation(work: Callable[[], bytes]) -> bytes:
    """What `work` returns in a process of its own: no network, no program, no file to write.

    Raises InputError as `work` does, and AlgorithmError when that process dies.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _run(work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        answer = stream.read()
    _, status = os.waitpid(process, 0)
    if answer[:1] == _REFUSED:
        raise InputError(answer[1:].decode(errors="replace"))
    if os.waitstatus_to_exitcode(status) != 0 or answer[:1] != _DONE:
        raise AlgorithmError("the process that opened the file died; the file is damaged")
    return answer[1:]


def _run(work: Callable[[], bytes], writing: int) -> None:
    code = 1
    try:
        _isolate()
        try:
            answer = _DONE + work()
        except InputError as error:
            answer = _REFUSED + str(error).encode()
        with os.fdopen(writing, "wb") as stream:
            stream.write(answer)
        code = 0
    finally:
        os._exit(code)


def _isolate() -> None:
    # Before anything starts a thread: the kernel gives a namespace to processes of one alone.
    library = ctypes.CDLL(None)
    unshared = hasattr(library, "unshare") and (
        library.unshare(_NEW_NETWORK) == 0 or library.unshare(_NEW_NETWORK | _NEW_USER) == 0
    )
    if not unshared:
        log_event("notice", {"about": "convert", "text": "the kernel keeps its network open"})
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: object) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} in isolation")
