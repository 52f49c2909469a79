"""One worker process per GPU of this host; together they train as hosts do."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

from container.contract.errors import ExitCode

_VISIBLE = "CUDA_VISIBLE_DEVICES"


@dataclass(frozen=True)
class Worker:
    """Which of `count` processes on this host this one is."""

    number: int = 0
    count: int = 1


def run_workers(count: int, work: Callable[[Worker], int]) -> int:
    """Return the code of a worker that failed, or of all; SIGTERM reaches every one of them.

    One that dies is not waited for: the others miss it, as they would miss a host.
    """
    sys.stdout.flush()
    workers = [_start(Worker(number, count), work) for number in range(count)]

    def pass_on(number: int, frame: object) -> None:
        for pid in workers:
            os.kill(pid, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in workers]
    failed = [code if code > 0 else int(ExitCode.FAILED) for code in codes if code]
    return min(failed, default=int(ExitCode.DONE))


def _start(worker: Worker, work: Callable[[Worker], int]) -> int:
    # Forked, not started anew: nothing has touched a GPU or started a thread by now.
    pid = os.fork()
    if pid:
        return pid
    code = int(ExitCode.FAILED)
    try:
        visible = os.environ.get(_VISIBLE, "").split(",")
        known = visible[worker.number] if worker.number < len(visible) else ""
        os.environ[_VISIBLE] = known or str(worker.number)
        code = work(worker)
    finally:
        sys.stdout.flush()
        os._exit(code)
