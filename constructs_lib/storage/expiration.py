"""S3 lifecycle rules: objects that expire; all others are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from config.s3_layout import CAPTURE, CHECKPOINTS, EXPERIMENTS, model_prefix

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig


def checkpoint_rules(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Return a rule for each model's checkpoints: a finished job does not need them."""
    return _below_each_model(config, CHECKPOINTS, config.storage.checkpoint_days)


def experiment_rules(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Return a rule for what each model's experiments wrote; none where the file names no days.

    Nobody else knows which of it is still wanted, so nothing goes by default.
    """
    days = config.storage.experiment_days
    return [] if days is None else _below_each_model(config, EXPERIMENTS, days)


def capture_rules(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Return a rule for each model's captured requests: they may hold personal data."""
    return _below_each_model(config, CAPTURE, config.storage.capture_days)


def access_log_rules(config: EnvironmentConfig) -> list[s3.LifecycleRule]:
    """Return a rule for the access logs of every bucket."""
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
