import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.system.signal_handlers import defer_signals
from tests.cli.terminal import PROJECT, kiban, require_one_line
from tests.journeys.world import wait_for

# Presses Ctrl-C at the first import of `cli.program`, when the command line has only begun.
HASTY = """
import os, signal, sys

class Hasty:
    def find_spec(self, name, path=None, target=None):
        if name == "cli.program":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Hasty())
"""


# Starts a CDK command that outlives everybody, says which process it is, and waits for it.
ENDLESS = """
import sys
from pathlib import Path
from cli.deployment import cdk_command
from cli.system.signal_handlers import install_signal_handlers
from tests.cli.test_cdk import dev

install_signal_handlers()
cdk_command.run_cdk(dev(), ["sh", "-c", "sleep 60 & echo Error: $!; wait"], Path(sys.argv[1]),
           lambda progress: print(progress.trouble[-1], flush=True))
"""
WAYS_TO_END = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", WAYS_TO_END)
def test_who_asks_to_end_waits_until_the_block_is_over(number: signal.Signals) -> None:
    done = []

    with pytest.raises(KeyboardInterrupt), defer_signals():
        os.kill(os.getpid(), number)
        done.append("the rest of the block")

    assert done == ["the rest of the block"]


@pytest.mark.parametrize("number", WAYS_TO_END)
def test_after_the_block_a_signal_works_as_before(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with defer_signals():
        assert signal.getsignal(number) is not before

    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_takes_the_cdk_along(
    number: signal.Signals, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", ENDLESS, str(tmp_path / "log")]
    with subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as it:
        assert it.stdout is not None
        grandchild = int(it.stdout.readline().split()[-1])

        it.send_signal(number)

        assert b"KeyboardInterrupt" in it.communicate(timeout=20)[1]
    wait_for(lambda: not is_alive(grandchild) or None, "the CDK's own child to end")


def test_nohup_keeps_a_command_running_when_its_terminal_closes() -> None:
    code = (
        "import os, signal; from cli.system.signal_handlers import install_signal_handlers;"
        "install_signal_handlers(); os.kill(os.getpid(), signal.SIGHUP); print('still here')"
    )
    words = ["nohup", sys.executable, "-c", code]

    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=True)

    assert done.stdout == "still here\n"


def test_a_ctrl_c_before_anything_is_imported_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HASTY)
    variables = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT)])}

    screen = kiban("status", "--sandbox", folder=tmp_path, variables=variables)

    assert require_one_line(screen, 130) == "interrupted"


def is_alive(pid: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    # What nobody has waited for is listed as Z, and is over.
    return listed.stdout.strip().startswith(("R", "S", "D"))
