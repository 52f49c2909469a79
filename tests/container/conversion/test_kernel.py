"""What is asked of the Linux kernel, and what is said when it refuses."""

import ctypes
import signal
import struct
from typing import Any

import pytest

from container.conversion.kernel import restrict_process

# linux/sched.h and linux/prctl.h
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000
DEATH_SIGNAL, NO_NEW_PRIVILEGES = 1, 38
CREATE_RULESET, RESTRICT_SELF = 444, 446


class Library:
    """A kernel of which Landlock has this version."""

    def __init__(self, version: int = 6, *, unshares: tuple[int, ...] = (NEW_NETWORK,)) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.rights: tuple[int, ...] = ()
        self.version = version
        self.handle = 7
        self.restricted = 0
        self._unshares = unshares

    def unshare(self, flags: int) -> int:
        self.calls.append(("unshare", flags))
        return 0 if flags in self._unshares else -1

    def prctl(self, *arguments: int) -> int:
        self.calls.append(("prctl", *arguments))
        return 0

    def syscall(self, number: int, *arguments: Any) -> int:
        if number == CREATE_RULESET and arguments[0] is None:
            return self.version if arguments[2] == 1 else -1
        if number == CREATE_RULESET:
            self.rights = struct.unpack("=3Q", arguments[0])
            assert arguments[1].value == 24
            return self.handle
        assert number == RESTRICT_SELF
        self.calls.append(("restrict", *arguments))
        return self.restricted


def restrict(monkeypatch: pytest.MonkeyPatch, library: object) -> str:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    return restrict_process()


def test_a_process_gives_up_the_network_files_and_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = Library()

    assert restrict(monkeypatch, library) == ""
    assert library.calls == [
        ("prctl", DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0),
        ("unshare", NEW_NETWORK),
        ("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0),
        ("restrict", 7, 0),
    ]


# https://docs.kernel.org/userspace-api/landlock.html: bits 2 and 3 are to read files and folders.
READING = 0b1100


@pytest.mark.parametrize(
    ("version", "files", "network", "others"),
    [
        (1, (1 << 13) - 1, 0, 0),
        (2, (1 << 14) - 1, 0, 0),
        (3, (1 << 15) - 1, 0, 0),
        (4, (1 << 15) - 1, 0b11, 0),
        (5, (1 << 15) - 1, 0b11, 0),
        (6, (1 << 15) - 1, 0b11, 0b11),
    ],
)
def test_a_kernel_is_asked_for_all_rights_that_it_knows_but_reading(
    monkeypatch: pytest.MonkeyPatch, version: int, files: int, network: int, others: int
) -> None:
    library = Library(version)

    assert restrict(monkeypatch, library) == ""
    assert library.rights == (files & ~READING, network, others)


@pytest.mark.parametrize(
    ("unshares", "calls", "missing"),
    [
        ((NEW_NETWORK,), 1, ""),
        ((NEW_NETWORK | NEW_USER,), 2, ""),
        ((), 2, "the network"),
    ],
)
def test_the_network_is_given_up_as_root_or_as_root_of_a_namespace(
    monkeypatch: pytest.MonkeyPatch, unshares: tuple[int, ...], calls: int, missing: str
) -> None:
    library = Library(unshares=unshares)

    assert restrict(monkeypatch, library) == missing
    assert sum(call[0] == "unshare" for call in library.calls) == calls


@pytest.mark.parametrize(
    "broken", [{"version": 0}, {"version": -1}, {"handle": -1}, {"restricted": -1}]
)
def test_files_that_the_kernel_leaves_open_are_told(
    monkeypatch: pytest.MonkeyPatch, broken: dict[str, int]
) -> None:
    library = Library()
    vars(library).update(broken)

    assert restrict(monkeypatch, library) == "files and programs"
    assert restrict(monkeypatch, Library(0, unshares=())) == "the network and files and programs"


def test_a_handle_of_0_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    library.handle = 0

    assert restrict(monkeypatch, library) == ""


def test_another_system_than_linux_closes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert restrict(monkeypatch, object()) == "the network, files and programs"
