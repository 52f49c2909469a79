"""Everything that outlives a deployment: the key and the buckets."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from config.outputs import (
    ARTIFACTS_BUCKET_NAME,
    DATA_BUCKET_NAME,
    KEY_ARN,
    LOGS_BUCKET_NAME,
    MONITORING_BUCKET_NAME,
)
from config.schema import EnvironmentConfig
from constructs_lib.registry.artifact_sharing import share_artifacts
from constructs_lib.storage.existing_or_new import environment_key, object_bucket
from constructs_lib.storage.expiration import (
    access_logs_expire,
    captures_expire,
    checkpoints_expire,
)
from constructs_lib.storage.private_bucket import PrivateBucket


class StorageStack(Stack):
    """One key; buckets for data, artifacts, monitoring and their access logs."""

    def __init__(self, scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> None:
        super().__init__(scope, construct_id, termination_protection=config.keeps_data)
        self.key = environment_key(self, "Key", config=config)
        self.logs = PrivateBucket(
            self, "Logs", config=config, key=self.key, expiring=access_logs_expire(config)
        )
        self.data = object_bucket(
            self,
            "Data",
            config=config,
            name=config.existing.data_bucket,
            key=self.key,
            access_logs=self.logs,
        )
        self.artifacts = object_bucket(
            self,
            "Artifacts",
            config=config,
            name=config.existing.artifacts_bucket,
            key=self.key,
            access_logs=self.logs,
            expiring=checkpoints_expire(config),
        )
        self.monitoring = PrivateBucket(
            self,
            "Monitoring",
            config=config,
            key=self.key,
            access_logs=self.logs,
            expiring=captures_expire(config),
        )
        self.data.announce_objects()
        share_artifacts(config, bucket=self.artifacts, key=self.key)

        CfnOutput(self, KEY_ARN, value=self.key.key_arn)
        CfnOutput(self, DATA_BUCKET_NAME, value=self.data.bucket_name)
        CfnOutput(self, ARTIFACTS_BUCKET_NAME, value=self.artifacts.bucket_name)
        CfnOutput(self, MONITORING_BUCKET_NAME, value=self.monitoring.bucket_name)
        CfnOutput(self, LOGS_BUCKET_NAME, value=self.logs.bucket_name)
