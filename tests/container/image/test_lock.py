import re
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from cli.containers import container_template
from container.image.packages import normal
from tests.container.support.world import PACKAGE

# Python and machine of the image, whatever this one is.
IMAGE = {
    "python_version": "3.12",
    "python_full_version": "3.12.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "os_name": "posix",
    "extra": "",
}


def wanted(lines: Iterable[str]) -> dict[str, str]:
    """What people wrote, as far as it is meant for the image."""
    found = (Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip())
    meant = [one for one in found if one.marker is None or one.marker.evaluate(IMAGE)]
    return {normal(one.name): str(one.specifier).removeprefix("==") for one in meant}


def locked(path: Path) -> dict[str, tuple[str, list[str]]]:
    """Version and hashes by name."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line.split() for line in text.splitlines() if not line.startswith("#")]
    found: dict[str, tuple[str, list[str]]] = {}
    for pin, *hashes in entries:
        name, _, version = pin.partition("==")
        found[name] = version, hashes
    return found


def versions(path: Path) -> dict[str, str]:
    return {name: version for name, (version, _) in locked(path).items()}


def files_of(folder: Path) -> list[str]:
    files = sorted(folder.glob("requirements*.txt"))
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(params=["ours", "new"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Our container, and one that begins with its shape."""
    if request.param == "ours":
        return PACKAGE
    return container_template.create_container("new", tmp_path)


def test_the_lock_is_what_people_wrote(folder: Path) -> None:
    assert versions(folder / "requirements.lock") == wanted(files_of(folder))


def test_every_locked_package_has_hashes_and_no_address(folder: Path) -> None:
    path = folder / "requirements.lock"

    for name, (_, hashes) in locked(path).items():
        assert hashes, name
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), name
    assert not re.search(r"://|index|find-links", path.read_text(encoding="utf-8"))


def test_what_the_packages_need_in_turn_is_locked(folder: Path) -> None:
    """By what the packages here say; the image's own pip has the last word when it builds."""
    found = versions(folder / "requirements.lock")
    needed = {
        (name, normal(needs.name))
        for name in found
        for needs in map(Requirement, metadata.requires(name) or [])
        if needs.marker is None or needs.marker.evaluate(IMAGE)
    }

    assert needed
    assert {(name, needs) for name, needs in needed if needs not in found} == set()


def test_a_forgotten_lock_is_seen() -> None:
    lines = files_of(PACKAGE)
    older = [line.replace("orjson==3", "orjson==2") for line in lines]

    assert wanted(lines) == versions(PACKAGE / "requirements.lock")
    assert wanted(older) != wanted(lines)
    assert wanted([*lines, "one-more==1.0"]) != wanted(lines)
