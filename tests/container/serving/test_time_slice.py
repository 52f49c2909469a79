import platform
import subprocess
import sys

import pytest

from container.serving.time_slice import request_short_time_slice
from tests.container.support.world import PACKAGE

REFUSED = 3
ASK = f"""
import sys
from container.serving.time_slice import request_short_time_slice
if not request_short_time_slice():
    sys.exit({REFUSED})
print(open("/proc/thread-self/sched").read())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
def test_the_shortest_turn_is_asked_for_and_granted() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, cwd=PACKAGE.parent
    )
    if asked.returncode == REFUSED:
        pytest.skip("what this runs in does not let a process choose its slice")
    assert asked.returncode == 0, asked.stderr

    slices = [line.split()[-1] for line in asked.stdout.splitlines() if "se.slice" in line]
    release = [int(part) for part in platform.release().split(".")[:2]]
    # Older kernels take the wish and do not know what it means.
    assert slices == ["100000"] or release < [6, 12]


def test_a_machine_whose_call_is_unknown_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")

    assert not request_short_time_slice()
