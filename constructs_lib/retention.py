"""What may be thrown away, and when; everything not named here stays."""

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from config.schema import EnvironmentConfig


def checkpoints_expire(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Checkpoints of every model: a finished job needs them no more."""
    days = Duration.days(config.storage.checkpoint_days)
    return [
        s3.LifecycleRule(
            id=f"Checkpoints-{model}",
            prefix=f"{model}/checkpoints/",
            expiration=days,
        )
        for model in config.models
    ]


def captures_expire(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Captured requests of every model: they may hold personal data."""
    days = Duration.days(config.storage.capture_days)
    return [
        s3.LifecycleRule(
            id=f"Capture-{model}",
            prefix=f"{model}/capture/",
            expiration=days,
        )
        for model in config.models
    ]


def access_logs_expire(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Access logs of every bucket."""
    return [
        s3.LifecycleRule(id="AccessLogs", expiration=Duration.days(config.storage.access_log_days))
    ]
