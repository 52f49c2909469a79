"""Deployment guardrails of an endpoint: traffic shifting or rolling update, with auto rollback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_sagemaker as sagemaker

if TYPE_CHECKING:
    from config.endpoint import DeploymentConfig

_Endpoint = sagemaker.CfnEndpoint


def deployment_config(
    config: DeploymentConfig, alarm_names: list[str]
) -> sagemaker.CfnEndpoint.DeploymentConfigProperty:
    """Return the endpoint's `DeploymentConfig`; any of the alarms rolls a deployment back."""
    rollback = _Endpoint.AutoRollbackConfigProperty(
        alarms=[_Endpoint.AlarmProperty(alarm_name=name) for name in alarm_names]
    )
    if config.strategy == "rolling":
        return _Endpoint.DeploymentConfigProperty(
            auto_rollback_configuration=rollback, rolling_update_policy=_rolling(config)
        )
    return _Endpoint.DeploymentConfigProperty(
        auto_rollback_configuration=rollback, blue_green_update_policy=_blue_green(config)
    )


def _blue_green(config: DeploymentConfig) -> sagemaker.CfnEndpoint.BlueGreenUpdatePolicyProperty:
    # The old instances stay for one more bake: a rollback until then takes seconds.
    bake_seconds = 60 * config.bake_minutes
    return _Endpoint.BlueGreenUpdatePolicyProperty(
        traffic_routing_configuration=_routing(config),
        termination_wait_in_seconds=bake_seconds,
        maximum_execution_timeout_in_seconds=config.longest_seconds,
    )


def _routing(config: DeploymentConfig) -> sagemaker.CfnEndpoint.TrafficRoutingConfigProperty:
    bake_seconds = 60 * config.bake_minutes
    if config.strategy == "canary":
        return _Endpoint.TrafficRoutingConfigProperty(
            type="CANARY", canary_size=_share(config), wait_interval_in_seconds=bake_seconds
        )
    if config.strategy == "linear":
        return _Endpoint.TrafficRoutingConfigProperty(
            type="LINEAR", linear_step_size=_share(config), wait_interval_in_seconds=bake_seconds
        )
    return _Endpoint.TrafficRoutingConfigProperty(type="ALL_AT_ONCE", wait_interval_in_seconds=0)


def _rolling(config: DeploymentConfig) -> sagemaker.CfnEndpoint.RollingUpdatePolicyProperty:
    return _Endpoint.RollingUpdatePolicyProperty(
        maximum_batch_size=_share(config),
        wait_interval_in_seconds=60 * config.bake_minutes,
        rollback_maximum_batch_size=_Endpoint.CapacitySizeProperty(
            type="CAPACITY_PERCENT", value=100
        ),
        maximum_execution_timeout_in_seconds=config.longest_seconds,
    )


def _share(config: DeploymentConfig) -> sagemaker.CfnEndpoint.CapacitySizeProperty:
    # A share, not a count: scaling changes the number of instances.
    assert config.percent is not None, "checked when the file was read"
    return _Endpoint.CapacitySizeProperty(type="CAPACITY_PERCENT", value=config.percent)
