"""Files of the image: copied, removed, compiled and made the same each time."""

import struct
from pathlib import Path

import pytest

from container.image import packages, tree
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
