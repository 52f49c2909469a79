import json
import platform
import shutil
import struct
import sys
from importlib import metadata
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from container.image import (
    commands,
    interpreter,
    libraries,
    packages,
    sbom,
    symbols,
    system,
    tree,
)
from container.image.errors import ImageError


def a_library() -> Path:
    """Machine code with symbols, out of a wheel."""
    import uvloop.loop

    return Path(str(uvloop.loop.__file__))


def test_a_stripped_library_is_shorter_and_loads_the_same(tmp_path: Path) -> None:
    library = tmp_path / "loop.so"
    shutil.copy(a_library(), library)
    before = library.stat().st_size

    symbols.strip(library)

    assert library.stat().st_size < before / 2
    assert symbols.loaded_segments(library) == symbols.loaded_segments(a_library())
    assert list(tmp_path.iterdir()) == [library]


@pytest.mark.parametrize("place", ["content", "address"])
def test_a_library_that_strip_would_change_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    library = tmp_path / "loop.so"
    shutil.copy(a_library(), library)

    def damage(words: list[str], advice: str) -> str:
        content = bytearray(a_library().read_bytes())
        (start,) = struct.unpack_from("<Q", content, 0x20)
        # The address of the first segment, or a byte that it maps.
        content[start + 16 if place == "address" else 4096] ^= 1
        Path(words[words.index("-o") + 1]).write_bytes(content)
        return ""

    monkeypatch.setattr(commands, "run", damage)
    symbols.strip(library)

    assert library.read_bytes() == a_library().read_bytes()
    assert list(tmp_path.iterdir()) == [library]


def test_what_this_python_loads_is_copied_to_where_the_loader_looks(tmp_path: Path) -> None:
    interpreter.make(tmp_path)

    libraries.copy_needed(tmp_path)

    found = {path.name: path for path in tmp_path.glob("lib/**/*.so*")}
    assert "libc.so.6" in found
    assert len({path.parent for path in found.values() if path.name.startswith("libc.")}) == 1
    assert (tmp_path / "opt/venv/bin/python3").readlink().is_absolute()


def test_what_installs_or_logs_in_stays_outside(tmp_path: Path) -> None:
    interpreter.make(tmp_path)

    names = {path.name for path in tmp_path.rglob("*")}
    assert not names & {"ensurepip", "pip", "idlelib", "tkinter", "sqlite3", "Python.h"}
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert sorted(path.name for path in tmp_path.glob("**/bin/*")) == ["python3", own]


def test_a_library_that_is_nowhere_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = "\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibodd.so.1 => not found\n"
    monkeypatch.setattr(commands, "run_on_all", lambda words, paths, advice: answer)

    with pytest.raises(ImageError, match=r"image: libodd\.so\.1 is not on this machine"):
        libraries.copy_needed(tmp_path)


def test_scanners_find_whose_libraries_were_copied(tmp_path: Path) -> None:
    if shutil.which("dpkg-query") is None:
        pytest.skip("this system is not Debian's; the image's is")
    interpreter.make(tmp_path)

    records = libraries.copy_origins(tmp_path, libraries.copy_needed(tmp_path))

    assert "libc6" in {record["Package"] for record in records}
    assert all(record["Version"] and record["Architecture"] for record in records)
    assert (tmp_path / "var/lib/dpkg/status.d/libc6").read_text().startswith("Package: libc6\n")
    assert (tmp_path / "usr/share/doc/libc6/copyright").is_file()


def test_the_packages_lose_tests_headers_and_ways_into_networks(tmp_path: Path) -> None:
    gone = [
        *("numpy/tests/test_a.py", "numpy/_core/include/a.h", "bin/f2py", "pyarrow/_s3fs.so"),
        *("pyarrow/libarrow_flight.so.1", "pyarrow/libarrow_python.so", "a.dist-info/RECORD"),
    ]
    kept = ["numpy/a.py", "pyarrow/libarrow_python.so.26", "a.dist-info/METADATA", "a/testing.py"]
    for name in gone + kept:
        tree.put(tmp_path, name, "")

    packages.prune(tmp_path)

    assert sorted(
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()
    ) == sorted(kept)


def test_the_bill_is_valid_and_the_same_every_time(tmp_path: Path) -> None:
    site = Path(str(metadata.distribution("orjson").locate_file("")))
    origins = [{"Package": "libc6", "Version": "2.41-12", "Architecture": "amd64"}]
    texts = []
    for name in ("one", "two"):
        sbom.write(tmp_path / name, site, {"orjson": "0" * 64}, origins)
        texts.append((tmp_path / name / "opt/sbom.cdx.json").read_text(encoding="utf-8"))

    assert texts[0] == texts[1]
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(texts[0]) is None
    named = {component["name"]: component for component in json.loads(texts[0])["components"]}
    assert named["libc6"]["purl"] == "pkg:deb/debian/libc6@2.41-12?arch=amd64"
    assert named["orjson"]["purl"] == f"pkg:pypi/orjson@{metadata.version('orjson')}"
    assert named["orjson"]["hashes"] == [{"alg": "SHA-256", "content": "0" * 64}]
    assert "python" in named


def test_another_python_than_the_image_s_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "python_version_tuple", lambda: ("3", "11", "7"))

    with pytest.raises(ImageError, match=r"needs Python 3\.12 on Linux"):
        system.make(tmp_path / "root")
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_fails_is_explained_in_one_line() -> None:
    with pytest.raises(ImageError) as missing:
        commands.run(["no-such-program"], "install it")
    with pytest.raises(ImageError) as failed:
        commands.run(["ls", "/no-such-folder"], "look again")

    assert str(missing.value) == "image: no-such-program: not found; install it"
    assert str(failed.value).startswith("image: ls failed: ")
    assert str(failed.value).endswith("; look again")
    assert "\n" not in str(failed.value)
