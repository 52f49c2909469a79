"""SageMaker model of a registered version: network isolation, and a role that reads only it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from config.s3_layout import CAPTURE, TRAINING
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.access.wildcards import acknowledge_wildcard
from constructs_lib.observability.private_log_group import PrivateLogGroup
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from constructs_lib.inference.model_version_parameter import ModelVersionParameter
    from constructs_lib.registry.model_context import ModelContext

ENDPOINT_METRICS = "/aws/sagemaker/Endpoints"


class HostedModel(Construct):
    """The SageMaker model behind the endpoint, without a physical name.

    Every change replaces it, and a replacement cannot have the same name.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        context: ModelContext,
        version: ModelVersionParameter,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = PrivateLogGroup(
            self,
            "Logs",
            config=context.config,
            key=context.key,
            name=f"/aws/sagemaker/Endpoints/{context.full_name}",
        )
        role = self._make_role(context)
        self._model = sagemaker.CfnModel(
            self,
            "Resource",
            execution_role_arn=role.role_arn,
            enable_network_isolation=True,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
                model_package_name=version.model_package_arn
            ),
            vpc_config=_vpc_config(context),
        )
        version.apply_condition(self._model)

    @property
    def model_name(self) -> str:
        return self._model.attr_model_name

    def _make_role(self, context: ModelContext) -> ServiceRole:
        role = ServiceRole(
            self,
            "Role",
            service="sagemaker",
            purpose=f"Serves {context.name} in {context.config.stage}",
        )
        context.artifacts.grant_read_prefix(role.permissions, f"{context.prefix}{TRAINING}/")
        context.repository.grant_pull(role.permissions)
        context.key.grant_use(role.permissions)
        if context.settings.endpoint.capture.percent:
            context.captures.grant_write_prefix(role.permissions, f"{context.prefix}{CAPTURE}/")
        if context.vpc is not None:
            context.vpc.grant_join(role)
        role.allow(
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [self.log_group.log_group_arn],
        )
        self._allow_monitoring(role)
        return role

    def _allow_monitoring(self, role: ServiceRole) -> None:
        stack = stack_of(self)
        alarms = format_arn(stack, service="cloudwatch", resource=f"alarm:{stack.stack_name}-*")
        role.allow(["cloudwatch:DescribeAlarms"], [alarms])
        acknowledge_wildcard(
            role.permissions,
            alarms,
            "cloudwatch:DescribeAlarms reads this stack's own alarms during a deployment; "
            "CloudFormation names them when it creates them, after this role",
        )
        role.allow(
            ["cloudwatch:PutMetricData"],
            ["*"],
            {"StringEquals": {"cloudwatch:namespace": ENDPOINT_METRICS}},
        )
        acknowledge_wildcard(
            role.permissions,
            "*",
            "cloudwatch:PutMetricData takes no resource; the namespace of endpoints limits it",
        )


def _vpc_config(context: ModelContext) -> sagemaker.CfnModel.VpcConfigProperty | None:
    if context.vpc is None:
        return None
    return sagemaker.CfnModel.VpcConfigProperty(
        subnets=context.vpc.subnet_ids, security_group_ids=context.vpc.security_group_ids
    )
