"""What a company's network demands of the machines that install packages: image build, notebook.

Jobs and endpoints need none of it: their containers are isolated and reach no network at all, and
SageMaker itself moves their data, models and images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from config import authorities
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.access.permissions import Permissions

# The machine itself, its metadata and its role's credentials.
_NEVER_BY_PROXY = ("localhost", "127.0.0.1", "169.254.169.254", "169.254.170.2")
_OF_AWS = ".amazonaws.com"


class AuthorityFile(Construct):
    """The file of the company's certificate authorities in S3, named by its content."""

    def __init__(self, scope: Construct, construct_id: str, *, file_name: str) -> None:
        super().__init__(scope, construct_id)
        self._asset = assets.Asset(self, "File", path=str(authorities.FOLDER / file_name))

    @property
    def uri(self) -> str:
        """The file's address in S3."""
        return f"s3://{self._asset.s3_bucket_name}/{self._asset.s3_object_key}"

    def grant_read(self, grantee: Permissions) -> None:
        """Let `grantee` read the file."""
        file = format_arn(
            stack_of(self),
            service="s3",
            resource=f"{self._asset.s3_bucket_name}/{self._asset.s3_object_key}",
            account="",
            region="",
        )
        grantee.allow(["s3:GetObject"], [file])


def authority_file(scope: Construct, config: EnvironmentConfig) -> AuthorityFile | None:
    """Return the file that `network.ca_bundle` names, if it does."""
    name = config.network.ca_bundle
    return None if name is None else AuthorityFile(scope, "Authorities", file_name=name)


def proxy_exceptions(config: EnvironmentConfig) -> str:
    """Return what is reached without the proxy, as `no_proxy` lists it.

    AWS is reached through endpoints of the network, and an index of packages lies in it.
    """
    suffix = f"{_OF_AWS}.cn" if config.platform.region.startswith("cn-") else _OF_AWS
    index = [] if config.network.index_host is None else [config.network.index_host]
    return ",".join([*_NEVER_BY_PROXY, suffix, *index])
