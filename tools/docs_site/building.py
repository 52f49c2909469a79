"""Builds the site: stages each language's pages for Sphinx, and refuses any warning."""

import io
import re
import shutil
import tempfile
import warnings
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.deprecation import RemovedInSphinx11Warning
from sphinx.util.docutils import docutils_namespace, patch_docutils

from tools.docs_site import links
from tools.docs_site.errors import BrokenPage
from tools.docs_site.pages import EDITIONS, Edition, Page
from tools.docs_site.places import PROJECT, THEME

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def build(site: Path) -> None:
    """Write the whole site to `site`, in place of what was there.

    Raises BrokenPage when a page has a mistake; then `site` is left as it was.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "site"
        for edition in EDITIONS:
            sources = Path(folder) / edition.language
            stage(edition, sources)
            _run_sphinx(edition, sources, made)
        for page in sorted((PROJECT / "sheets").glob("*/index.html")):
            target = made / page.relative_to(PROJECT)
            target.parent.mkdir(parents=True)
            shutil.copy2(page, target)
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(made, site)


def stage(edition: Edition, sources: Path) -> None:
    """Lay out what Sphinx reads: the pages with the site's names and links, and their pictures."""

    def keep(picture: str) -> str:
        kept = f"pictures/{picture}"
        (sources / kept).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / picture, sources / kept)
        return kept

    for page in edition.all_pages:
        path = PROJECT / page.source
        if not path.exists():
            raise BrokenPage(f"{page.source}: missing, but the site lists it; add it")
        text = links.rewritten(path.read_text(encoding="utf-8"), page, edition, keep)
        _write(sources / f"{page.name}.md", text + _contents(page, edition))
    for chapter in edition.chapters:
        names = [page.name for page in chapter.pages]
        _write(sources / f"{chapter.name}.md", f"# {chapter.title}\n\n{_tree(names, '')}")


def _contents(page: Page, edition: Edition) -> str:
    """The pages below `page`, for the menus; the first page has all others below it."""
    names = [one.name for one in page.below]
    if page.name == "index":
        names = [one.name for one in edition.pages if one is not page]
        names += [chapter.name for chapter in edition.chapters]
    return "\n" + _tree([f"/{name}" for name in names], ":hidden:\n") if names else ""


def _tree(names: list[str], options: str) -> str:
    return f"```{{toctree}}\n:maxdepth: 1\n{options}\n" + "\n".join(names) + "\n```\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _shared_pages() -> list[str]:
    """Return the names of the pages that every language has."""
    names = ({page.name for page in edition.all_pages} for edition in EDITIONS)
    return sorted(set.intersection(*names))


def _run_sphinx(edition: Edition, sources: Path, site: Path) -> None:
    complaints = io.StringIO()
    with patch_docutils(), docutils_namespace(), warnings.catch_warnings():
        # MyST still uses names that Sphinx 11 will not have.
        warnings.simplefilter("ignore", RemovedInSphinx11Warning)
        sphinx = Sphinx(
            srcdir=sources,
            confdir=THEME,
            outdir=site / edition.folder,
            doctreedir=sources.with_suffix(".doctrees"),
            buildername="html",
            confoverrides={"language": edition.language, "shared_pages": _shared_pages()},
            status=None,
            warning=complaints,
        )
        sphinx.build()
    said = _COLOURS.sub("", complaints.getvalue()).strip()
    if said:
        raise BrokenPage(said.replace(f"{sources}/", ""))
