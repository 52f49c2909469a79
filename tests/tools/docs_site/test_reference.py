import tomllib

import pytest

from config.schema import EnvironmentConfig
from tools.docs_site import reference
from tools.docs_site.places import DOCS


@pytest.mark.parametrize("language", reference.PAGES)
def test_the_committed_reference_is_current(language: str) -> None:
    committed = reference.PAGES[language].read_text(encoding="utf-8")

    assert committed == reference.page(reference.read_words(language)), "run: make docs"


def test_every_key_of_the_schema_has_a_row_with_what_it_says() -> None:
    page = reference.page(reference.read_words("en"))
    definitions = EnvironmentConfig.model_json_schema()["$defs"].values()
    keys = [
        (key, item["description"])
        for section in definitions
        for key, item in section["properties"].items()
        if "Config" not in str(item.get("$ref", item.get("anyOf", "")))
    ]

    assert len(keys) > 50
    for key, description in keys:
        assert f"| `{key}` | {description} |" in page


def test_a_row_says_type_default_and_bounds() -> None:
    page = reference.page(reference.read_words("en"))

    assert (
        "| `volume_gb` | EBS volume of each instance, in GB. | whole number | `30` | 1 to 16,384 |"
        in page
    )
    assert '| text | `"manual"` | `"manual"`, `"automatic"` |' in page
    assert "| `errors_5xx_percent` | Share of requests the model failed on. | number |" in page
    assert "`1.0` | > 0, ≤ 100 |" in page


def test_every_description_is_translated_and_no_translation_is_left_over() -> None:
    text = (DOCS / "reference.ja.toml").read_text(encoding="utf-8")

    assert set(tomllib.loads(text)["translations"]) == set(reference.texts())
