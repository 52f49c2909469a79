"""The only kind of bucket here: private, versioned, TLS only, with its access written down."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.acknowledgments import acknowledge, in_frameworks
from constructs_lib.platform_key import PlatformKey
from constructs_lib.wildcards import acknowledge_wildcard, imported_arn


class PrivateBucket(s3.Bucket):
    """A bucket whose safe settings are not up for discussion.

    Grants cover objects below a prefix and leave the key alone: ask the key for its own grant.
    `expiring` adds rules beside the ones every bucket has. Without `access_logs` the bucket is
    the one that takes the others' access logs.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: PlatformKey,
        access_logs: s3.IBucket | None = None,
        expiring: Sequence[s3.LifecycleRule] = (),
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            # S3 delivers access logs only to a bucket that has no key of ours.
            encryption=s3.BucketEncryption.KMS if access_logs else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key if access_logs else None,
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

    def grant_read_prefix(self, grantee: iam.IGrantable, prefix: str) -> iam.Grant:
        """Let `grantee` list and read the objects below `prefix`, as in `churn/`."""
        self._grant_list(grantee, prefix)
        return self._grant_objects(grantee, prefix, ["s3:GetObject"])

    def grant_write_prefix(self, grantee: iam.IGrantable, prefix: str) -> iam.Grant:
        """Let `grantee` write objects below `prefix`, large ones in parts."""
        self._grant_bucket(grantee, ["s3:GetBucketLocation"])
        return self._grant_objects(grantee, prefix, ["s3:PutObject", "s3:AbortMultipartUpload"])

    def grant_delete_prefix(self, grantee: iam.IGrantable, prefix: str) -> iam.Grant:
        """Let `grantee` delete objects below `prefix`; what they held stays as an old version."""
        return self._grant_objects(grantee, prefix, ["s3:DeleteObject"])

    def _grant_list(self, grantee: iam.IGrantable, prefix: str) -> None:
        self._grant_bucket(grantee, ["s3:GetBucketLocation"])
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:ListBucket"],
            resource_arns=[self.bucket_arn],
            conditions={"StringLike": {"s3:prefix": f"{prefix}*"}},
        )

    def _grant_bucket(self, grantee: iam.IGrantable, actions: list[str]) -> None:
        iam.Grant.add_to_principal(
            grantee=grantee, actions=actions, resource_arns=[self.bucket_arn]
        )

    def _grant_objects(self, grantee: iam.IGrantable, prefix: str, actions: list[str]) -> iam.Grant:
        arn = imported_arn(self, self.bucket_arn, grantee)
        acknowledge_wildcard(
            grantee,
            f"{arn}/{prefix}*",
            f"{' and '.join(actions)} take one object each, and the names of the objects below "
            f"{prefix or 'the bucket'} are not known when the stack is deployed",
        )
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=actions, resource_arns=[self.arn_for_objects(f"{prefix}*")]
        )


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
