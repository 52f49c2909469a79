import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import conformance
from conformance.harness.process_tree import is_running
from tests.cli.terminal import PROJECT
from tests.conformance import tiny
from tests.conformance.faults import PATIENT
from tests.journeys.world import wait_for

# A training that starts a process outside of its group, and never ends.
_ESCAPES = """
import subprocess
escaped = subprocess.Popen(["sleep", "600"], start_new_session=True)
pathlib.Path(PLACE).write_text(f"{os.getpid()} {escaped.pid}")
ENDLESS
if not rows:"""


def escaping(folder: Path, *, endless: bool) -> tuple[Path, Path]:
    """A container, and the file that will name the two processes of its training."""
    noted = folder / "noted"
    lines = _ESCAPES.replace("PLACE", repr(str(noted)))
    lines = lines.replace("ENDLESS", "time.sleep(600)" if endless else "")
    return tiny.container(folder / "tiny", {"bin/train": {"if not rows:": lines}}), noted


def processes(noted: Path) -> list[int]:
    found = wait_for(lambda: (noted.exists() and noted.read_text().split()) or None, "a training")
    return list(map(int, found))


def all_over(numbers: list[int]) -> bool | None:
    return not any(map(is_running, numbers)) or None


def test_what_leaves_its_process_group_is_ended_with_the_run(tmp_path: Path) -> None:
    folder, noted = escaping(tmp_path, endless=False)

    report = conformance.run(folder, only=["trains"], terms=PATIENT, search_path=os.environ["PATH"])

    assert report.keeps_the_contract
    assert all_over(processes(noted))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    folder, noted = escaping(tmp_path, endless=True)
    words = [sys.executable, "-m", "cli", "container", "test", str(folder)]
    clean = {**os.environ, "PYTHONPATH": str(PROJECT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        words, cwd=tmp_path, env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        started = processes(noted)

        run.send_signal(number)
        _, told = run.communicate(timeout=120)

    wait_for(lambda: all_over(started), "the training to end")
    if number != signal.SIGKILL:
        assert run.returncode == 130
        assert told.splitlines()[-1].endswith("interrupted; nothing was left running")
        assert not list(tmp_path.glob("conformance-*"))


def test_a_run_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    folder = tiny.container(tmp_path / "tiny")
    before = sorted(folder.rglob("*"))

    conformance.run(folder, only=["ping-is-quick-and-empty"], terms=PATIENT)

    assert list((tmp_path / "temporary").iterdir()) == []
    assert sorted(folder.rglob("*")) == before
