"""Files of the image: copied, removed, compiled and made the same each time."""

import os
import struct
import sys
from pathlib import Path

import pytest

from container.image import commands, libraries, packages, symbols, tree
from container.image.errors import ImageError

ELF = b"\x7fELF"


def files(folder: Path, *names: str, content: bytes = b"") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_inside_the_image_where_its_path_says(tmp_path: Path) -> None:
    tree.put(tmp_path, "/etc/a/b", "é")
    files(tmp_path, "source", content=b"x")
    (tmp_path / "link").symlink_to("source")
    root = tmp_path / "root"

    tree.copy(root, tmp_path / "link", "/usr/lib/c")
    tree.copy(root, tmp_path / "source")

    assert (tmp_path / "etc/a/b").read_text(encoding="utf-8") == "é"
    assert not (root / "usr/lib/c").is_symlink()
    assert (root / "usr/lib/c").read_bytes() == b"x"
    assert (root / str(tmp_path).lstrip("/") / "source").read_bytes() == b"x"


def test_what_was_removed_with_its_folder_is_not_missed(tmp_path: Path) -> None:
    files(tmp_path, "tests/tests/x", "y")

    tree.remove(tmp_path, ["**/tests"])

    assert below(tmp_path) == ["y"]


def test_what_matches_is_removed_and_what_links_lead_to_stays(tmp_path: Path) -> None:
    files(tmp_path, "a/tests/x", "b/tests", "kept/x", "a/y")
    (tmp_path / "c").mkdir()
    (tmp_path / "c/tests").symlink_to(tmp_path / "kept")

    tree.remove(tmp_path, ["**/tests", "nothing"])

    assert below(tmp_path) == ["a/y", "kept/x"]
    assert not (tmp_path / "c/tests").is_symlink()


def test_programs_and_libraries_are_found_by_their_first_bytes(tmp_path: Path) -> None:
    files(tmp_path, "b.so", "a/program", content=ELF + b"more")
    files(tmp_path, "text", content=b"\x7fEL")
    (tmp_path / "link.so").symlink_to("b.so")

    assert [path.name for path in tree.binaries(tmp_path)] == ["program", "b.so"]


def test_modules_are_compiled_as_they_are_named_in_the_image(tmp_path: Path) -> None:
    deep = "/".join("x" * 1 for _ in range(20))
    files(tmp_path, "a.py", f"{deep}/b.py", content=b"def f():\n    pass\n")

    tree.compile_all(tmp_path, tmp_path, "/opt/program")

    compiled = [path for path in tmp_path.rglob("*.pyc")]
    assert len(compiled) == 2
    for path in compiled:
        content = path.read_bytes()
        # PEP 552: a hash that is not compared with the source.
        assert struct.unpack_from("<I", content, 4) == (1,)
        assert b"/opt/program/" in content
        assert str(tmp_path).encode() not in content


def test_a_module_that_does_not_compile_ends_the_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files(tmp_path, "a.py", content=b"def")

    with pytest.raises(ImageError, match="does not compile; see the lines above"):
        tree.compile_all(tmp_path, tmp_path)
    assert "a.py" in capsys.readouterr().out


def test_every_file_has_the_same_time_and_only_programs_may_run(tmp_path: Path) -> None:
    files(tmp_path, "bin/program", "lib/x.so.1", "lib/text", "bin/sub/text")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "private").mkdir(mode=0o700)

    tree.normalise_files(tmp_path)

    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700

    modes = {name: (tmp_path / name).stat().st_mode & 0o777 for name in below(tmp_path)}
    assert modes == {
        "bin/program": 0o755,
        "bin/sub/text": 0o644,
        "lib/text": 0o644,
        "lib/x.so.1": 0o755,
    }
    times = {path.lstat().st_mtime for path in (tmp_path, *tmp_path.rglob("*"))}
    # The first second that an archive of the ZIP kind knows: 1980.
    assert times == {315_532_800}


def test_a_folder_is_as_large_as_its_files(tmp_path: Path) -> None:
    files(tmp_path, "a", "b/c", content=b"12345")

    assert tree.size_bytes(tmp_path) == 10


NEEDED = [
    *("numpy/core/a.py", "numpy/core/a.so", "pyarrow/libarrow.so.2300", "pyarrow/lib.so"),
    *("pyarrow/libarrow_python.so.2300", "x.dist-info/METADATA", "matplotlib/mpl-data/fonts/a.ttf"),
]
NOT_NEEDED = [
    *("bin/f2py", "numpy/tests/a.py", "numpy/_x_tests.cpython.so", "a/include/b.txt", "a/b.h"),
    *("a/b.hpp", "a/b.a", "a/b.lib", "a/b.pxd", "a/b.pyx", "a/b.pxi", "a/b.pyi"),
    *("pyarrow/src/x", "pyarrow/libarrow_flight.so", "pyarrow/_s3fs.so", "pyarrow/_gcsfs.so"),
    *("pyarrow/_azurefs.so", "pyarrow/_hdfs.so", "pyarrow/_pyarrow_cpp_tests.so"),
    *("pyarrow/libarrow_python.so", "pyarrow/libarrow_python.so.2300.0.0"),
    *("x.dist-info/RECORD", "x.dist-info/REQUESTED", "x.dist-info/direct_url.json"),
    "matplotlib/mpl-data/sample_data/a.csv",
]


@pytest.mark.parametrize("name", NOT_NEEDED)
def test_what_no_running_program_needs_is_pruned(tmp_path: Path, name: str) -> None:
    files(tmp_path, *NEEDED, name)

    packages.prune(tmp_path)

    assert below(tmp_path) == sorted(NEEDED)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Scikit_Learn", "scikit-learn"), ("a.-_b", "a-b"), ("numpy", "numpy")],
)
def test_a_package_has_one_name_however_it_is_written(name: str, expected: str) -> None:
    assert packages.normal(name) == expected


def test_a_command_that_is_not_there_or_fails_ends_the_build_with_advice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("LC_ALL", "de_DE")

    with pytest.raises(ImageError, match=r"^image: no-such: not found; install it$"):
        commands.run(["no-such"], "install it")
    python = [sys.executable, "-c"]
    with pytest.raises(ImageError, match=r" failed: second; advice$"):
        commands.run([*python, "import sys; sys.exit('first\\nsecond')"], "advice")
    with pytest.raises(ImageError, match=r" failed: out; advice$"):
        commands.run([*python, "print('out'); raise SystemExit(1)"], "advice")
    with pytest.raises(ImageError, match=r" failed: no output; advice$"):
        commands.run([*python, "raise SystemExit(1)"], "advice")
    seen = "import os; print(os.environ.get('PYTHONHASHSEED'), os.environ['LC_ALL'])"
    assert commands.run([*python, seen], "") == "None C\n"


@pytest.mark.parametrize(("count", "calls"), [(0, []), (200, [200]), (401, [200, 200, 1])])
def test_a_command_gets_two_hundred_files_at_a_time(
    monkeypatch: pytest.MonkeyPatch, count: int, calls: list[int]
) -> None:
    seen: list[int] = []

    def run(words: list[str], advice: str) -> str:
        assert (words[0], advice) == ("ldd", "advice")
        seen.append(len(words) - 1)
        return "."

    monkeypatch.setattr(commands, "run", run)

    assert commands.run_on_all(["ldd"], map(str, range(count)), "advice") == "." * len(calls)
    assert seen == calls


LDD = """/root/a.so:
\tlinux-vdso.so.1 (0x1)
\tlibz.so.1 => /lib/libz.so.1 (0x2)
\tlibown.so => {root}/opt/libown.so (0x3)
\tlibc.so.6 => /lib/libc.so.6 (0x4)
\t/lib64/ld-linux.so.2 (0x5)
"""


def listed(monkeypatch: pytest.MonkeyPatch, root: Path, text: str) -> list[tuple[str, str]]:
    """What is copied where, for what ldd says."""
    copied: list[tuple[str, str]] = []
    monkeypatch.setattr(commands, "run_on_all", lambda *_: text.replace("{root}", str(root)))
    monkeypatch.setattr(
        tree, "copy", lambda _, source, place: copied.append((str(source), str(place)))
    )
    sources = libraries.copy_needed(root)
    assert sources == sorted(source for source, _ in copied)
    return copied


def test_libraries_from_outside_lie_beside_the_c_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert listed(monkeypatch, tmp_path, LDD.replace("/lib/libz", "/opt/other/libz")) == [
        ("/lib64/ld-linux.so.2", "/lib64/ld-linux.so.2"),
        ("/lib/libc.so.6", "/lib/libc.so.6"),
        ("/opt/other/libz.so.1", "/lib/libz.so.1"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("/lib/libz.so.1 (0x2)", "not found", "image: libz.so.1 is not on this machine, but a"),
        ("libc.so.6", "libmusl.so", "image: no program links to libc.so.6; use a Python built"),
    ],
)
def test_a_library_that_is_missing_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(ImageError, match=complaint):
        listed(monkeypatch, tmp_path, LDD.replace(old, new))


def test_each_package_leaves_its_record_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def run(words: list[str], advice: str) -> str:
        if words[1] == "--status":
            return f"Package: {words[2]}\nVersion: 1\nDescription: x\n more\n"
        asked.append(words[2])
        if words[2] == "/lib/libz.so.1":
            return "zlib1g:amd64: /lib/libz.so.1\nzlib1g-dev:amd64: /lib/libz.so.1\n"
        raise ImageError("no such file")

    monkeypatch.setattr(commands, "run", run)
    monkeypatch.setattr("shutil.which", lambda name: "/bin/" + name)

    paths = ["/usr/lib/libz.so.1", "/nowhere/x", "/usr/lib/libz.so.1"]
    records = libraries.copy_origins(tmp_path, paths)

    assert [record["Package"] for record in records] == ["zlib1g-dev:amd64", "zlib1g:amd64"]
    assert records[0]["Version"] == "1"
    assert below(tmp_path / "var/lib/dpkg/status.d") == ["zlib1g", "zlib1g-dev"]
    assert asked.count("/nowhere/x") == 1

    monkeypatch.setattr("shutil.which", lambda name: None)
    assert libraries.copy_origins(tmp_path, paths) == []


def elf(*segments: tuple[int, int, bytes], tail: bytes = b"") -> bytes:
    """A file with so many segments (kind, address, content), one behind the other."""
    start, size = 64, 56
    place = start + size * len(segments)
    headers, content = b"", b""
    for kind, address, part in segments:
        headers += struct.pack("<IIQQQQQQ", kind, 5, place, address, 0, len(part), len(part), 16)
        content += part
        place += len(part)
    head = bytearray(64)
    struct.pack_into("<Q", head, 0x20, start)
    struct.pack_into("<HH", head, 0x36, size, len(segments))
    return bytes(head) + headers + content + tail


CODE, DYNAMIC, NOTE = (1, 0, b"code"), (2, 16, b"data"), (4, 32, b"note")


@pytest.mark.parametrize(
    ("stripped", "same"),
    [
        (elf(CODE, DYNAMIC, NOTE), True),
        (elf(CODE, DYNAMIC, (4, 32, b"n0te")), True),
        (elf((1, 0, b"c0de"), DYNAMIC, NOTE), False),
        (elf(CODE, (2, 16, b"d@ta"), NOTE), False),
        (elf((1, 1, b"code"), DYNAMIC, NOTE), False),
        (elf(CODE, NOTE), False),
    ],
)
def test_a_file_is_stripped_only_if_it_is_loaded_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stripped: bytes, same: bool
) -> None:
    library = tmp_path / "a.so"
    whole = elf(CODE, DYNAMIC, NOTE, tail=b"symbols")
    library.write_bytes(whole)

    def run(words: list[str], advice: str) -> str:
        assert words[:3] == ["strip", "--strip-unneeded", "-o"]
        Path(words[3]).write_bytes(stripped)
        return ""

    monkeypatch.setattr(commands, "run", run)

    symbols.strip(library)

    assert library.read_bytes() == (stripped if same else whole)
    assert os.listdir(tmp_path) == ["a.so"]
