"""Who else may take a registered model from this environment: other accounts, by their number."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from config.section import Section

Account = Annotated[str, Field(pattern=r"^\d{12}$")]


class SharingConfig(Section):
    """Other AWS accounts that may deploy what this environment registers, and change nothing."""

    accounts: tuple[Account, ...] = Field(
        default=(),
        strict=False,
        max_length=20,
        description="They may read versions, model artifacts and images.",
    )

    @model_validator(mode="after")
    def _no_account_is_named_twice(self) -> Self:
        twice = [one for one in self.accounts if self.accounts.count(one) > 1]
        if twice:
            raise ValueError(f"account {twice[0]} is named twice; remove one of them")
        return self
