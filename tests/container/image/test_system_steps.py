"""The system layer of the image, with steps that only remember that they were taken."""

import platform
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from container.image import interpreter, libraries, packages, sbom, symbols, system, tree
from container.image.errors import ImageError

PYTHON_3_12 = ("3", "12", "1")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    taken: list[str] = []

    def step(module: Any, name: str, answer: Any = None) -> None:
        def take(*_: Any) -> Any:
            taken.append(f"{module.__name__.rpartition('.')[2]}.{name}")
            return answer

        monkeypatch.setattr(module, name, take)

    step(interpreter, "make")
    step(packages, "install", {})
    step(libraries, "copy_needed", [])
    step(libraries, "copy_origins", [])
    step(symbols, "strip")
    step(tree, "compile_all")
    step(sbom, "write")
    step(tree, "normalise_files")
    monkeypatch.setattr(tree, "binaries", lambda root: iter([root / "a.so", root / "b.so"]))
    release = tmp_path / "os-release"
    release.write_text("NAME=x")
    monkeypatch.setattr(system, "_RELEASE", release)
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "python_version_tuple", lambda: PYTHON_3_12)
    return taken


def test_every_step_is_taken_once_and_every_library_stripped(
    steps: list[str], tmp_path: Path
) -> None:
    root = tmp_path / "out" / "root"

    system.make(root)

    assert steps == [
        *("interpreter.make", "packages.install", "libraries.copy_needed"),
        *("libraries.copy_origins", "symbols.strip", "symbols.strip"),
        *("tree.compile_all", "sbom.write", "tree.normalise_files"),
    ]
    assert (root / "etc/passwd").read_text() == "root:x:0:0:root:/root:/sbin/nologin\n"
    assert (root / "etc/group").read_text() == "root:x:0:\n"
    assert "hosts: files dns" in (root / "etc/nsswitch.conf").read_text()
    modes = {name: (root / name).stat().st_mode & 0o7777 for name in ("tmp", "root", "opt/ml")}
    assert modes == {"tmp": 0o1777, "root": 0o700, "opt/ml": 0o755}
    assert [path.name for path in root.parent.iterdir()] == ["root"]
    assert list(root.rglob("os-release"))


def test_a_folder_that_is_there_already_gets_its_mode_too(
    steps: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "make", lambda root: (root / "tmp").mkdir())
    monkeypatch.setattr(system, "_RELEASE", tmp_path / "missing")

    system.make(tmp_path / "root")

    assert (tmp_path / "root/tmp").stat().st_mode & 0o7777 == 0o1777
    assert not list((tmp_path / "root").rglob("os-release"))


def test_nothing_is_left_of_a_build_that_fails(
    steps: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(root: Path) -> None:
        raise ImageError("no")

    monkeypatch.setattr(tree, "normalise_files", broken)

    with pytest.raises(ImageError):
        system.make(tmp_path / "out" / "root")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("machine", "version"),
    [("Darwin", PYTHON_3_12), ("Linux", ("3", "11", "1")), ("Linux", ("3", "13", "0"))],
)
def test_another_python_or_system_builds_nothing(
    steps: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    machine: str,
    version: tuple[str, ...],
) -> None:
    monkeypatch.setattr(platform, "system", lambda: machine)
    monkeypatch.setattr(platform, "python_version_tuple", lambda: version)

    with pytest.raises(ImageError, match=r"needs Python 3\.12 on Linux; run it with python3\.12"):
        system.make(tmp_path / "out" / "root")
    assert steps == []


class Package:
    """A package that describes itself with these headers."""

    name = "Some_Package"
    version = "1.0"

    def __init__(self, *headers: tuple[str, str]) -> None:
        self.metadata = Message()
        for name, text in headers:
            self.metadata[name] = text


MIT = ("Classifier", "License :: OSI Approved :: MIT License")


@pytest.mark.parametrize(
    ("headers", "licences"),
    [
        ([], None),
        ([("License-Expression", "MIT"), MIT], [{"expression": "MIT"}]),
        ([MIT, ("License", "text")], [{"license": {"name": "MIT License"}}]),
        ([("Classifier", "Topic :: x"), ("License", "BSD")], [{"license": {"name": "BSD"}}]),
        ([("License", "  ")], None),
    ],
)
def test_a_package_states_its_licence_or_it_is_taken_from_its_own_words(
    headers: list[tuple[str, str]], licences: object
) -> None:
    given: Any = Package(*headers)

    found = sbom._of_python(given, {})

    assert found.get("licenses") == licences
    assert found["purl"] == "pkg:pypi/some-package@1.0"
    assert "hashes" not in found


def test_a_package_whose_file_is_known_has_its_hash() -> None:
    given: Any = Package()

    found = sbom._of_python(given, {"some-package": "ab"})

    assert found["hashes"] == [{"alg": "SHA-256", "content": "ab"}]
