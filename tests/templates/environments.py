"""Makers for tests: a valid environment, an app as `cdk synth` makes it, a comparable template."""

import re
import tempfile
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template

from config.schema import EnvironmentConfig
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.platform import Platform
from stacks.registry import RegistryStack
from stacks.storage import StorageStack
from tests.templates.synthesis import feature_flags

ACCOUNT = "111122223333"

_USUAL: dict[str, Any] = {
    "environment": "test",
    "platform": {"region": "us-east-1", "removal": "destroy", "log_retention_days": 30},
    "models": {
        "churn": {
            "gate": {"metric": "auc", "minimum": 0.8},
            "endpoint": {"instance_type": "ml.m5.large"},
        }
    },
}
EXISTING: dict[str, Any] = {
    "key_arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012",
    "data_bucket": "corporate-data",
    "artifacts_bucket": "corporate-models",
    "repository": "ml/models",
    "network": {
        "subnet_ids": ["subnet-11111111", "subnet-22222222"],
        "security_group_ids": ["sg-11111111"],
    },
}
_ASSET_HASH = re.compile(r"[0-9a-f]{64}")
_IMAGE_TAG = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{16}(?![0-9A-Za-z])")


def make_environment(**changes: Any) -> EnvironmentConfig:
    """A valid environment named `test`; say only what the test is about, nested as in the file."""
    return EnvironmentConfig.model_validate(merged(_USUAL, changes))


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with `changes` laid over it, table by table; neither is altered."""
    result = dict(base)
    for key, value in changes.items():
        both_tables = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both_tables else value
    return result


def new_app(*, staged: bool = False) -> cdk.App:
    """An app with the project's feature flags, which makes the templates of a real one.

    The slow built-in validation is for real synths. Only what deploys has its assets `staged`:
    copying them is a seventh of a synthesis, and their hashes are the same.
    """
    return cdk.App(
        context=feature_flags() | {"aws:cdk:disable-asset-staging": not staged},
        builtin_cloud_formation_validation=False,
        analytics_reporting=False,
        tree_metadata=False,
        outdir=tempfile.mkdtemp(prefix="kiban-synth-"),
    )


def add_stage(app: cdk.App, config: EnvironmentConfig) -> cdk.Stage:
    """The stage of one environment, still empty."""
    return EnvironmentStage(app, config=config)


def add_platform(stage: cdk.Stage, config: EnvironmentConfig) -> Platform:
    """The stacks an environment has once."""
    storage = StorageStack(stage, "Storage", config=config)
    monitoring = MonitoringStack(stage, "Monitoring", config=config, storage=storage)
    network = (
        NetworkStack(stage, "Network", config=config, storage=storage)
        if config.is_private
        else None
    )
    registry = RegistryStack(stage, "Registry", config=config, storage=storage, network=network)
    return Platform(storage, monitoring, registry, network)


def readable_template(stack: cdk.Stack) -> Any:
    """The stack's template without what changes whenever a file does."""
    return quiet(Template.from_stack(stack).to_json())


def quiet(node: Any) -> Any:
    """`node` with asset hashes and image tags replaced, wherever in it they are."""
    if isinstance(node, dict):
        return {quiet(key): quiet(value) for key, value in node.items()}
    if isinstance(node, list):
        return [quiet(item) for item in node]
    if isinstance(node, str):
        return _IMAGE_TAG.sub("<image-tag>", _ASSET_HASH.sub("<asset>", node))
    return node
