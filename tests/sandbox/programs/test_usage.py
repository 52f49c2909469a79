"""Processor and memory of programs, as /proc has them."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.programs import usage


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    usage.forget()
    monkeypatch.setattr(usage, "_PROC", tmp_path)
    (tmp_path / "self").mkdir()
    (tmp_path / "99").mkdir()  # ended meanwhile: it has no stat
    yield tmp_path
    usage.forget()


def write(proc: Path, pid: int, session: int, ticks: int, pages: int) -> None:
    """A line as proc(5) has it: utime, stime and rss are its fields 14, 15 and 24."""
    fields = [
        "S",
        "1",
        "1",
        str(session),
        *["0"] * 7,
        str(ticks),
        str(ticks),
        *["0"] * 8,
        str(pages),
    ]
    (proc / str(pid)).mkdir(exist_ok=True)
    (proc / str(pid) / "stat").write_text(f"{pid} (a) name) {' '.join(fields)} 0")


def test_the_processes_of_a_session_count_together(
    proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([10.0, 10.4, 12.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    second = os.sysconf("SC_CLK_TCK")
    write(proc, 7, 7, 0, 1)
    write(proc, 8, 7, second, 2)
    write(proc, 9, 9, second, 4)

    assert [name for name, _ in usage.percents([7])] == ["MemoryUtilization"]
    write(proc, 8, 7, 2 * second, 2)
    assert [name for name, _ in usage.percents([7])] == ["MemoryUtilization"]
    found = dict(usage.percents([7, 1234]))

    assert found["CPUUtilization"] == 100  # two seconds of processor in two seconds
    assert found["MemoryUtilization"] == pytest.approx(
        100
        * 3
        * os.sysconf("SC_PAGE_SIZE")
        / (os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    )


def test_a_machine_without_proc_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage, "_PROC", tmp_path / "none")

    assert list(usage.percents([os.getpid()])) == []
