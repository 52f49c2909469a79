"""What the file names is used, and what it does not name is made."""

from collections.abc import Sequence

from aws_cdk import aws_s3 as s3
from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.bucket_grants import BucketGrants
from constructs_lib.existing_bucket import ExistingBucket
from constructs_lib.existing_key import ExistingKey
from constructs_lib.existing_repository import ExistingRepository
from constructs_lib.image_grants import ImageGrants
from constructs_lib.image_repository import ImageRepository
from constructs_lib.key_grants import KeyGrants
from constructs_lib.platform_key import PlatformKey
from constructs_lib.private_bucket import PrivateBucket


def environment_key(scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> KeyGrants:
    """The key of `existing.key_arn`, or one of our own."""
    if config.existing.key_arn is not None:
        return ExistingKey(scope, construct_id, key_arn=config.existing.key_arn)
    return PlatformKey(scope, construct_id, config=config)


def object_bucket(
    scope: Construct,
    construct_id: str,
    *,
    config: EnvironmentConfig,
    name: str | None,
    key: KeyGrants,
    access_logs: s3.IBucket,
    expiring: Sequence[s3.LifecycleRule] = (),
) -> BucketGrants:
    """The bucket called `name`, or one of our own when that is None."""
    if name is not None:
        return ExistingBucket(scope, construct_id, name=name)
    return PrivateBucket(
        scope, construct_id, config=config, key=key, access_logs=access_logs, expiring=expiring
    )


def image_repository(
    scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: KeyGrants
) -> ImageGrants:
    """The repository of `existing.repository`, or one of our own."""
    if config.existing.repository is not None:
        return ExistingRepository(scope, construct_id, name=config.existing.repository)
    return ImageRepository(scope, construct_id, config=config, key=key)
