"""Base model of all tables of an environment file."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,18}[a-z0-9]$")]
"""Lower case letters, digits, hyphens; 2 to 20 characters: every AWS name built from it fits."""


class Section(BaseModel):
    """A pydantic model that is frozen, strict about types and refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
