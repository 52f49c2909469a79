"""What the configuration reference says around the schema's own words, in each language."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from tools.docs_site.places import DOCS


@dataclass(frozen=True)
class Words:
    """One language's words; `translations` holds the schema's descriptions in it."""

    title: str
    introduction: str
    header: str
    required: str
    unset: str
    entries: str
    span: str
    types: dict[str, str]
    translations: dict[str, str] = field(default_factory=dict)

    def of(self, description: str) -> str:
        """Return a description of the schema in this language."""
        return self.translations.get(description, description) if self.translations else description


def read(language: str) -> Words:
    """Read the words of a language from `docs/reference.<language>.toml`."""
    path: Path = DOCS / f"reference.{language}.toml"
    return Words(**tomllib.loads(path.read_text(encoding="utf-8")))
