"""Which repository may deploy an environment, and from where in it."""

from typing import Literal

from pydantic import Field

from config.section import Section


class DeliveryConfig(Section):
    """The one place outside AWS that deploys this environment; no key is stored there."""

    provider: Literal["github", "gitlab"] = Field(description="Who runs the deployment.")
    repository: str = Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$",
        description="Its full name, as in owner/name; nothing else is trusted.",
    )
    environment: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        description="GitHub's protected environment; the file's own name unless said.",
    )
    branch: str = Field(
        default="main",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_./-]*$",
        description="GitLab's protected branch.",
    )
    creates_provider: bool = Field(
        default=True,
        description="An account has one identity provider for each address: the first makes it.",
    )
    qualifier: str = Field(
        default="hnb659fds",
        pattern=r"^[a-z0-9]{1,10}$",
        description="The one of the account's CDK bootstrap.",
    )
