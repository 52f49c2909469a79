"""The only kind of bucket here: private, versioned, TLS only, with its access written down."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.access.wildcards import imported_arn
from constructs_lib.storage.bucket_grants import BucketGrants
from constructs_lib.storage.key_grants import KeyGrants
from constructs_lib.synthesis.acknowledgments import acknowledge, in_frameworks


class PrivateBucket(s3.Bucket, BucketGrants):
    """A bucket whose safe settings are not up for discussion.

    `expiring` adds rules beside the ones every bucket has. Without `access_logs` the bucket is
    the one that takes the others' access logs.
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
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            # S3 delivers access logs only to a bucket that has no key of ours.
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
        _acknowledge(self, is_log_target=access_logs is None)

    def announce_objects(self) -> None:
        """Send this bucket's events to EventBridge."""
        bucket = self.node.default_child
        assert isinstance(bucket, s3.CfnBucket), "a bucket's default child is its L1"
        # The L2 switch would add a Lambda function that does nothing but set this property.
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )

    def _arn_for(self, grantee: iam.IGrantable) -> str:
        return imported_arn(self, self.arn, grantee)


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
