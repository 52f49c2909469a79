"""Base model of all tables of an environment file, and their keys as a line shows them."""

import json
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_SHOWN_CHARACTERS = 100

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,18}[a-z0-9]$")]
"""Lower case letters, digits, hyphens; 2 to 20 characters: every AWS name built from it fits."""


def _leaves_names_of_experiments(name: str) -> str:
    if "-workbench-" in f"{name}-":
        raise ValueError(
            "jobs called <model>-workbench-... are experiments with that model; rename this one"
        )
    return name


ModelName = Annotated[Name, AfterValidator(_leaves_names_of_experiments)]
"""A name whose jobs are not taken for experiments with another model."""


class Section(BaseModel):
    """A pydantic model that is frozen, strict about types and refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def written_key(key: object) -> str:
    """Return a key as a file has it: one line, in quotes where TOML asks for them, not too long."""
    text = str(key)
    if re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text):
        return text
    return f'"{_printable(_shortened(text))}"'


def shown_value(value: object) -> str:
    """Return a value as a line shows it: one line, not too long."""
    return _shortened(repr(value))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def _printable(text: str) -> str:
    """Return a text with escapes for what ends a line or a key, or shows nothing."""
    return "".join(c if c.isprintable() and c not in '"\\' else json.dumps(c)[1:-1] for c in text)
