"""The page of a comparison in a browser: cards on a phone, no name broken, nothing cut off."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from reviewer.diagram import layout
from reviewer.revision_report.page import html_report
from tests.reviewer.revision_report.written import comparison, finding
from tests.tools.docs_site.test_browser import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here"),
]
NAME = "Training-churn/PublicAccessBlockConfiguration/AWS::SageMaker::NotebookInstanceLifecycle"
# How many lines each word of an identifier takes; more than one means that it is broken inside.
BROKEN = """
() => [...document.querySelectorAll(".findings code")].flatMap((code) =>
  [...code.childNodes].filter((node) => node.nodeType === 3).filter((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getClientRects().length > 1;
  }).map((node) => node.data))
"""


@pytest.mark.parametrize(("width", "shown"), [(360, "block"), (390, "block"), (1280, "table-row")])
def test_findings_are_cards_on_a_phone_and_a_table_on_a_desk(
    width: int, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_run", lambda questions: [{"children": [], "edges": []}])
    long = finding(at=NAME, said=f"`{NAME}` opens", before="x" * 500, after="y" * 500)
    found = [comparison(long, environment=name) for name in ("production", "staging")]
    page = tmp_path / "page.html"
    page.write_text(html_report("main", found), encoding="utf-8")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(viewport={"width": width, "height": 800})
        tab.goto(page.as_uri())
        tab.evaluate("document.querySelector('details').setAttribute('open', '')")
        wide = tab.evaluate("document.documentElement.scrollWidth")
        row = tab.evaluate("getComputedStyle(document.querySelector('tbody tr')).display")
        broken = tab.evaluate(BROKEN)
        browser.close()

    assert (wide, row, broken) == (width, shown, [])
