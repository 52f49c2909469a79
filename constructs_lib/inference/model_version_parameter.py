"""Stack parameter for the model version to serve, and the condition on its being set."""

from functools import cached_property

from aws_cdk import CfnCondition, CfnParameter, CfnResource, Fn
from constructs import Construct

_CONDITION = "HasModel"


class ModelVersionParameter(Construct):
    """The stack's parameter `ModelPackageArn`, and the condition `HasModel` that it is not empty.

    CloudFormation accepts only a version of `group_name`, or an empty value.
    """

    def __init__(self, scope: Construct, construct_id: str, *, group_name: str) -> None:
        super().__init__(scope, construct_id)
        self._parameter = CfnParameter(
            self,
            "Parameter",
            type="String",
            default="",
            description="Version of the model package group to serve; empty serves none",
            allowed_pattern=(
                rf"^$|^arn:[a-z0-9-]+:sagemaker:[a-z0-9-]+:\d{{12}}:model-package/"
                rf"{group_name}/[1-9]\d*$"
            ),
            constraint_description=f"a version of the model package group {group_name}, or empty",
        )
        self._parameter.override_logical_id("ModelPackageArn")
        self.condition = CfnCondition(
            self,
            "Condition",
            expression=Fn.condition_not(Fn.condition_equals(self.model_package_arn, "")),
        )
        self.condition.override_logical_id(_CONDITION)

    @cached_property
    def model_package_arn(self) -> str:
        """The parameter's value; a jsii call is made for the first use only."""
        return self._parameter.value_as_string

    def apply_condition(self, *resources: CfnResource) -> None:
        """Create these resources only while the parameter names a version."""
        for resource in resources:
            # cfn_options.condition does the same with three jsii calls.
            resource.add_override("Condition", _CONDITION)
