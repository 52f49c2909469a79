"""`train` in processes that are ready at once: forked from one that has imported everything."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from container.contract.layout import Layout
from tests.container.support.world import World

_TIMEOUT_SECONDS = 120.0
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["container.training.train"])


@dataclass(frozen=True)
class Finished:
    """What is left of a training that ended."""

    returncode: int
    stdout: str
    stderr: str


def _train(base: Path, variables: Mapping[str, str], gpus: int) -> None:
    from container import algorithm
    from container.training.train import main

    if gpus:
        # One process for each, which then trains on the CPU.
        vars(algorithm)["count_workers"] = lambda asked, build: gpus
    os.environ.update(variables)
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(base / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
    sys.exit(main(Layout(base)))


def start(world: World, variables: Mapping[str, str] | None = None, gpus: int = 0) -> BaseProcess:
    """Begin a training; its output goes to files."""
    for name in ("stdout", "stderr"):
        (world.base / name).unlink(missing_ok=True)
    process = _CONTEXT.Process(target=_train, args=(world.base, variables or {}, gpus))
    process.start()
    return process


def end(world: World, process: BaseProcess) -> Finished:
    """Wait for its end; the code is negative if a signal ended it."""
    process.join(_TIMEOUT_SECONDS)
    assert process.exitcode is not None, "it goes on and on"
    return Finished(process.exitcode, world.written("stdout"), world.written("stderr"))


def run(world: World) -> Finished:
    """A training from start to end."""
    return end(world, start(world))


def kill(process: BaseProcess, number: signal.Signals) -> None:
    """Send a signal to a training that is still running, if it is."""
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, number)
