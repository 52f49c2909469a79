import os
import signal

import pytest

from cli.interrupts import deferred


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_a_ctrl_c_waits_until_the_block_is_over() -> None:
    done = []

    with pytest.raises(KeyboardInterrupt), deferred():
        press_ctrl_c()
        done.append("the rest of the block")

    assert done == ["the rest of the block"]


def test_after_the_block_a_ctrl_c_works_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)

    with deferred():
        assert signal.getsignal(signal.SIGINT) is not before

    assert signal.getsignal(signal.SIGINT) is before
