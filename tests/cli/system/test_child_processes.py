import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.system.child_processes import process_group
from tests.cli.processes import is_alive, running
from tests.cli.terminal import PROJECT
from tests.journeys.world import wait_for

# Starts a CDK command that outlives everybody, says which process it is, and waits for it.
ENDLESS = """
import sys
from pathlib import Path
from cli.deployment import cdk_command
from cli.system.signal_handlers import install_signal_handlers
from tests.cli.deployment.test_cdk_command import dev

install_signal_handlers()
cdk_command.run_cdk(dev(), ["sh", "-c", "sleep 60 & echo Error: $!; wait"], Path(sys.argv[1]),
           lambda progress: print(progress.lines[-1], flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_takes_the_cdk_along(
    number: signal.Signals, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", ENDLESS, str(tmp_path / "log")]
    with subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as it:
        assert it.stdout is not None
        grandchild = int(it.stdout.readline().split()[-1])

        it.send_signal(number)

        assert b"KeyboardInterrupt" in it.communicate(timeout=120)[1]
    wait_for(lambda: not is_alive(grandchild) or None, "the CDK's own child to end")


def started(script: str) -> subprocess.Popen[bytes]:
    """A shell that is the leader of a process group, as every child of the command line is."""
    words = ["sh", "-c", script]
    return subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True)


def members(child: subprocess.Popen[bytes]) -> list[str]:
    return [one.command for one in running() if one.group == child.pid]


def test_a_worker_that_outlives_its_parent_ends_with_the_block() -> None:
    with process_group(lambda: started("sleep 60 & exit 0")) as child:
        child.wait()
        # For a moment the worker is still a copy of the shell, under the shell's name.
        wait_for(lambda: members(child) == ["sleep 60"] or None, "the worker to begin")

    wait_for(lambda: members(child) == [] or None, "the worker to end")


def test_a_process_that_ignores_sigterm_is_killed_after_the_leader_has_ended() -> None:
    stubborn = "(trap '' TERM; echo ready; while :; do sleep 1; done) & wait"

    with process_group(lambda: started(stubborn)) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"

    wait_for(lambda: members(child) == [] or None, "every process to end")
    assert child.returncode == -signal.SIGTERM


def test_a_signal_while_a_child_starts_leaves_no_process() -> None:
    children = []

    def start() -> subprocess.Popen[bytes]:
        children.append(started("sleep 60"))
        os.kill(os.getpid(), signal.SIGINT)
        return children[0]

    with pytest.raises(KeyboardInterrupt), process_group(start):
        raise AssertionError("the block does not begin")

    assert members(children[0]) == []


def test_an_error_in_the_block_ends_the_child_and_is_raised() -> None:
    with (
        pytest.raises(ZeroDivisionError),
        process_group(lambda: started("sleep 60 & wait")) as child,
    ):
        raise ZeroDivisionError

    wait_for(lambda: members(child) == [] or None, "every process to end")
