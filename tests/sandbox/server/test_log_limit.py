"""The log of a sandbox stays below its limit, and says what was cut."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.server import log_limit


@pytest.fixture
def log(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    path = tmp_path / "sandbox.log"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    yield path, descriptor
    os.close(descriptor)


def test_a_log_below_the_limit_is_left_alone(log: tuple[Path, int]) -> None:
    path, descriptor = log
    os.write(descriptor, b"line\n" * 20)

    log_limit.cut(descriptor, 100)

    assert path.read_bytes() == b"line\n" * 20


def test_the_oldest_lines_are_cut_and_what_is_written_next_follows(log: tuple[Path, int]) -> None:
    path, descriptor = log
    os.write(descriptor, b"".join(b"%09d\n" % number for number in range(100)))

    log_limit.cut(descriptor, 900)
    os.write(descriptor, b"next\n")

    first, *rest = path.read_text().splitlines()
    assert first == "sandbox: 560 bytes before this line were cut"
    assert rest == [*(f"{number:09d}" for number in range(56, 100)), "next"]


def test_a_running_sandboxs_log_is_cut(
    log: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, descriptor = log
    monkeypatch.setattr(log_limit, "LIMIT_BYTES", 100)
    monkeypatch.setattr(log_limit, "_INTERVAL_SECONDS", 0.001)
    os.write(descriptor, b"line\n" * 1000)
    until = threading.Event()

    watcher = log_limit.watch(descriptor, until)

    while path.stat().st_size > 200:
        pass
    until.set()
    # It may be about to look at the file once more.
    assert watcher is not None
    watcher.join()


def test_what_is_no_log_is_not_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*given: object) -> None:
        raise AssertionError

    monkeypatch.setattr(log_limit, "_watch", nobody)
    for flags in (os.O_RDWR, os.O_WRONLY | os.O_APPEND):
        descriptor = os.open(tmp_path / "file", flags | os.O_CREAT)
        assert not log_limit._is_log(descriptor)
        assert log_limit.watch(descriptor, threading.Event()) is None
        os.close(descriptor)
