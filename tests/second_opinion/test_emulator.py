"""The other emulator stays on this machine, and its absence is one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.second_opinion import emulator, guarded_start

GUARDED = """
import socket, subprocess, sys
from pathlib import Path
sys.path.insert(0, {folder!r})
import guarded_start
guarded_start.guard(Path({notes!r}))
{line}
"""


@pytest.mark.parametrize(
    ("line", "noted"),
    [
        ("socket.create_connection(('192.0.2.1', 9))", "socket.getaddrinfo 192.0.2.1\n"),
        ("socket.socket().connect(('192.0.2.1', 9))", "socket.connect 192.0.2.1\n"),
        ("socket.socket().bind(('0.0.0.0', 0))", "socket.bind 0.0.0.0\n"),
        (
            "socket.getaddrinfo('localhost.localstack.cloud', 1)",
            "socket.getaddrinfo localhost.local",
        ),
        ("subprocess.run(['true'])", "subprocess.Popen a program: true\n"),
        ("socket.socket().bind(('127.0.0.1', 0))", ""),
    ],
)
def test_what_leaves_this_machine_is_refused_and_noted(
    tmp_path: Path, line: str, noted: str
) -> None:
    notes = tmp_path / "notes"
    folder = str(Path(guarded_start.__file__).parent)
    program = GUARDED.format(folder=folder, notes=str(notes), line=line)

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (done.returncode != 0) is bool(noted)
    assert ("PermissionError" in done.stderr) is bool(noted)
    assert notes.exists() is bool(noted)
    assert not noted or notes.read_text().startswith(noted)


def test_an_emulator_that_is_not_installed_is_a_reason_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(emulator, "PYTHON", tmp_path / "python")
    reason = emulator.reason_against()

    assert reason == "no second opinion: ministack is not installed; make acceptance installs it"
    (tmp_path / "python").touch()
    assert emulator.reason_against() == ""
