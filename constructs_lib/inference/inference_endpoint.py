"""SageMaker endpoint and its configuration: instances, data capture and deployment."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from config.instances import has_local_nvme
from config.s3_layout import CAPTURE
from constructs_lib.inference.deployment_guardrails import deployment_config
from constructs_lib.inference.endpoint_alarms import EndpointAlarms, RollbackAlarms
from constructs_lib.inference.endpoint_scaling import EndpointScaling
from constructs_lib.observability.endpoint_metrics import VARIANT_NAME
from constructs_lib.synthesis.acknowledgments import acknowledge, in_frameworks

if TYPE_CHECKING:
    from config.endpoint import EndpointConfig
    from constructs_lib.inference.hosted_model import HostedModel
    from constructs_lib.inference.model_version_parameter import ModelVersionParameter
    from constructs_lib.registry.model_context import ModelContext

_Config = sagemaker.CfnEndpointConfig
_Variant = _Config.ProductionVariantProperty
_LEAST_BUSY = _Config.RoutingConfigProperty(routing_strategy="LEAST_OUTSTANDING_REQUESTS")
# For all types of a list together; AWS allows 300 to 3,600.
_SEARCH_SECONDS = 1_800


class InferenceEndpoint(Construct):
    """Serves one model on `min_instances` to `max_instances` instances, once there is a version."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        context: ModelContext,
        version: ModelVersionParameter,
        model: HostedModel,
    ) -> None:
        super().__init__(scope, construct_id)
        settings = context.settings.endpoint
        self._config = self._make_config(context, model)
        self._endpoint = self._make_endpoint(context, version)
        # Otherwise SageMaker makes the log group, without key and retention.
        self._endpoint.node.add_dependency(model.log_group)
        version.apply_condition(self._config, self._endpoint)
        name = self.endpoint_name
        EndpointAlarms(self, "Alarms", context=context, version=version, endpoint_name=name)
        if settings.is_scaled:
            EndpointScaling(
                self, "Scaling", config=settings.scaling, version=version, endpoint_name=name
            )

    @cached_property
    def endpoint_name(self) -> str:
        """The endpoint's name; a jsii call is made for the first use only."""
        return self._endpoint.attr_endpoint_name

    @property
    def endpoint_arn(self) -> str:
        # CloudFormation's Ref of an endpoint is its ARN, not its name.
        return self._endpoint.ref

    @cached_property
    def endpoint_config_name(self) -> str:
        """The configuration's name; a jsii call is made for the first use only."""
        return self._config.attr_endpoint_config_name

    def _make_endpoint(
        self, context: ModelContext, version: ModelVersionParameter
    ) -> sagemaker.CfnEndpoint:
        settings = context.settings.endpoint
        config_name = self.endpoint_config_name
        rollback = RollbackAlarms(
            self, "RollbackAlarms", context=context, version=version, config_name=config_name
        )
        return sagemaker.CfnEndpoint(
            self,
            "Resource",
            endpoint_name=context.full_name,
            endpoint_config_name=config_name,
            deployment_config=deployment_config(settings.deployment, rollback.alarm_names),
            # A new version starts on as many instances as scaling has set.
            retain_all_variant_properties=True if settings.is_scaled else None,
        )

    def _make_config(
        self, context: ModelContext, model: HostedModel
    ) -> sagemaker.CfnEndpointConfig:
        settings = context.settings.endpoint
        config = _Config(
            self,
            "Config",
            production_variants=[_variant(settings, model)],
            data_capture_config=_capture(context),
            kms_key_id=None if has_local_nvme(settings.instance_type) else context.key.arn,
        )
        if has_local_nvme(settings.instance_type):
            _acknowledge_missing_key(config, settings.instance_type)
        return config


def _variant(settings: EndpointConfig, model: HostedModel) -> _Variant:
    pools = [
        _Config.InstancePoolProperty(instance_type=one, priority=priority)
        for priority, one in enumerate(settings.instance_types, start=1)
    ]
    has_fallback = len(pools) > 1
    return _Variant(
        variant_name=VARIANT_NAME,
        model_name=model.model_name,
        instance_type=None if has_fallback else settings.instance_type,
        instance_pools=pools if has_fallback else None,
        variant_instance_provision_timeout_in_seconds=_SEARCH_SECONDS if has_fallback else None,
        # Instances of several types are not equally fast.
        routing_config=_LEAST_BUSY if has_fallback else None,
        initial_instance_count=settings.scaling.min_instances,
        initial_variant_weight=1,
    )


def _capture(context: ModelContext) -> sagemaker.CfnEndpointConfig.DataCaptureConfigProperty | None:
    percent = context.settings.endpoint.capture.percent
    if not percent:
        return None
    return _Config.DataCaptureConfigProperty(
        enable_capture=True,
        initial_sampling_percentage=percent,
        destination_s3_uri=f"s3://{context.captures.name}/{context.prefix}{CAPTURE}",
        kms_key_id=context.key.arn,
        capture_options=[
            _Config.CaptureOptionProperty(capture_mode="Input"),
            _Config.CaptureOptionProperty(capture_mode="Output"),
        ],
        # Without these, text is stored as base64.
        capture_content_type_header=_Config.CaptureContentTypeHeaderProperty(
            csv_content_types=["text/csv"], json_content_types=["application/json"]
        ),
    )


def _acknowledge_missing_key(config: sagemaker.CfnEndpointConfig, instance_type: str) -> None:
    acknowledge(
        config,
        f"CreateEndpointConfig refuses KmsKeyId for {instance_type}: its NVMe disks are encrypted "
        "by a key in the machine itself",
        *in_frameworks("SageMakerEndpointConfigurationKMSKeyConfigured"),
    )
