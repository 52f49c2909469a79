"""The Japanese page of edits says what the English one says."""

from pathlib import Path

import pytest

from tests.journeys.edits.japanese import page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_japanese_page_is_the_english_one(request: pytest.FixtureRequest) -> None:
    english, japanese = DOCS / "edits.md", DOCS / "ja" / "edits.md"
    text = page(english.read_text(encoding="utf-8"))
    if request.config.getoption("update_snapshots"):
        japanese.write_text(text, encoding="utf-8")

    assert japanese.read_text(encoding="utf-8") == text, "write it with: --snapshot-update"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("| in place | in place |", "| in pieces | in place |"),
        ("its data versions lie in the bucket it has", "nobody knows"),
        ("put SETTING back in", "write SETTING into"),
    ],
)
def test_a_text_without_a_translation_is_refused(before: str, after: str) -> None:
    english = (DOCS / "edits.md").read_text(encoding="utf-8")
    assert before in english

    with pytest.raises(ValueError, match="no translation of"):
        page(english.replace(before, after))
