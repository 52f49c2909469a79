import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from container.contract.atomic_files import write_atomically
from tests.container.support.world import PACKAGE


def test_a_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    write_atomically(tmp_path / "model", b"one")
    write_atomically(tmp_path / "model", b"two")

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"two"]


def test_where_there_is_no_room_the_file_before_stays_and_nothing_else(tmp_path: Path) -> None:
    write_atomically(tmp_path / "model", b"one")
    code = "import pathlib, sys; from container.contract.atomic_files import write_atomically; "
    code += "write_atomically(pathlib.Path(sys.argv[1]), b'x' * 10_000)"

    finished = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "model"],
        capture_output=True,
        text=True,
        cwd=PACKAGE.parent,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)),
    )

    assert "OSError" in finished.stderr
    assert finished.returncode != -signal.SIGXFSZ
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"one"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere/model", b"one")
