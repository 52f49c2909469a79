"""What a company's network adds to the image build: variables, options of `docker`, rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aws_cdk import aws_codebuild as codebuild
from constructs import Construct

from constructs_lib.images.pull_through_cache import PullThroughCache
from constructs_lib.network.company_network import authority_file, proxy_exceptions
from constructs_lib.synthesis.stack_lookups import stack_of

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.access.permissions import Permissions
    from constructs_lib.network.company_network import AuthorityFile
    from constructs_lib.network.vpc_access import VpcAccess

_DOCKER_BUILD = "docker buildx build"
_AUTHORITIES = "/tmp/authorities.pem"


@dataclass
class BuildAdditions:
    """Nothing of it is there for a file that names none of the settings."""

    variables: dict[str, str] = field(default_factory=dict)
    preparations: list[str] = field(default_factory=list)
    docker_options: list[str] = field(default_factory=list)
    cache: PullThroughCache | None = None
    authorities: AuthorityFile | None = None
    vpc: VpcAccess | None = None

    @property
    def vpc_config(self) -> codebuild.CfnProject.VpcConfigProperty | None:
        """The subnets and security groups of the build, where it has a network."""
        if self.vpc is None:
            return None
        return codebuild.CfnProject.VpcConfigProperty(
            vpc_id=self.vpc.vpc_id,
            subnets=self.vpc.subnet_ids,
            security_group_ids=self.vpc.security_group_ids,
        )

    def phases(self, script: str) -> dict[str, dict[str, list[str]]]:
        """Return the phases of the build: its script with the options of `docker`, and before."""
        assert script.count(_DOCKER_BUILD) == 1, "one command builds the image"
        options = "".join(f" {option}" for option in self.docker_options)
        build = script.replace(_DOCKER_BUILD, f"{_DOCKER_BUILD}{options}")
        before = {"pre_build": {"commands": self.preparations}} if self.preparations else {}
        return {**before, "build": {"commands": [build]}}

    def grant(self, grantee: Permissions) -> None:
        """Let the build's role do what was added."""
        if self.cache is not None:
            self.cache.grant_pull(grantee)
        if self.authorities is not None:
            self.authorities.grant_read(grantee)
        if self.vpc is not None:
            self.vpc.grant_build(grantee)


def build_additions(
    scope: Construct, config: EnvironmentConfig, vpc: VpcAccess | None
) -> BuildAdditions:
    """Return what the settings of `[network]` add; `scope` gets what they put into S3."""
    added = BuildAdditions(authorities=authority_file(scope, config), vpc=vpc)
    if config.network.pull_through is not None:
        added.cache = PullThroughCache(stack_of(scope), config.network.pull_through)
        added.variables["BASE_IMAGE"] = added.cache.base_image
        # Without a value, docker takes it from the variable of that name.
        added.docker_options.append("--build-arg BASE_IMAGE")
    if added.authorities is not None:
        added.variables["AUTHORITIES"] = added.authorities.uri
        download = f'aws s3 cp --only-show-errors "$AUTHORITIES" {_AUTHORITIES}'
        added.preparations.append(download)
        added.docker_options.append(f"--secret id=authorities,src={_AUTHORITIES}")
    for name, value in _build_arguments(config):
        added.docker_options.append(f"--build-arg {name}={value}")
    return added


def _build_arguments(config: EnvironmentConfig) -> list[tuple[str, str]]:
    """Return arguments whose values need no quotes; apt reads the proxies in lower case only."""
    found: list[tuple[str, str]] = []
    if (index := config.network.package_index) is not None:
        found.append(("PIP_INDEX_URL", index))
    if (proxy := config.network.proxy) is not None:
        found += [("http_proxy", proxy), ("https_proxy", proxy)]
        found.append(("no_proxy", proxy_exceptions(config)))
    if config.network.builds_inside and config.is_private:
        # Debian's archive is out of reach there.
        found.append(("WITH_BINUTILS", "no"))
    return found
