"""Time and memory of a command that is typed in a workplace."""

import json
import shlex
import sys
from dataclasses import dataclass

from tests.journeys.workplace import Workplace

# A process inherits the ru_maxrss of the one that started it, so a small one has to be between.
_MEASURE = """
import json, resource, subprocess, sys, time
begun = time.monotonic()
code = subprocess.call(sys.argv[1:])
wall = time.monotonic() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
print(json.dumps([wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit]), file=sys.stderr)
sys.exit(code)
"""


@dataclass(frozen=True)
class Usage:
    """What a command took, and what it printed."""

    printed: str
    wall_seconds: float
    cpu_seconds: float
    peak_mib: float


def measured(place: Workplace, *words: str) -> Usage:
    """Run a command of `./kiban` that has to succeed."""
    line = shlex.join([sys.executable, "-IS", "-c", _MEASURE, "./kiban", *words])
    done = place.shell(line)
    assert done.returncode == 0, done.stdout + done.stderr
    return Usage(done.stdout, *json.loads(done.stderr.splitlines()[-1]))
