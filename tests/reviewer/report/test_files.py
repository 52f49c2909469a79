"""A folder of sheets is replaced as a whole, or not at all."""

from pathlib import Path

import pytest

from reviewer.report import files
from reviewer.report.files import differing, write_file, write_folder

SHEETS = {"a.md": "é", "b.md": "two"}


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("there", "changed"),
    [
        (None, ["a.md", "b.md"]),
        ({}, ["a.md", "b.md"]),
        (SHEETS, []),
        ({**SHEETS, "b.md": "old"}, ["b.md"]),
        ({"b.md": "two"}, ["a.md"]),
        ({**SHEETS, "stray.md": ""}, ["stray.md"]),
        ({"b.md": "old", "stray.md": ""}, ["a.md", "b.md", "stray.md"]),
    ],
)
def test_what_is_missing_old_or_left_over_differs_until_it_is_written(
    there: dict[str, str] | None, changed: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "sheets"
    if there is not None:
        folder.mkdir(parents=True)
        for name, text in there.items():
            (folder / name).write_text(text, encoding="utf-8")

    assert differing(folder, SHEETS) == changed
    assert write_folder(folder, SHEETS) == changed
    assert content(folder) == SHEETS
    assert differing(folder, SHEETS) == []
    assert [path.name for path in folder.parent.iterdir()] == ["sheets"]


def test_a_folder_inside_is_no_sheet_and_a_replaced_one_can_be_read_by_everybody(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "sheets"
    (folder / "pictures").mkdir(parents=True)

    assert differing(folder, {}) == []
    write_folder(folder, SHEETS)
    assert folder.stat().st_mode & 0o777 == 0o755


def test_sheets_that_are_current_are_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    write_folder(folder, SHEETS)
    before = folder.stat().st_ino

    write_folder(folder, SHEETS)

    assert folder.stat().st_ino == before


def test_a_folder_that_cannot_be_replaced_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sheets"
    write_folder(folder, SHEETS)
    rename, calls = Path.rename, list[str]()

    def fails_at_the_second(self: Path, target: Path) -> Path:
        calls.append(self.name)
        if len(calls) == 2:
            raise PermissionError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_at_the_second)
    with pytest.raises(PermissionError):
        write_folder(folder, {"a.md": "new"})

    assert content(folder) == SHEETS
    assert [path.name for path in tmp_path.iterdir()] == ["sheets"]


def test_one_file_is_written_in_one_step_wherever_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "new" / "prices" / "r.json"

    write_file(path, "é")
    write_file(path, "later")

    assert path.read_text(encoding="utf-8") == "later"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in path.parent.iterdir()] == ["r.json"]


def test_a_file_that_cannot_be_written_leaves_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, mode: int) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(files.Path, "chmod", refuse)  # type: ignore[attr-defined]
    with pytest.raises(PermissionError):
        write_file(tmp_path / "r.json", "text")

    assert list(tmp_path.iterdir()) == []
