"""Memory that is left, by what Linux tells of the machine, the container and the process."""

import resource
from pathlib import Path

import pytest

from container.contract import memory
from container.contract.memory import available_bytes

PAGE = 4096
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 1,000 KiB free of 2,000 pages, no container, no limit of the process."""
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    monkeypatch.setattr(memory, "_MEASURES", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_SELF", tmp_path / "statm")
    monkeypatch.setattr(
        "os.sysconf", lambda name: {"SC_PAGE_SIZE": PAGE, "SC_PHYS_PAGES": 2_000}[name]
    )
    monkeypatch.setattr("resource.getrlimit", lambda kind: UNLIMITED)
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:   1000 kB\nMemFree: 5 kB\n")
    (tmp_path / "statm").write_text("100 20 3 4 5 60 0")
    return tmp_path


def test_the_machine_tells_what_is_free(machine: Path) -> None:
    assert available_bytes() == 1_000 * 1024


@pytest.mark.parametrize("content", [None, "MemTotal: 9 kB\n"])
def test_a_machine_that_does_not_tell_has_all_of_its_memory(
    machine: Path, content: str | None
) -> None:
    (machine / "meminfo").unlink()
    if content:
        (machine / "meminfo").write_text(content)

    assert available_bytes() == 2_000 * PAGE


@pytest.mark.parametrize(
    ("limit", "used", "left"),
    [
        ("900000", "100000", 800_000),
        ("900000\n", "900001\n", 0),
        ("max", "100000", 1_000 * 1024),
        ("900000", "x", 1_000 * 1024),
        ("900000", None, 1_000 * 1024),
        (None, "100000", 1_000 * 1024),
    ],
)
def test_a_container_may_have_less(
    machine: Path, limit: str | None, used: str | None, left: int
) -> None:
    for name, text in (("memory.max", limit), ("memory.current", used)):
        if text is not None:
            (machine / name).write_text(text)

    assert available_bytes() == left


@pytest.mark.parametrize(
    ("kind", "limit", "left"),
    [
        (resource.RLIMIT_AS, 110 * PAGE, 10 * PAGE),
        (resource.RLIMIT_DATA, 65 * PAGE, 5 * PAGE),
        (resource.RLIMIT_DATA, 60 * PAGE, 0),
        (resource.RLIMIT_CORE, 1, 1_000 * 1024),
    ],
)
def test_a_process_may_have_less(
    machine: Path, monkeypatch: pytest.MonkeyPatch, kind: int, limit: int, left: int
) -> None:
    monkeypatch.setattr(
        "resource.getrlimit", lambda asked: (limit, limit) if asked == kind else UNLIMITED
    )

    assert available_bytes() == left


@pytest.mark.parametrize("content", [None, "1 x"])
def test_a_process_that_does_not_know_what_it_uses_has_no_limit(
    machine: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda kind: (1, 1))
    (machine / "statm").unlink()
    if content:
        (machine / "statm").write_text(content)

    assert available_bytes() == 1_000 * 1024


@pytest.mark.parametrize("name", ["_CGROUP", "_MEASURES", "_SELF"])
def test_another_error_than_an_unreadable_file_is_not_swallowed(
    machine: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    class Broken:
        def __truediv__(self, other: str) -> "Broken":
            return self

        def read_text(self) -> str:
            raise ZeroDivisionError

    monkeypatch.setattr(memory, name, Broken())

    with pytest.raises(ZeroDivisionError):
        available_bytes()
