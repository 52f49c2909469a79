"""The lock files hold what the requirement files say, with hashes and without addresses."""

import re
from collections import defaultdict
from collections.abc import Iterable
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPO = Path(__file__).parents[1]
FILES = sorted(REPO.glob("requirements*.txt"))
# Each installs everything of the one before.
CHAIN = ("requirements", "requirements-docs", "requirements-dev")

Versions = dict[str, set[str]]


def lines_of(path: Path) -> list[str]:
    """The requirements of a file and of the files that it names."""
    found: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.split("#")[0].strip()
        if text.startswith("-r "):
            found += lines_of(path.parent / text.removeprefix("-r "))
        elif text:
            found.append(text)
    return found


def wanted(lines: Iterable[str]) -> Versions:
    found: Versions = defaultdict(set)
    for requirement in map(Requirement, lines):
        found[canonicalize_name(requirement.name)].add(str(requirement.specifier))
    return found


def entries(lock: Path) -> list[tuple[Requirement, list[str]]]:
    """Each locked package with its hashes."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    split = [re.split(r"\s+(?=--hash)", line.strip()) for line in lines]
    return [(Requirement(pin), hashes) for pin, *hashes in split]


def locked(lock: Path) -> Versions:
    return wanted(str(requirement) for requirement, _ in entries(lock))


def missing(lines: Iterable[str], lock: Path) -> Versions:
    """What the lock does not hold of these requirements."""
    found = locked(lock)
    return {
        name: versions for name, versions in wanted(lines).items() if found.get(name) != versions
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_requirement_is_one_exact_version(file: Path) -> None:
    assert lines_of(file)
    for line in lines_of(file):
        assert re.fullmatch(r"==[^*,=]+", str(Requirement(line).specifier)), line


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_requirement_is_in_its_lock_with_the_same_version(file: Path) -> None:
    assert missing(lines_of(file), file.with_suffix(".lock")) == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_locked_package_has_hashes_and_no_address(file: Path) -> None:
    lock = file.with_suffix(".lock")

    for requirement, hashes in entries(lock):
        assert hashes, requirement
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), requirement
    assert not re.search(r"://|index|find-links", lock.read_text(encoding="utf-8"))


def test_each_lock_holds_everything_of_the_one_before() -> None:
    locks = [locked(REPO / f"{name}.lock") for name in CHAIN]

    for smaller, larger in pairwise(locks):
        assert smaller.items() < larger.items()


@pytest.mark.parametrize("name", CHAIN)
def test_what_the_locked_packages_need_in_turn_is_locked(name: str) -> None:
    found = locked(REPO / f"{name}.lock")
    here = [
        requirement
        for requirement, _ in entries(REPO / f"{name}.lock")
        if requirement.marker is None or requirement.marker.evaluate()
    ]
    needed = {
        (requirement.name, canonicalize_name(needs.name))
        for requirement in here
        for needs in map(Requirement, metadata.requires(requirement.name) or [])
        if needs.marker is None or needs.marker.evaluate({"extra": ""})
    }

    assert needed
    assert {(package, needs) for package, needs in needed if needs not in found} == set()


def test_a_forgotten_lock_is_seen() -> None:
    lines, lock = lines_of(FILES[-1]), FILES[-1].with_suffix(".lock")
    newer = [line.replace("boto3==1", "boto3==2") for line in lines]

    assert missing(lines, lock) == {}
    assert set(missing(newer, lock)) == {"boto3"}
    assert set(missing([*lines, "one-more==1.0"], lock)) == {"one-more"}
