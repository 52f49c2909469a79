"""The strictness every part of an environment file shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,18}[a-z0-9]$")]
"""Lower case letters, digits, hyphens; 2 to 20 characters: every AWS name built from it fits."""


class Section(BaseModel):
    """Frozen once read, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
