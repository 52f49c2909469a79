import os
from pathlib import Path

from tests.cli.terminal import PROJECT, Screen, kiban, require_one_line

# Presses Ctrl-C at the first import of `cli.program`, when the command line has only begun.
HASTY = """
import os, signal, sys

class Hasty:
    def find_spec(self, name, path=None, target=None):
        if name == "cli.program":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Hasty())
"""


def test_a_ctrl_c_before_anything_is_imported_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HASTY)
    variables = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT)])}

    screen = kiban("status", "--sandbox", folder=tmp_path, variables=variables)

    assert require_one_line(screen, 130) == "interrupted"


def test_a_stream_without_our_marks_is_no_failure(started: tuple[Path, Screen]) -> None:
    screen = kiban("doctor", folder=started[0], variables={"PYTHONIOENCODING": "ascii"})

    assert screen.code == 1
    assert "unexpected" not in screen.err
