"""Fork server for tests that run a Python program: a process that has imported its libraries.

An interpreter with pydantic, botocore and rich, or with numpy and xgboost, takes half a second to
start; a fork of one that has them takes hundredths. Each program still has a process of its own,
with its own arguments, environment, folder, streams and exit code; only other people's libraries
are imported before, the project's own modules in the process itself.

Also a script: it reads requests from the socket that is its standard input.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

REPO = Path(__file__).parents[1]
_LONGEST_SECONDS = 300
_NUMBER = struct.Struct("i")


@dataclass(frozen=True)
class Program:
    """What to run: a module's name or a script's path, as Python's `-m` and its first argument."""

    words: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    given: str = ""

    @property
    def is_script(self) -> bool:
        return os.sep in self.words[0]


class Fork:
    """A program that was started, with the methods of `subprocess.Popen` that tests need."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server
        self.returncode: int | None = None
        self.pid = self._receive(_LONGEST_SECONDS)

    def wait(self, seconds: float) -> int:
        """Return the exit code, or what `subprocess` says of a signal; raises TimeoutError."""
        if self.returncode is None:
            self.returncode = self._receive(seconds)
            self._server.close()
        return self.returncode

    def poll(self) -> int | None:
        """Return the exit code, None as long as it runs."""
        with contextlib.suppress(BlockingIOError):
            self.wait(0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal unless the program has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _receive(self, seconds: float) -> int:
        self._server.settimeout(seconds)
        message = self._server.recv(_NUMBER.size)
        assert message, "the fork server has ended"
        return int(_NUMBER.unpack(message)[0])


class ForkServer:
    """Runs programs in forks of one process that has imported `libraries`.

    `cli.*` stands for whatever the modules of that package import, which are forgotten themselves.
    A name behind a minus is hidden, as from a program that must not find it.
    """

    def __init__(self, *libraries: str) -> None:
        self._libraries = libraries
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def run(self, program: Program) -> subprocess.CompletedProcess[str]:
        """Run `program` to its end; return its exit code and what it wrote."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = self.start(program, out, err).wait(_LONGEST_SECONDS)
            return subprocess.CompletedProcess(
                list(program.words), code, _content(out), _content(err)
            )

    def start(self, program: Program, out: IO[bytes], err: IO[bytes]) -> Fork:
        """Start `program`, whose output goes to two files."""
        ours, theirs = socket.socketpair()
        with theirs, tempfile.TemporaryFile() as request, tempfile.TemporaryFile() as given:
            _fill(request, json.dumps(asdict(program)))
            _fill(given, program.given)
            handles = [theirs.fileno(), *(file.fileno() for file in (request, given, out, err))]
            with self._lock:
                socket.send_fds(self._started(), [b"!"], handles)
        return Fork(ours)

    def _started(self) -> socket.socket:
        if self._socket is None:
            ours, theirs = socket.socketpair()
            with theirs:
                process = subprocess.Popen(
                    [sys.executable, "-P", __file__, *self._libraries], stdin=theirs.fileno()
                )
            self._socket = ours
            atexit.register(process.wait)
            atexit.register(ours.close)
        return self._socket


def _fill(file: IO[bytes], text: str) -> None:
    file.write(text.encode())
    file.flush()
    file.seek(0)


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    # As a text stream of subprocess reads it.
    return file.read().decode().replace("\r\n", "\n").replace("\r", "\n")


def _serve(requests: socket.socket) -> None:
    """Fork for every request, until the other end of `requests` is closed."""
    while True:
        message, handles, *_ = socket.recv_fds(requests, 1, 5)
        if not message:
            return
        if os.fork() == 0:
            requests.close()
            _answer(handles)
        for handle in handles:
            os.close(handle)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _answer(handles: list[int]) -> None:
    """Run one program in a child; say which one it is and how it ended; ends this process."""
    reply, request, *streams = handles
    with os.fdopen(request) as file:
        program = Program(**json.load(file))
    child = os.fork()
    if child == 0:
        os.close(reply)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        _become(program)
    os.write(reply, _NUMBER.pack(child))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.write(reply, _NUMBER.pack(code))
    os._exit(0)


def _become(program: Program) -> None:
    """Be the process that `python -m` or `python script` would be; ends it."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(program.environment)
        os.chdir(program.folder)
        sys.argv = list(program.words)
        for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 as long as it lives
        added = [entry for entry in program.environment.get("PYTHONPATH", "").split(":") if entry]
        sys.path[:0] = added if program.is_script else [program.folder, *added]
        if program.is_script:
            runpy.run_path(program.words[0], run_name="__main__")
        else:
            runpy.run_module(program.words[0], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ended:
        code = _exit_code(ended)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            threading._shutdown()  # type: ignore[attr-defined]
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _exit_code(ended: SystemExit) -> int:
    if ended.code is None or isinstance(ended.code, int):
        return (ended.code or 0) & 255
    print(ended.code, file=sys.stderr)
    return 1


def _prepare(libraries: Sequence[str]) -> None:
    """Import `libraries`, and forget what of them is the project's own."""
    sys.path.insert(0, str(REPO))
    for library in libraries:
        if library.startswith("-"):
            sys.modules[library[1:]] = None  # type: ignore[assignment]
        elif library.endswith(".*"):
            package = importlib.import_module(library[:-2])
            for module in pkgutil.walk_packages(package.__path__, library[:-1]):
                if not module.name.endswith("__main__"):
                    importlib.import_module(module.name)
        else:
            importlib.import_module(library)
    ours = {path.stem for path in REPO.iterdir()}
    for name in [name for name in sys.modules if name.split(".")[0] in ours]:
        del sys.modules[name]
    sys.path.remove(str(REPO))
    importlib.invalidate_caches()
    # What is there already is never garbage; a collection would copy its pages.
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    _prepare(sys.argv[1:])
    _serve(socket.socket(fileno=0))
