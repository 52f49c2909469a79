"""External commands of the build, and the libraries that they find."""

import sys
from pathlib import Path

import pytest

from container.image import commands, libraries, tree
from container.image.errors import ImageError


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


LDD = """/image/a.so:
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
    kept = (tmp_path / "var/lib/dpkg/status.d").iterdir()
    assert sorted(path.name for path in kept) == ["zlib1g", "zlib1g-dev"]
    assert asked.count("/nowhere/x") == 1

    monkeypatch.setattr("shutil.which", lambda name: None)
    assert libraries.copy_origins(tmp_path, paths) == []
