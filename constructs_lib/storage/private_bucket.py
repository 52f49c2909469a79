"""S3 bucket: private, versioned, TLS only, with access logs; or an existing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.storage.bucket_grants import BucketGrants
from constructs_lib.synthesis.acknowledgments import acknowledge, in_frameworks

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.storage.key_grants import KeyGrants


class PrivateBucket(s3.Bucket):
    """An S3 bucket whose security settings are fixed.

    `expiring` adds lifecycle rules to those of every bucket. `sends_events` sends its events to
    EventBridge. Without `access_logs` the bucket is the target of the others' access logs.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: KeyGrants,
        access_logs: s3.IBucket | None = None,
        expiring: Sequence[s3.LifecycleRule] = (),
        sends_events: bool = False,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            # S3 delivers access logs only to a bucket without a customer-managed key.
            encryption=s3.BucketEncryption.KMS if access_logs else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key.resource if access_logs else None,
            bucket_key_enabled=True if access_logs else None,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix=f"{construct_id.lower()}/" if access_logs else None,
            lifecycle_rules=[*_usual_rules(config.storage.old_version_days), *expiring],
            removal_policy=RemovalPolicy.RETAIN if config.keeps_data else RemovalPolicy.DESTROY,
        )
        if sends_events:
            self._send_events()
        _acknowledge(self, is_log_target=access_logs is None)

    def _send_events(self) -> None:
        bucket = self.node.default_child
        assert isinstance(bucket, s3.CfnBucket), "a bucket's default child is its L1"
        # The L2 switch would add a Lambda function that does nothing but set this property.
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )


def object_bucket(
    scope: Construct,
    construct_id: str,
    *,
    config: EnvironmentConfig,
    key: KeyGrants,
    access_logs: s3.IBucket,
    existing_name: str | None = None,
    expiring: Sequence[s3.LifecycleRule] = (),
    sends_events: bool = False,
) -> BucketGrants:
    """Return the bucket called `existing_name`, or make a new one when that is None."""
    if existing_name is not None:
        return BucketGrants(
            _existing_bucket(Construct(scope, construct_id), existing_name, sends_events)
        )
    bucket = PrivateBucket(
        scope,
        construct_id,
        config=config,
        key=key,
        access_logs=access_logs,
        expiring=expiring,
        sends_events=sends_events,
    )
    return BucketGrants(bucket)


def _existing_bucket(scope: Construct, name: str, sends_events: bool) -> s3.IBucket:
    """Import a bucket that is never changed or deleted, and print what it must be like."""
    Annotations.of(scope).add_info(
        f"bucket {name} is used as it is: encryption with the environment's key, versions, "
        "TLS only, access logs and expiry are its owner's, as docs/existing.md shows"
    )
    if sends_events:
        Annotations.of(scope).add_info(
            f"bucket {name} starts trainings only when its owner switches its events "
            "to EventBridge on, as docs/existing.md shows"
        )
    return s3.Bucket.from_bucket_name(scope, "Resource", name)


def _usual_rules(old_version_days: int) -> list[s3.LifecycleRule]:
    return [
        s3.LifecycleRule(
            id="OldVersions",
            noncurrent_version_expiration=Duration.days(old_version_days),
            expired_object_delete_marker=True,
        ),
        s3.LifecycleRule(
            id="IncompleteUploads", abort_incomplete_multipart_upload_after=Duration.days(7)
        ),
    ]


def _acknowledge(bucket: PrivateBucket, *, is_log_target: bool) -> None:
    acknowledge(
        bucket,
        "PutBucketReplication needs a second region; an environment is one region, and versions "
        "protect against overwriting",
        *in_frameworks("S3BucketReplicationEnabled"),
    )
    if is_log_target:
        acknowledge(
            bucket,
            "S3 server access log delivery refuses a target bucket with a KMS key",
            *in_frameworks("S3DefaultEncryptionKMS"),
        )
