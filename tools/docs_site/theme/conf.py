"""How Sphinx makes a language's pages: one theme, no request to anybody else's server."""

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

project = "Kiban"
project_copyright = ""
extensions = ["myst_parser"]
root_doc = "index"
templates_path = ["templates"]
exclude_patterns: list[str] = []

# Links to pages of the other language, which is another run of Sphinx.
myst_url_schemes = {"http": None, "https": None, "site": {"url": "{{path}}"}}
myst_heading_anchors = 4
suppress_warnings: list[str] = []
nitpicky = True

# The first pages: their menu is the header's.
FIRST = ("index", "quickstart", "tour", "configuration", "reviews")
LOGO = "static/logo.svg"
html_theme = "pydata_sphinx_theme"
html_title = "Kiban"
html_static_path = ["static"]
html_css_files = ["kiban.css"]
html_js_files = ["folder.js"]
html_favicon = LOGO
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
html_use_index = False
html_sidebars: dict[str, list[str]] = {page: [] for page in FIRST}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "logo": {
        "text": "Kiban 基盤",
        "image_light": LOGO,
        "image_dark": LOGO,
    },
    "navbar_align": "left",
    "navbar_end": ["language", "theme-switcher"],
    "header_links_before_dropdown": 8,
    "show_toc_level": 1,
    "footer_start": [],
    "footer_end": [],
    "back_to_top_button": False,
}


def _offer_the_other_language(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    here = app.config.language
    up = context["content_root"]
    shared = pagename in app.config.shared_pages
    page = f"{pagename if shared else 'index'}.html"
    context["other_language"] = (
        {"code": "ja", "name": "日本語", "address": f"{up}ja/{page}"}
        if here == "en"
        else {"code": "en", "name": "English", "address": f"{up}../{page}"}
    )


def _keep_content(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: object
) -> None:
    if doctree is not None:
        app.config.page_contents[pagename] = f'<div role="main">{context["body"]}</div>'


def _write_contents(app: Sphinx, error: Exception | None) -> None:
    if error is None:
        text = json.dumps(app.config.page_contents, ensure_ascii=False)
        script = Path(app.outdir) / "_static" / "contents.js"
        script.write_text(f"window.PAGE_CONTENTS = {text};\n", encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Tell each page where it is in the other language, and the search what is in each page."""
    app.add_config_value("shared_pages", [], "html")
    app.add_config_value("page_contents", {}, "")
    app.connect("html-page-context", _offer_the_other_language)
    app.connect("html-page-context", _keep_content)
    app.connect("build-finished", _write_contents)
