"""Base model of all tables of an environment file."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

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
