"""Deployment from outside: the repository that deploys, and accounts that may deploy its models."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.section import Section

Account = Annotated[str, Field(pattern=r"^\d{12}$")]


class DeliveryConfig(Section):
    """Repository that deploys this environment through OpenID Connect; no access key is stored."""

    provider: Literal["github", "gitlab"] = Field(description="Service that runs the deployment.")
    repository: str = Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$",
        description="Full name of the repository, as in owner/name; nothing else is trusted.",
    )
    environment: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        description="GitHub's protected environment; default: the environment file's name.",
    )
    branch: str = Field(
        default="main",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_./-]*$",
        description="GitLab's protected branch.",
    )
    creates_provider: bool = Field(
        default=True,
        description="Whether to create the identity provider; an account has one for each URL.",
    )


class SharingConfig(Section):
    """Other AWS accounts that may deploy what this environment registers, and change nothing."""

    accounts: tuple[Account, ...] = Field(
        default=(),
        strict=False,
        max_length=20,
        description="Account IDs that may read model versions, model artifacts and images.",
    )

    @model_validator(mode="after")
    def _no_account_is_named_twice(self) -> Self:
        twice = [one for one in self.accounts if self.accounts.count(one) > 1]
        if twice:
            raise ValueError(f"account {twice[0]} is named twice; remove one of them")
        return self
