import os
import signal
from pathlib import Path

import pytest

from cli.interrupts import deferred
from tests.cli.terminal import PROJECT, kiban, require_one_line

# Presses Ctrl-C at the first import of `cli.program`, when the command line has only begun.
HASTY = """
import os, signal, sys

class Hasty:
    def find_spec(self, name, path=None, target=None):
        if name == "cli.program":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Hasty())
"""


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


def test_a_ctrl_c_before_anything_is_imported_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HASTY)
    variables = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT)])}

    screen = kiban("status", "--sandbox", folder=tmp_path, variables=variables)

    assert require_one_line(screen, 130) == "interrupted"
