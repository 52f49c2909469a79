"""Stack of the KMS key and the buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput
from constructs import Construct

from config.outputs import (
    ARTIFACTS_BUCKET_NAME,
    DATA_BUCKET_NAME,
    KEY_ARN,
    LOGS_BUCKET_NAME,
    MONITORING_BUCKET_NAME,
)
from constructs_lib.registry.artifact_sharing import share_artifacts
from constructs_lib.storage.expiration import (
    access_log_rules,
    capture_rules,
    checkpoint_rules,
    experiment_rules,
)
from constructs_lib.storage.platform_key import environment_key
from constructs_lib.storage.private_bucket import PrivateBucket, object_bucket
from constructs_lib.synthesis.cross_stack_exports import export_always
from constructs_lib.synthesis.environment_stage import EnvironmentStack, record_environment

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig


class StorageStack(EnvironmentStack):
    """One key; buckets for data, artifacts, monitoring and their access logs."""

    def __init__(self, scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> None:
        super().__init__(scope, construct_id, config=config)
        record_environment(self, config)
        self.key = environment_key(self, "Key", config=config)
        self.logs = PrivateBucket(
            self, "Logs", config=config, key=self.key, expiring=access_log_rules(config)
        )
        self.data = object_bucket(
            self,
            "Data",
            config=config,
            key=self.key,
            access_logs=self.logs,
            existing_name=config.existing.data_bucket,
            sends_events=True,
        )
        self.artifacts = object_bucket(
            self,
            "Artifacts",
            config=config,
            key=self.key,
            access_logs=self.logs,
            existing_name=config.existing.artifacts_bucket,
            expiring=[*checkpoint_rules(config), *experiment_rules(config)],
        )
        self.monitoring = object_bucket(
            self,
            "Monitoring",
            config=config,
            key=self.key,
            access_logs=self.logs,
            expiring=capture_rules(config),
        )
        _share(self, config)

        CfnOutput(self, KEY_ARN, value=self.key.arn)
        CfnOutput(self, DATA_BUCKET_NAME, value=self.data.name)
        CfnOutput(self, ARTIFACTS_BUCKET_NAME, value=self.artifacts.name)
        CfnOutput(self, MONITORING_BUCKET_NAME, value=self.monitoring.name)
        CfnOutput(self, LOGS_BUCKET_NAME, value=self.logs.bucket_name)


def _share(storage: StorageStack, config: EnvironmentConfig) -> None:
    """Let other accounts read what the file shares, and other stacks name key and buckets."""
    share_artifacts(config, bucket=storage.artifacts, key=storage.key)
    export_always(storage, storage.key.arn)
    for bucket in (storage.data, storage.artifacts, storage.monitoring):
        export_always(storage, bucket.arn, bucket.name)
