"""SageMaker model of a registered version: network isolation, and a role that reads only it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from config.s3_layout import CAPTURE, TRAINING
from constructs_lib.access.permissions import Permissions
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.observability.private_log_group import PrivateLogGroup
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from aws_cdk import Stack

    from constructs_lib.inference.model_version_parameter import ModelVersionParameter
    from constructs_lib.registry.model_context import ModelContext

ENDPOINT_METRICS = "/aws/sagemaker/Endpoints"
# How the logical ids of the endpoint's alarms begin.
_ALARMS = "Endpoint"


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
        role = ServiceRole(
            self,
            "Role",
            service="sagemaker",
            purpose=f"Serves {context.name} in {context.config.stage}",
            permissions=self._permissions(stack_of(scope), context),
        )
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

    def _permissions(self, stack: Stack, context: ModelContext) -> Permissions:
        permissions = Permissions(stack)
        context.artifacts.grant_read_prefix(permissions, f"{context.prefix}{TRAINING}/")
        context.repository.grant_pull(permissions)
        context.key.grant_decrypt_only(permissions)
        if context.settings.endpoint.capture.percent:
            context.key.grant_use(permissions)
            context.captures.grant_write_prefix(permissions, f"{context.prefix}{CAPTURE}/")
        if context.vpc is not None:
            context.vpc.grant_join(permissions)
        permissions.allow(
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [self.log_group.log_group_arn],
        )
        _allow_monitoring(permissions)
        return permissions


def _allow_monitoring(permissions: Permissions) -> None:
    stack = permissions.stack
    # CloudFormation begins a name with the stack's and the logical id; with the id's capital
    # letter no other stack's name begins so: a model's name has none.
    own = f"{stack.stack_name}-{_ALARMS}*"
    alarms = format_arn(stack, service="cloudwatch", resource=f"alarm:{own}")
    permissions.allow(["cloudwatch:DescribeAlarms"], [alarms])
    permissions.acknowledge_wildcard(
        alarms,
        "cloudwatch:DescribeAlarms reads this stack's own alarms during a deployment; "
        "CloudFormation names them when it creates them, after this role",
    )
    permissions.allow(
        ["cloudwatch:PutMetricData"],
        ["*"],
        {"StringEquals": {"cloudwatch:namespace": ENDPOINT_METRICS}},
    )
    permissions.acknowledge_wildcard(
        "*", "cloudwatch:PutMetricData takes no resource; the namespace of endpoints limits it"
    )


def _vpc_config(context: ModelContext) -> sagemaker.CfnModel.VpcConfigProperty | None:
    if context.vpc is None:
        return None
    return sagemaker.CfnModel.VpcConfigProperty(
        subnets=context.vpc.subnet_ids, security_group_ids=context.vpc.security_group_ids
    )
