"""Context passed to all constructs of one model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.s3_layout import model_prefix

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig, ModelConfig
    from constructs_lib.images.image_build import ImageBuild
    from constructs_lib.images.image_grants import ImageGrants
    from constructs_lib.network.vpc_access import VpcAccess
    from constructs_lib.observability.alert_topic import AlertTopic
    from constructs_lib.storage.bucket_grants import BucketGrants
    from constructs_lib.storage.key_grants import KeyGrants


@dataclass(frozen=True)
class ModelContext:
    """One model of one environment and the shared resources it uses; `vpc` in private mode."""

    config: EnvironmentConfig
    name: str
    key: KeyGrants
    data: BucketGrants
    artifacts: BucketGrants
    captures: BucketGrants
    topic: AlertTopic
    repository: ImageGrants
    image_build: ImageBuild
    vpc: VpcAccess | None

    @property
    def settings(self) -> ModelConfig:
        """The model's table in the environment file."""
        return self.config.models[self.name]

    @property
    def full_name(self) -> str:
        """Name of the endpoint and the package group, and prefix of the state machines' names."""
        return f"{self.config.stage}-{self.name}"

    @property
    def prefix(self) -> str:
        """Key prefix of all objects of this model, in every bucket."""
        return model_prefix(self.name)

    @property
    def image_uri(self) -> str:
        """URI of the image that trains, evaluates and serves."""
        return self.repository.image_uri(self.image_build.image_tag)
