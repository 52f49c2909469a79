"""The changes that docs/reviews.md pictures: each is one change, pictured on both pages."""

from pathlib import Path

import pytest

from reviewer.assembly import Assembly, read_assembly
from reviewer.changes.resource_diff import Revision, diff_resources
from tests.reviewer.conftest import edited
from tools.review_pictures.drawing import page
from tools.review_pictures.examples import EXAMPLES, Example
from tools.review_pictures.outputs import PROJECT, Outputs, outputs

PAGES = {"docs/reviews.md": "reviews/", "docs/ja/reviews.md": "../reviews/"}
MOST_BYTES = 120_000


@pytest.fixture(scope="module")
def environments(synthesis: Path) -> dict[str, Assembly]:
    names = {example.environment for example in EXAMPLES}
    return {name: read_assembly(synthesis, name) for name in names}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_changes_one_resource(
    example: Example, environments: dict[str, Assembly]
) -> None:
    before = environments[example.environment]
    after = edited(before, example.stack, example.change)

    differ = [
        item.path
        for item in diff_resources(Revision(before), Revision(after))
        if item.before is None or item.after is None or item.before.body != item.after.body
    ]

    assert len(differ) == 1


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_on_the_page_and_small(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    pictures = {f"{example.name}.png" for example in EXAMPLES}

    assert {one.name for one in (PROJECT / "docs" / "reviews").iterdir()} == pictures
    for picture in pictures:
        assert f"]({PAGES[name]}{picture})" in text
        assert (PROJECT / "docs" / "reviews" / picture).stat().st_size < MOST_BYTES


def test_a_picture_has_the_terminal_s_colours_and_the_comment_s_tables() -> None:
    said = Outputs(
        "kiban-x/Y", "\x1b[32m[+]\x1b[39m <b> 1\n\n\n\nend\n", "# T\n\n| a |\n|---|\n| `b` |\n"
    )

    html = page(said)

    assert ">[+]</span>" in html
    assert "> &lt;b&gt; 1</span>\n\nend\n" in html
    assert "<td><code>b</code></td>" in html


@pytest.mark.acceptance
def test_the_cdk_and_the_review_are_asked_about_the_same_change(synthesis: Path) -> None:
    found = outputs(EXAMPLES[0], synthesis)

    assert found.stack == "kiban-prod/Monitoring"
    assert "sns:Subscribe" in found.cdk_diff
    assert "Number of stacks with differences: 1" in found.cdk_diff
    assert "open-to-anybody" in found.comment
