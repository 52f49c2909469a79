"""Application Auto Scaling of an endpoint: target tracking of requests per instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnResource
from aws_cdk import aws_applicationautoscaling as scaling
from constructs import Construct

from constructs_lib.observability.endpoint_metrics import VARIANT_NAME

if TYPE_CHECKING:
    from config.endpoint import ScalingConfig
    from constructs_lib.inference.model_version_parameter import ModelVersionParameter


class EndpointScaling(Construct):
    """Scales from `min_instances` to `max_instances` by requests a minute and instance.

    L1 resources: the L2 would attach no condition, and an endpoint that is not there cannot scale.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: ScalingConfig,
        version: ModelVersionParameter,
        endpoint_name: str,
    ) -> None:
        super().__init__(scope, construct_id)
        target = scaling.CfnScalableTarget(
            self,
            "Target",
            service_namespace="sagemaker",
            scalable_dimension="sagemaker:variant:DesiredInstanceCount",
            resource_id=f"endpoint/{endpoint_name}/variant/{VARIANT_NAME}",
            min_capacity=config.min_instances,
            max_capacity=config.max_instances,
        )
        version.apply_condition(target, self._policy(config, target))

    def _policy(self, config: ScalingConfig, target: scaling.CfnScalableTarget) -> CfnResource:
        assert config.track is not None, "checked when the file was read"
        return scaling.CfnScalingPolicy(
            self,
            "Policy",
            policy_name="RequestsPerInstance",
            policy_type="TargetTrackingScaling",
            scaling_target_id=target.ref,
            target_tracking_scaling_policy_configuration=(
                scaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
                    predefined_metric_specification=(
                        scaling.CfnScalingPolicy.PredefinedMetricSpecificationProperty(
                            predefined_metric_type="SageMakerVariantInvocationsPerInstance"
                        )
                    ),
                    target_value=config.track.target_per_minute,
                    scale_in_cooldown=config.scale_in_cooldown_seconds,
                    scale_out_cooldown=config.scale_out_cooldown_seconds,
                )
            ),
        )
