"""What a company's network adds to the image build: variables, options of `docker`, rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aws_cdk import Stack

from constructs_lib.images.pull_through_cache import PullThroughCache

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.access.permissions import Permissions

_DOCKER_BUILD = "docker buildx build"


@dataclass
class BuildAdditions:
    """Nothing of it is there for a file that names none of the settings."""

    variables: dict[str, str] = field(default_factory=dict)
    build_arguments: list[str] = field(default_factory=list)
    cache: PullThroughCache | None = None

    def script(self, plain: str) -> str:
        """Return the script of the build with the options of `docker` that were added."""
        assert plain.count(_DOCKER_BUILD) == 1, "one command builds the image"
        # Without a value, docker takes an argument from the variable of its name.
        options = "".join(f" --build-arg {name}" for name in self.build_arguments)
        return plain.replace(_DOCKER_BUILD, f"{_DOCKER_BUILD}{options}")

    def grant(self, grantee: Permissions) -> None:
        """Let the build's role do what was added."""
        if self.cache is not None:
            self.cache.grant_pull(grantee)


def build_additions(stack: Stack, config: EnvironmentConfig) -> BuildAdditions:
    """Return what the settings of `[network]` add."""
    added = BuildAdditions()
    if config.network.pull_through is not None:
        added.cache = PullThroughCache(stack, config.network.pull_through)
        added.variables["BASE_IMAGE"] = added.cache.base_image
        added.build_arguments.append("BASE_IMAGE")
    return added
