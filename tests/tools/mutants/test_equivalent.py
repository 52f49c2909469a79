"""The list of equivalent mutants: each entry has a reason and is still true of the source."""

from pathlib import Path

import pytest

from tests.tools.mutants.material import LIMITS, mutants_of
from tools.mutants.equivalent import (
    EquivalentError,
    read_equivalents,
    without_equivalents,
)
from tools.mutants.mutant import all_mutants
from tools.mutants.scope import REPO

ENTRY = """
[[mutant]]
file = "config/limits.py"
function = "admit"
old = "if waiting < 0:"
new = "if waiting <= 0:"
reason = "Nothing waits when nothing was admitted."
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "equivalent.toml"
    path.write_text(text)
    return path


def test_a_listed_mutant_is_not_tried(tmp_path: Path) -> None:
    mutants = mutants_of(tmp_path, LIMITS)
    entries = read_equivalents(written(tmp_path, ENTRY))

    left = without_equivalents(mutants, entries)

    assert len(left) == len(mutants) - 1
    assert "if waiting <= 0:" not in [mutant.new for mutant in left]


def test_an_entry_holds_wherever_its_line_moves(tmp_path: Path) -> None:
    moved = mutants_of(tmp_path, "import math\n\n" + LIMITS)

    assert without_equivalents(moved, read_equivalents(written(tmp_path, ENTRY)))


def test_an_entry_that_matches_no_mutant_any_more_is_refused(tmp_path: Path) -> None:
    mutants = mutants_of(tmp_path, LIMITS.replace("waiting < 0", "waiting < 1"))

    with pytest.raises(EquivalentError, match=r"config/limits.py admit .*`if waiting < 0:`"):
        without_equivalents(mutants, read_equivalents(written(tmp_path, ENTRY)))


def test_an_entry_without_a_reason_is_refused(tmp_path: Path) -> None:
    blank = ENTRY.replace("Nothing waits when nothing was admitted.", " ")

    with pytest.raises(EquivalentError, match="entry 1 gives no reason"):
        read_equivalents(written(tmp_path, blank))


def test_an_entry_without_one_of_its_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EquivalentError, match=r"entry 1: .*reason"):
        read_equivalents(written(tmp_path, ENTRY.rpartition("reason")[0]))


@pytest.mark.acceptance
def test_the_committed_list_is_true_of_the_source() -> None:
    entries = read_equivalents()
    mutants = all_mutants(REPO, only={entry.file for entry in entries})

    assert len(without_equivalents(mutants, entries)) < len(mutants)
