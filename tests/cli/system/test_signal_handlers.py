import os
import signal
import subprocess
import sys

import pytest

from cli.system.signal_handlers import defer_signals
from tests.cli.terminal import PROJECT

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


def test_a_signal_that_is_ignored_stays_ignored_in_the_block() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with defer_signals():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_nohup_keeps_a_command_running_when_its_terminal_closes() -> None:
    code = (
        "import os, signal; from cli.system.signal_handlers import install_signal_handlers;"
        "install_signal_handlers(); os.kill(os.getpid(), signal.SIGHUP); print('still here')"
    )
    words = ["nohup", sys.executable, "-c", code]

    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=True)

    assert done.stdout == "still here\n"
