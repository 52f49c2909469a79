"""Where the site's sources lie, and where the site goes."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
THEME = Path(__file__).resolve().parent / "theme"
SITE = PROJECT / "site"
