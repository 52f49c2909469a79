"""The repository named in the environment file, or else a new one."""

from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.images.existing_repository import ExistingRepository
from constructs_lib.images.image_grants import ImageGrants
from constructs_lib.images.image_repository import ImageRepository
from constructs_lib.storage.key_grants import KeyGrants


def image_repository(
    scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: KeyGrants
) -> ImageGrants:
    """The repository of `existing.repository`, or one of our own."""
    if config.existing.repository is not None:
        return ExistingRepository(scope, construct_id, name=config.existing.repository)
    return ImageRepository(scope, construct_id, config=config, key=key)
