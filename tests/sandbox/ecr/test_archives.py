"""An archive that would write elsewhere, or too much, is refused before its first file."""

import stat
import zipfile
from pathlib import Path

import pytest

from sandbox.ecr import archives
from sandbox.ecr.archives import UnsafeArchive, unpack

LINK = 0o120777 << 16


def archive(folder: Path, *names: str, mode: int = 0, text: str = "x") -> Path:
    path = folder / "source.zip"
    with zipfile.ZipFile(path, "w") as target:
        for name in names:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16 if mode < LINK else mode
            target.writestr(entry, text)
    return path


def test_files_come_with_what_they_may_do(tmp_path: Path) -> None:
    unpack(archive(tmp_path, "a/b.txt", "bin/train"), tmp_path / "out")
    (tmp_path / "second").mkdir()
    unpack(archive(tmp_path / "second", "run", mode=0o700), tmp_path / "out2")

    modes = {
        name: stat.S_IMODE((tmp_path / name).stat().st_mode)
        for name in ("out/a/b.txt", "out/bin/train", "out2/run")
    }
    assert modes == {"out/a/b.txt": 0o644, "out/bin/train": 0o755, "out2/run": 0o755}


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/a", "C:/a", "..\\a", "C:\\a"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeArchive, match="leaves the folder"):
        unpack(archive(tmp_path, "good", name), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["a..b", "a/b:c", "...", "a/.b"])
def test_a_path_that_only_looks_so_is_taken(tmp_path: Path, name: str) -> None:
    unpack(archive(tmp_path, name), tmp_path / "out")

    assert (tmp_path / "out" / name).exists()


def test_a_link_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeArchive, match="is a link"):
        unpack(archive(tmp_path, "link", mode=LINK), tmp_path / "out")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source.zip").write_text("no")

    with pytest.raises(UnsafeArchive, match=r"source\.zip: File is not a zip file; upload"):
        unpack(tmp_path / "source.zip", tmp_path / "out")


@pytest.mark.parametrize(("limit", "most"), [("_MOST_FILES", 3), ("_MOST_BYTES", 9)])
def test_an_archive_has_so_many_entries_and_bytes_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    source = archive(tmp_path, "a", "b", "c", text="xyz")

    monkeypatch.setattr(archives, limit, most)
    unpack(source, tmp_path / "fits")
    monkeypatch.setattr(archives, limit, most - 1)
    with pytest.raises(UnsafeArchive, match="3 entries of 9 bytes"):
        unpack(source, tmp_path / "refused")


def test_an_image_source_is_half_a_gibibyte_at_most() -> None:
    assert archives._MOST_BYTES == 2**29


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    unpack(archive(tmp_path, "a"), tmp_path / "new" / "out")

    assert (tmp_path / "new" / "out" / "a").exists()


def test_an_archive_that_is_not_there_is_no_unsafe_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        unpack(tmp_path / "none.zip", tmp_path / "out")
