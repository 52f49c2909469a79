"""IAM permissions for training jobs started by hand from a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.synthesis.stack_lookups import format_arn

if TYPE_CHECKING:
    from constructs_lib.access.permissions import Permissions
    from constructs_lib.registry.model_context import ModelContext


def grant_experiments(
    permissions: Permissions, context: ModelContext, *, models: str | None = None
) -> None:
    """Let a notebook start and stop training jobs named `<model>-workbench-…`.

    `models` is a pattern of model names; by default the context's own model.

    They must be encrypted with the platform's key and isolated, and stay in its subnets if there
    are any. IAM has no condition on a job's image. The job's role limits it: the notebook may
    pass only the model's own job role, and that one pulls from the platform's repository only.
    """
    jobs = format_arn(
        permissions.stack,
        service="sagemaker",
        resource=f"training-job/{models or context.name}-workbench-*",
    )
    permissions.allow(["sagemaker:CreateTrainingJob"], [jobs], _conditions(context))
    permissions.allow(["sagemaker:StopTrainingJob"], [jobs])
    permissions.acknowledge_wildcard(
        jobs,
        "sagemaker:CreateTrainingJob and sagemaker:StopTrainingJob name one job, and people name "
        "their experiments as they like after the prefix",
    )


def _conditions(context: ModelContext) -> dict[str, Any]:
    conditions: dict[str, Any] = {
        "ArnEquals": {
            "sagemaker:OutputKmsKeyArn": context.key.arn,
            "sagemaker:VolumeKmsKeyArn": context.key.arn,
        },
        "Bool": {"sagemaker:NetworkIsolation": "true"},
    }
    if context.vpc is not None:
        # ForAllValues is also true of an empty list, hence the second condition.
        conditions["ForAllValues:StringEquals"] = {
            "sagemaker:VpcSecurityGroupIds": context.vpc.security_group_ids,
            "sagemaker:VpcSubnets": context.vpc.subnet_ids,
        }
        conditions["Null"] = {
            "sagemaker:VpcSecurityGroupIds": "false",
            "sagemaker:VpcSubnets": "false",
        }
    return conditions
