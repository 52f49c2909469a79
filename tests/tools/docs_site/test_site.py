import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tools.docs_site import links
from tools.docs_site.building import build, stage
from tools.docs_site.errors import BrokenPage
from tools.docs_site.pages import EDITIONS, ENGLISH, JAPANESE, Edition, Page
from tools.docs_site.places import PROJECT

pytestmark = pytest.mark.acceptance

# What a browser fetches by itself; a link is followed by a person.
FETCHED = {"img": "src", "link": "href", "script": "src", "source": "src", "iframe": "src"}


class References(HTMLParser):
    """What a page fetches, where it links to, and the places in it that can be linked to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self.places: set[str] = {""}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in found:
            self.linked.append(found["href"])
        elif FETCHED.get(tag) in found:
            self.fetched.append(found[FETCHED[tag]])
        self.places.add(found.get("id", ""))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, References]:
    found = (path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts)
    return {path: References(path) for path in found}


def test_every_page_is_there_in_its_language(site: Path) -> None:
    for edition in EDITIONS:
        for page in edition.all_pages:
            text = (site / edition.address(page.name)).read_text(encoding="utf-8")
            assert f'lang="{edition.language}"' in text


def test_no_page_asks_another_server_for_anything(pages: dict[Path, References]) -> None:
    asked = {path.name: found.fetched for path, found in pages.items()}

    assert not [
        (name, url)
        for name, urls in asked.items()
        for url in urls
        if urlsplit(url).netloc or url.startswith("//")
    ]


def test_no_style_asks_another_server_for_anything(site: Path) -> None:
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", text), path.name


def test_every_link_leads_somewhere(pages: dict[Path, References]) -> None:
    broken = []
    for path, found in pages.items():
        for url in (*found.linked, *found.fetched):
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages[target].places if target in pages else {unquote(parts.fragment)}
            if not target.is_file() or unquote(parts.fragment) not in known:
                broken.append(f"{path.name}: {url}")

    assert broken == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[gone](missing.md)", "docs/quickstart.md: link to missing.md; no such file"),
        ("[gone](tour.md#nowhere)", "nowhere"),
        ("## Two\n\n#### Four", "Non-consecutive header level"),
    ],
)
def test_a_page_with_a_mistake_is_refused_and_the_site_stays(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "index.html").write_text("as before")
    genuine = links.rewritten

    def planted(old: str, page: Page, edition: Edition, keep: links.Keep) -> str:
        added = f"\n\n{text}\n" if page.source == "docs/quickstart.md" else ""
        return genuine(old + added, page, edition, keep)

    monkeypatch.setattr(links, "rewritten", planted)

    with pytest.raises(BrokenPage, match=re.escape(said)):
        build(tmp_path)
    assert (tmp_path / "index.html").read_text() == "as before"


def test_a_link_to_a_source_file_becomes_text(tmp_path: Path) -> None:
    stage(ENGLISH, tmp_path)

    home = (tmp_path / "index.md").read_text(encoding="utf-8")
    assert "Open `app.py` to see" in home
    assert "(docs/quickstart.md)" not in home


def test_a_page_stands_below_the_same_heading_in_both_languages() -> None:
    english, japanese = (
        {page.name: chapter.name for chapter in edition.chapters for page in chapter.pages}
        for edition in (ENGLISH, JAPANESE)
    )
    for page in JAPANESE.all_pages:
        assert japanese.get(page.name) == english.get(page.name), page.source


def test_a_japanese_sentence_is_not_broken_by_a_line_end() -> None:
    # A line end would be shown as a space, which Japanese does not have between words.
    japanese = r"[\u3040-\u30ff\u4e00-\u9fff\u3001\u3002\uff08\uff09\u300c\u300d]"
    for page in JAPANESE.all_pages:
        text = (PROJECT / page.source).read_text(encoding="utf-8")
        assert not re.findall(rf".*{japanese}\n(?={japanese}).*", text), page.source


def test_a_japanese_page_says_which_links_lead_to_english() -> None:
    sources = {page.source for page in JAPANESE.all_pages}
    link = re.compile(
        r"\[(?P<text>[^\]]*)\]\((?P<path>[^)\s#:]+\.md)[^)\s]*\)(?P<mark>\uff08英語\uff09)?"
    )
    wrong = []
    for page in JAPANESE.all_pages:
        for found in link.finditer((PROJECT / page.source).read_text(encoding="utf-8")):
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(page.source), found["path"])
            )
            is_marked = found["mark"] is not None or found["text"] == "English"
            if is_marked == (target in sources):
                wrong.append(f"{page.source}: {found[0]}")

    assert wrong == []
