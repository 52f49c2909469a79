"""Stack of one model's endpoint; it stays empty until a version is approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput
from constructs import Construct

from config.outputs import ENDPOINT_CONFIG_NAME, ENDPOINT_NAME, INVOKE_POLICY_ARN
from constructs_lib.inference.hosted_model import HostedModel
from constructs_lib.inference.inference_endpoint import InferenceEndpoint
from constructs_lib.inference.invoke_access import InvokeAccess
from constructs_lib.inference.model_version_parameter import ModelVersionParameter
from constructs_lib.rollout.rollout_target import RolloutTarget
from constructs_lib.synthesis.environment_stage import EnvironmentStack

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from stacks.platform import Platform


class InferenceStack(EnvironmentStack):
    """The endpoint of one model, for the version in the parameter `ModelPackageArn`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        model: str,
        platform: Platform,
    ) -> None:
        super().__init__(scope, construct_id, config=config, model=model)
        context = platform.model_context(config, model)
        version = ModelVersionParameter(self, "Version", group_name=context.full_name)
        hosted = HostedModel(self, "Model", context=context, version=version)
        endpoint = InferenceEndpoint(
            self, "Endpoint", context=context, version=version, model=hosted
        )
        self.access = InvokeAccess(self, "Access", version=version, endpoint_name=context.full_name)
        self.rollout_target = RolloutTarget(self, "Target", access=self.access)

        live = version.condition
        CfnOutput(self, ENDPOINT_NAME, value=endpoint.endpoint_name, condition=live)
        CfnOutput(self, ENDPOINT_CONFIG_NAME, value=endpoint.endpoint_config_name, condition=live)
        CfnOutput(self, INVOKE_POLICY_ARN, value=self.access.policy_arn, condition=live)
