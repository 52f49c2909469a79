"""The key and buckets named in the environment file, or else new ones."""

from collections.abc import Sequence

from aws_cdk import aws_s3 as s3
from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.storage.bucket_grants import BucketGrants
from constructs_lib.storage.existing_bucket import ExistingBucket
from constructs_lib.storage.existing_key import ExistingKey
from constructs_lib.storage.key_grants import KeyGrants
from constructs_lib.storage.platform_key import PlatformKey
from constructs_lib.storage.private_bucket import PrivateBucket


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
