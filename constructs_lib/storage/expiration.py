"""What may be thrown away, and when; everything not named here stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig


def checkpoint_rules(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Checkpoints of every model: a finished job needs them no more."""
    return _below_each_model(config, CHECKPOINTS, config.storage.checkpoint_days)


def capture_rules(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Captured requests of every model: they may hold personal data."""
    return _below_each_model(config, CAPTURE, config.storage.capture_days)


def access_log_rules(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Access logs of every bucket."""
    return [
        s3.LifecycleRule(id="AccessLogs", expiration=Duration.days(config.storage.access_log_days))
    ]


def _below_each_model(config: EnvironmentConfig, folder: str, days: int) -> list[s3.LifecycleRule]:
    duration = Duration.days(days)
    return [
        s3.LifecycleRule(
            id=f"{folder.title()}-{model}",
            prefix=f"{model_prefix(model)}{folder}/",
            expiration=duration,
        )
        for model in config.models
    ]
