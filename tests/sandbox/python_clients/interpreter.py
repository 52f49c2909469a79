"""A Python of an environment of its own, which runs pieces of a program one after the other."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from pathlib import Path
from types import TracebackType
from typing import Any

_GIVE_UP_AFTER_SECONDS = 120
# The SDKs sleep 5 to 30 seconds between two looks at a job; in a sandbox it has ended by then.
_DRIVER = """
import contextlib, io, json, os, sys, time, traceback

replies, sleep, names = os.fdopen(int(sys.argv[1]), "w"), time.sleep, {"others": set()}


def stay_inside(event, arguments):
    if event not in ("socket.getaddrinfo", "socket.connect"):
        return
    address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    host = address[0] if isinstance(address, tuple) else address
    if event == "socket.connect" and not isinstance(address, tuple):
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in ("127.0.0.1", "localhost", "::1"):
        names["others"].add(host)
        raise OSError(f"{host} is not this machine")


sys.addaudithook(stay_inside)
time.sleep = lambda seconds: sleep(min(seconds, 0.3))
for line in sys.stdin:
    printed, error = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(json.loads(line), "<piece>", "exec"), names)
        except Exception:
            error = traceback.format_exc()
    print(json.dumps([printed.getvalue(), error]), file=replies, flush=True)
"""


class PieceFailed(Exception):
    """A piece of a program that raised; the text is its traceback."""


class Interpreter:
    """One running Python; names stay from piece to piece, as in a notebook.

    `others` is the set of all machines but this one that it tried to reach, in vain.
    """

    def __init__(self, python: Path, variables: dict[str, str], folder: Path) -> None:
        reader, writer = os.pipe()
        kept = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}
        self._errors = (folder / "stderr").open("w+")
        self._process = subprocess.Popen(
            [str(python), "-c", _DRIVER, str(writer)],
            cwd=folder,
            env={**kept, **variables},
            stdin=subprocess.PIPE,
            stderr=self._errors,
            pass_fds=[writer],
            text=True,
        )
        os.close(writer)
        self._replies = os.fdopen(reader)

    def run(self, piece: str) -> str:
        """Run a piece; return what it printed. Raises PieceFailed with its traceback."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(textwrap.dedent(piece)) + "\n")
        self._process.stdin.flush()
        reply = self._replies.readline()
        if not reply:
            self._errors.seek(0)
            raise PieceFailed(f"Python ended: {self._errors.read()[-2000:]}")
        printed, error = json.loads(reply)
        if error is not None:
            raise PieceFailed(f"{error}\n{printed[-2000:]}")
        return str(printed)

    def value(self, expression: str) -> Any:
        """Return the value of an expression, which has to be one of JSON's."""
        # What it is made of may print before it.
        printed = self.run(f"import json\nprint('\\n' + json.dumps({expression}))")
        return json.loads(printed.splitlines()[-1])

    def __enter__(self) -> Interpreter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=_GIVE_UP_AFTER_SECONDS)
        finally:
            self._process.kill()
            self._process.wait(timeout=_GIVE_UP_AFTER_SECONDS)
            self._replies.close()
            self._errors.close()
