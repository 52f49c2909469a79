"""Which pages the site has, in which language, and under which heading."""

from dataclasses import dataclass

from tools.docs_site.places import DOCS, PROJECT


@dataclass(frozen=True)
class Page:
    """A Markdown file of the project, the name it has on the site, and the pages below it."""

    source: str
    name: str
    below: tuple["Page", ...] = ()


@dataclass(frozen=True)
class Chapter:
    """Pages that the site lists together below a page of their own."""

    name: str
    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Edition:
    """The site in one language: where it lies below the site, and what it holds."""

    language: str
    folder: str
    pages: tuple[Page, ...]
    chapters: tuple[Chapter, ...] = ()

    @property
    def all_pages(self) -> tuple[Page, ...]:
        """Every page that is made of a file."""
        listed = (*self.pages, *(page for chapter in self.chapters for page in chapter.pages))
        return tuple(one for page in listed for one in (page, *page.below))

    def address(self, name: str) -> str:
        """Return the address of a page, from the top of the site."""
        return f"{self.folder}{name}.html"


def _decisions() -> tuple[Page, ...]:
    found = sorted((DOCS / "decisions").glob("0*.md"))
    return tuple(
        Page(str(path.relative_to(PROJECT)), f"decisions/{path.stem[:4]}") for path in found
    )


ENGLISH = Edition(
    "en",
    "",
    (
        Page("README.md", "index"),
        Page("docs/quickstart.md", "quickstart"),
        Page("docs/tour.md", "tour"),
        Page("docs/configuration.md", "configuration"),
        Page("docs/reviews.md", "reviews"),
    ),
    (
        Chapter(
            "guides",
            "Guides",
            (
                Page("docs/data.md", "data"),
                Page("docs/containers.md", "containers"),
                Page("container/README.md", "our-container"),
                Page("docs/review-rules.md", "review-rules"),
                Page("docs/existing.md", "existing"),
                Page("docs/enterprise.md", "enterprise"),
                Page("docs/notebook.md", "notebook"),
                Page("docs/sandbox.md", "sandbox"),
                Page("docs/commands.md", "commands"),
                Page("docs/removal.md", "removal"),
                Page("docs/second-opinion.md", "second-opinion"),
                Page("docs/edits.md", "edits"),
                Page("docs/delivery/README.md", "delivery"),
            ),
        ),
        Chapter(
            "background",
            "Background",
            (
                Page("docs/architecture.md", "architecture"),
                Page("docs/decisions/README.md", "decisions/index", _decisions()),
                Page("CONTRIBUTING.md", "contributing"),
                Page("CHANGELOG.md", "changelog"),
            ),
        ),
    ),
)
JAPANESE = Edition(
    "ja",
    "ja/",
    (
        Page("README.ja.md", "index"),
        Page("docs/ja/quickstart.md", "quickstart"),
        Page("docs/ja/tour.md", "tour"),
        Page("docs/ja/configuration.md", "configuration"),
        Page("docs/ja/reviews.md", "reviews"),
    ),
    (
        Chapter(
            "guides",
            "ガイド",
            (
                Page("docs/ja/data.md", "data"),
                Page("docs/ja/containers.md", "containers"),
                Page("docs/ja/existing.md", "existing"),
                Page("docs/ja/commands.md", "commands"),
                Page("docs/ja/removal.md", "removal"),
                Page("docs/ja/edits.md", "edits"),
                Page("docs/ja/delivery.md", "delivery"),
            ),
        ),
        Chapter(
            "background",
            "背景",
            (Page("docs/ja/architecture.md", "architecture"),),
        ),
    ),
)
EDITIONS = (ENGLISH, JAPANESE)
