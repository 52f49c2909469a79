"""What one model's constructs stand on, so that they take one neighbour instead of ten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    """One model of one environment, and the shared things it uses; `vpc` in private mode only."""

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
        """As in `kiban-dev-churn`: the endpoint, the package group, the stem of the workflows."""
        return f"{self.config.stage}-{self.name}"

    @property
    def prefix(self) -> str:
        """Below it lies everything of this model, in every bucket."""
        return model_prefix(self.name)

    @property
    def image_uri(self) -> str:
        """The image that trains, evaluates and serves."""
        return self.repository.image_uri(self.image_build.image_tag)
