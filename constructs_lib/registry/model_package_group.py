"""SageMaker model package group: the registered versions of one model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from constructs_lib.registry.artifact_sharing import shared_versions
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from constructs_lib.access.permissions import Permissions
    from constructs_lib.registry.model_context import ModelContext


class ModelPackageGroup(Construct):
    """Versions of one model. Grants cover the group and all its versions."""

    def __init__(self, scope: Construct, construct_id: str, *, context: ModelContext) -> None:
        super().__init__(scope, construct_id)
        self.group_name = context.full_name
        self._group = sagemaker.CfnModelPackageGroup(
            self,
            "Resource",
            model_package_group_name=context.full_name,
            model_package_group_description=f"Versions of {context.name} in {context.config.stage}",
            model_package_group_policy=shared_versions(context.config, self._arns()),
        )
        # Kept when its stack is deleted, but not when creating the stack failed: its name must be
        # free for the next try.
        self._group.apply_removal_policy(
            RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
            if context.config.keeps_data
            else RemovalPolicy.DESTROY
        )

    @property
    def group_arn(self) -> str:
        return self._group.attr_model_package_group_arn

    def grant_describe(self, grantee: Permissions) -> None:
        """Let `grantee` list the versions and read each of them."""
        self._grant(
            grantee,
            [
                "sagemaker:DescribeModelPackage",
                "sagemaker:DescribeModelPackageGroup",
                "sagemaker:ListModelPackages",
            ],
        )

    def grant_find(self, grantee: Permissions) -> None:
        """Let `grantee` list the versions."""
        self._grant(grantee, ["sagemaker:ListModelPackages"])

    def grant_read_version(self, grantee: Permissions) -> None:
        """Let `grantee` read one version."""
        self._grant(grantee, ["sagemaker:DescribeModelPackage"])

    def grant_register(self, grantee: Permissions, statuses: list[str]) -> None:
        """Let `grantee` add a version in one of these approval states."""
        self._grant(grantee, ["sagemaker:CreateModelPackage"], statuses)

    def grant_reject(self, grantee: Permissions) -> None:
        """Let `grantee` reject a version, and not approve one."""
        self._grant(grantee, ["sagemaker:UpdateModelPackage"], ["Rejected"])

    def _grant(
        self, grantee: Permissions, actions: list[str], statuses: list[str] | None = None
    ) -> None:
        group, versions = self._arns()
        grantee.acknowledge_wildcard(
            versions,
            f"{', '.join(actions)} name a version of this group, and SageMaker numbers versions "
            "as they are registered",
        )
        grantee.allow(actions, [group, versions], _status_condition(statuses))

    def _arns(self) -> list[str]:
        # Composed: cdk-nag cannot name a finding after another stack's export.
        stack, name = stack_of(self), self.group_name
        return [
            format_arn(
                stack, service="sagemaker", resource="model-package-group", resource_name=name
            ),
            format_arn(
                stack, service="sagemaker", resource="model-package", resource_name=f"{name}/*"
            ),
        ]


def _status_condition(statuses: list[str] | None) -> dict[str, dict[str, list[str]]] | None:
    return {"StringEquals": {"sagemaker:ModelApprovalStatus": statuses}} if statuses else None
