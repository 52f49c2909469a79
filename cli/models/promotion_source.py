"""Source environment of a promotion, read with the credentials of the target's account."""

from dataclasses import dataclass
from typing import Any

from cli.aws import aws_errors, image_copy
from cli.aws.connection import Connection
from cli.environments.environment import Environment
from cli.models import model_versions
from cli.models.model_versions import ModelVersion
from cli.terminal.errors import Failure, WrongInput
from config.schema import EnvironmentConfig


@dataclass(frozen=True)
class PromotionCandidate:
    """Approved version of the source with its image, artifact and registration."""

    version: ModelVersion
    image: image_copy.EcrImage
    digest: str
    artifact: str
    package: dict[str, Any]

    @property
    def number(self) -> int:
        """The version's number in the source's group."""
        return self.version.number


@dataclass(frozen=True)
class PromotionSource:
    """Source environment as the caller of `target` may read it, in its account and region."""

    config: EnvironmentConfig
    target: Environment
    account: str
    partition: str

    @property
    def connection(self) -> Connection:
        """Connection of the caller to the source's region."""
        return self.target.connection.in_region(self.config.platform.region)

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.config.environment

    def group_arn(self, model: str) -> str:
        """Return the ARN of a model's package group, which other accounts need."""
        region, group = self.config.platform.region, f"{self.config.stage}-{model}"
        prefix = f"arn:{self.partition}:sagemaker:{region}:{self.account}"
        return f"{prefix}:model-package-group/{group}"

    def candidate(self, model: str) -> PromotionCandidate:
        """Return the newest approved version; raises WrongInput when there is none or no access."""
        found = self._newest(model)
        sagemaker = self.connection.client("sagemaker")
        package = sagemaker.describe_model_package(ModelPackageName=found)
        (container,) = package["InferenceSpecification"]["Containers"]
        image = image_copy.parse_image_uri(container["Image"])
        registered = image.digest or container.get("ImageDigest", "")
        present = image_copy.digest_of(self.connection, image)
        version = model_versions.describe_version(Environment(self.config, self.connection), found)
        if not present or registered not in ("", present):
            raise WrongInput(
                f"{model}: version {version.number} of {self.name} was registered with image "
                f"{registered or container['Image']}, its repository has "
                f"{present or 'none'}; train it again in {self.name}"
            )
        return PromotionCandidate(version, image, present, container["ModelDataUrl"], package)

    def _newest(self, model: str) -> str:
        pages = self.connection.client("sagemaker").get_paginator("list_model_packages")
        group = self.group_arn(model)
        try:
            self.connection.client("sagemaker").describe_model_package_group(
                ModelPackageGroupName=group
            )
            approved = [
                str(item["ModelPackageArn"])
                for page in pages.paginate(
                    ModelPackageGroupName=group, ModelApprovalStatus="Approved"
                )
                for item in page["ModelPackageSummaryList"]
            ]
        except Exception as error:
            raise self._explain_access(error, group) from error
        if not approved:
            raise WrongInput(
                f"{model}: {self.name} has no approved version; approve one with: "
                f"./kiban approve {model} VERSION {self._options}"
            )
        return max(approved, key=lambda arn: int(arn.rpartition("/")[2]))

    @property
    def _options(self) -> str:
        return f"--env {self.name}{' --sandbox' if self.connection.is_sandbox else ''}"

    def _explain_access(self, error: Exception, group: str) -> Exception:
        deploy = f"./kiban deploy {self._options}"
        if aws_errors.is_denied(error):
            return WrongInput(
                f"{self.name}: {group} is not shared with this account; name it in sharing.accounts"
                f" of config/{self.name}.toml, then: {deploy}"
            )
        if aws_errors.is_missing(error):
            return WrongInput(f"{self.name}: {group} does not exist; create it with: {deploy}")
        return error


def find_source(source: Environment, target: Environment) -> PromotionSource:
    """Return the source as the caller of `target` may read it; raises WrongInput when not shared.

    Raises Failure when the caller is not in the target's account. A source whose file names no
    account, and shares nothing with the caller's, is expected in the caller's.
    """
    config = source.config
    caller = target.aws("sts").get_caller_identity()
    own, pinned = str(caller["Account"]), target.config.platform.account
    if pinned is not None and own != pinned:
        raise Failure(
            f"AWS: the credentials are of account {own}, {target.file} says {pinned}; log in there"
        )
    account = config.platform.account or source.connection.account
    if account is None and own in config.sharing.accounts:
        raise WrongInput(
            f"config/{config.environment}.toml: platform.account is missing: {own} looks for "
            f"{config.environment} in another account; say in which"
        )
    if account not in (None, own) and own not in config.sharing.accounts:
        raise WrongInput(
            f"config/{config.environment}.toml: sharing.accounts does not name {own}, the account "
            f"of {target.config.environment}; add it and deploy {config.environment}"
        )
    return PromotionSource(config, target, account or own, str(caller["Arn"]).split(":")[1])
