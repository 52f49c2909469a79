"""The configuration reference, read from the schema so that no key can be forgotten."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.schema import EnvironmentConfig
from tools.docs_site.places import DOCS

Schema = dict[str, Any]

PAGES = {"en": DOCS / "configuration.md", "ja": DOCS / "ja" / "configuration.md"}

_RANGES = (("minimum", "maximum", "{}"), ("minItems", "maxItems", "{} {}"))


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


def read_words(language: str) -> Words:
    """Read the words of a language from `docs/reference.<language>.toml`."""
    path: Path = DOCS / f"reference.{language}.toml"
    return Words(**tomllib.loads(path.read_text(encoding="utf-8")))


def page(words: Words) -> str:
    """Return the whole reference as Markdown: a heading for each table, a row for each key."""
    schema = EnvironmentConfig.model_json_schema()
    parts = [f"# {words.title}", words.introduction]
    for table, section in _sections(schema, schema["properties"], ""):
        parts += [f"## `[{table}]`", words.of(section["description"])]
        rows = [_row(key, item, section, words) for key, item in _keys(section, schema)]
        if rows:
            parts.append("\n".join([words.header, "|---|---|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def texts() -> list[str]:
    """Return every description of the schema, in the order of the page."""
    schema = EnvironmentConfig.model_json_schema()
    found: list[str] = []
    for _, section in _sections(schema, schema["properties"], ""):
        found.append(section["description"])
        found += [item["description"] for _, item in _keys(section, schema)]
    return list(dict.fromkeys(found))


def _sections(schema: Schema, properties: Schema, above: str) -> Iterator[tuple[str, Schema]]:
    """Every table that a file may hold, by its full name, in the order of the schema."""
    for key, item in properties.items():
        section = _table_of(item, schema)
        if section is None:
            continue
        table = f"{above}{key}.<name>" if "patternProperties" in item else f"{above}{key}"
        yield table, section
        yield from _sections(schema, section["properties"], f"{table}.")


def _keys(section: Schema, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The keys of a table that hold values, not tables with a heading of their own."""
    for key, item in section["properties"].items():
        if _table_of(item, schema) is None:
            yield key, item


def _table_of(item: Schema, schema: Schema) -> Schema | None:
    options = [item, *item.get("anyOf", []), *item.get("patternProperties", {}).values()]
    names = [option["$ref"].rsplit("/", 1)[1] for option in options if "$ref" in option]
    return schema["$defs"][names[0]] if names else None


def _row(key: str, item: Schema, section: Schema, words: Words) -> str:
    bare = _value(item)
    required = key in section.get("required", [])
    cells = (
        f"`{key}`",
        words.of(item["description"]),
        _type(bare, words),
        words.required if required else _default(item, words),
        _bounds(bare, words),
    )
    return f"| {' | '.join(cells)} |"


def _value(item: Schema) -> Schema:
    """`item` without the null that only means: may be left out."""
    real = [option for option in item.get("anyOf", []) if option.get("type") != "null"]
    return {**item, **real[0]} if len(real) == 1 else item


def _type(item: Schema, words: Words) -> str:
    if "format" in item:
        return words.types[item["format"]]
    if item.get("type") == "array":
        return words.types["array"].format(_type(item["items"], words))
    return words.types[item.get("type", "string")]


def _default(item: Schema, words: Words) -> str:
    value = item.get("default", {} if item.get("type") == "object" else None)
    return words.unset if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


def _bounds(item: Schema, words: Words) -> str:
    choices = item.get("enum", [item["const"]] if "const" in item else None)
    if choices is not None:
        return ", ".join(f"`{json.dumps(choice)}`" for choice in choices)
    found = [
        text.format(span, words.entries)
        for low, high, text in _RANGES
        if (span := _span(item, low, high, words))
    ]
    pattern = item.get("pattern", item.get("items", {}).get("pattern"))
    if pattern is not None:
        found.append("`" + pattern.replace("|", "\\|") + "`")
    return ", ".join(found)


def _span(item: Schema, low: str, high: str, words: Words) -> str:
    above = item.get(low)
    below = item.get(high)
    if above is not None and below is not None:
        return words.span.format(f"{above:,}", f"{below:,}")
    if "exclusiveMinimum" in item and below is not None:
        return f"> {item['exclusiveMinimum']}, ≤ {below:,}"
    if above is not None:
        return f"≥ {above:,}"
    return f"≤ {below:,}" if below is not None else ""


def write() -> None:
    """Write the committed page of each language."""
    for language, path in PAGES.items():
        path.write_text(page(read_words(language)), encoding="utf-8")
