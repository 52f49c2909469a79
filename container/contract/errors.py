"""Exit codes of the programs, and the exceptions that lead to them."""

import re
from enum import IntEnum


class ExitCode(IntEnum):
    """What SageMaker, or a person, reads from the status of a finished program."""

    DONE = 0
    BAD_INPUT = 1
    FAILED = 2
    USAGE = 64
    # A worker of `serve` that makes room for another; never the code of a program.
    RETIRED = 75
    # 128 + SIGTERM, as a shell would report it: stopped in order; `train` kept its checkpoint.
    STOPPED = 143


class InputError(Exception):
    """Something given from outside is wrong; one line: where, what, what was given, what to do."""


class AlgorithmError(Exception):
    """The algorithm itself gave up: one line, without its stack."""


class StoppedError(Exception):
    """SIGTERM arrived and the work so far is safe."""


def first_line(error: object) -> str:
    """Return a C++ library's sentence without time, source position and stack."""
    return re.sub(r"^\[[\d:]+\] \S+:\d+: ", "", str(error).strip()).split("\n")[0].strip()
