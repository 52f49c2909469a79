"""File lock (flock) of one environment in one place, held by the command that changes its stacks.

The lock of a process that was killed ends with it; what it wrote into the file is then of no
meaning.
"""

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from cli.deployment import cdk_command
from cli.environments.environment import Environment
from cli.terminal.errors import Failure


@contextmanager
def deployment_lock(env: Environment) -> Iterator[None]:
    """Hold the lock of `env` during the block; raises Failure that names who holds it.

    Another environment, and the same one in another sandbox, has a lock of its own.
    """
    path = lock_file(env)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"{env.config.stage}: {_describe_holder(lock)}") from None
        _write_holder(lock)
        try:
            yield
        finally:
            lock.truncate(0)


def lock_file(env: Environment) -> Path:
    """Return the file whose lock is held, beside the assembly's folder."""
    folder = cdk_command.assembly_folder(env)
    return folder.with_name(f"{folder.name}.lock")


def _write_holder(lock: TextIO) -> None:
    holder = {
        "pid": os.getpid(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": " ".join(["./kiban", *sys.argv[1:]]),
    }
    lock.truncate(0)
    lock.write(json.dumps(holder))
    lock.flush()


def _describe_holder(lock: TextIO) -> str:
    lock.seek(0)
    try:
        holder = json.loads(lock.read())
        who = f"process {int(holder['pid'])} ({holder['command']}, since {holder['since']})"
    except (ValueError, KeyError, TypeError):
        # It has taken the lock and not written yet, or is about to let it go.
        who = "another command"
    return f"{who} is changing it; nothing was touched, wait until that has ended and try again"
