"""One model as applications call it; the stack stays empty until a version is approved."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from config.outputs import ENDPOINT_CONFIG_NAME, ENDPOINT_NAME, INVOKE_POLICY_ARN
from config.schema import EnvironmentConfig
from constructs_lib.inference.hosted_model import HostedModel
from constructs_lib.inference.inference_endpoint import InferenceEndpoint
from constructs_lib.inference.invoke_access import InvokeAccess
from constructs_lib.inference.model_version_parameter import DeployedVersion
from constructs_lib.rollout.rollout_target import RolloutTarget
from stacks.model_resources import model_site
from stacks.platform import Platform


class InferenceStack(Stack):
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
        super().__init__(scope, construct_id, termination_protection=config.keeps_data)
        site = model_site(config, model, platform)
        version = DeployedVersion(self, "Version", group_name=site.full_name)
        hosted = HostedModel(self, "Model", site=site, version=version)
        endpoint = InferenceEndpoint(self, "Endpoint", site=site, version=version, model=hosted)
        self.access = InvokeAccess(self, "Access", version=version, endpoint_name=site.full_name)
        self.rollout_target = RolloutTarget(self, "Target", access=self.access)

        version.guard_output(
            CfnOutput(self, ENDPOINT_NAME, value=endpoint.endpoint_name),
            CfnOutput(self, ENDPOINT_CONFIG_NAME, value=endpoint.endpoint_config_name),
            CfnOutput(self, INVOKE_POLICY_ARN, value=self.access.policy_arn),
        )
