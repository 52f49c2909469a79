import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tools.docs_site.pages import EDITIONS

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
FAULTS = ("error", "warning")
LOCAL = ("file:", "data:", "blob:")
SEARCHES = {"index.html": ("checkpoint", "Configuration"), "ja/index.html": ("承認", "ツアー")}
REVIEWS = ("sheets/dev/index.html", "sheets/prod/index.html", "sheets/staging/index.html")
PAGES = [edition.address(page.name) for edition in EDITIONS for page in edition.all_pages]

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Each start has a profile of its own, which goes away with it.
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab that notes what goes wrong in it and what it asks of the network."""
    opened = browser.new_page(viewport=DESKTOP)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda told: wrong.append(told.text) if told.type in FAULTS else None)
    opened.on(
        "request", lambda asked: None if asked.url.startswith(LOCAL) else wrong.append(asked.url)
    )
    yield opened
    opened.close()
    assert wrong == []


def focused(tab: Page) -> str:
    """What the keyboard is on: its text, or its name for people who cannot see it."""
    return str(
        tab.evaluate(
            "(document.activeElement.innerText || document.activeElement.ariaLabel || "
            "document.activeElement.id || '').trim()"
        )
    )


def test_no_page_is_wider_than_a_phone(tab: Page, site: Path) -> None:
    tab.set_viewport_size(PHONE)
    wide = []
    for name in (*PAGES, *REVIEWS):
        tab.goto((site / name).as_uri(), wait_until="load")
        if tab.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            wide.append(name)

    assert wide == []


@pytest.mark.parametrize("name", [*SEARCHES, REVIEWS[0]])
def test_the_first_key_offers_to_skip_to_the_content(tab: Page, site: Path, name: str) -> None:
    tab.goto((site / name).as_uri())
    tab.keyboard.press("Tab")
    assert re.search(r"Skip to|スキップ", focused(tab))

    tab.keyboard.press("Enter")

    assert tab.evaluate("location.hash") in ("#main-content", "#content")


def test_the_keyboard_reaches_menu_search_and_language_in_the_order_of_the_page(
    tab: Page, site: Path
) -> None:
    tab.goto((site / "index.html").as_uri())
    reached = []
    for _ in range(12):
        tab.keyboard.press("Tab")
        reached.append(focused(tab).split("\n")[0])

    wanted = ["Kiban 基盤", "Quickstart", "The ten steps", "Configuration", "日本語"]
    assert [name for name in dict.fromkeys(reached) if name in wanted] == wanted


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_finds_the_page_without_a_server(tab: Page, site: Path, name: str) -> None:
    word, found = SEARCHES[name]
    tab.goto((site / name).as_uri())
    tab.keyboard.press("Control+k")
    tab.keyboard.type(word)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html**")

    expect(tab.locator("#search-results li").first).to_be_visible()
    assert found in tab.locator("#search-results").inner_text()
    # A search in a folder has no server to fetch a page's text from.
    excerpt = tab.locator("#search-results li .context").first
    expect(excerpt).to_contain_text(word)


def test_the_other_language_is_one_link_away(tab: Page, site: Path) -> None:
    tab.goto((site / "tour.html").as_uri())
    tab.locator("a.language").first.click()
    expect(tab.locator("html")).to_have_attribute("lang", "ja")
    assert tab.url.endswith("/ja/tour.html")

    tab.locator("a.language").first.click()

    assert tab.url == (site / "tour.html").as_uri()


@pytest.mark.parametrize("name", REVIEWS)
def test_a_review_is_searched_by_keyboard(tab: Page, site: Path, name: str) -> None:
    tab.goto((site / name).as_uri())
    tab.keyboard.press("/")
    tab.keyboard.type("kms:Decrypt")
    expect(tab.locator("#found")).to_have_text(re.compile(r"^[1-9]\d* facts?$"))
    tab.keyboard.press("Escape")

    expect(tab.locator("#found")).to_have_text("")
