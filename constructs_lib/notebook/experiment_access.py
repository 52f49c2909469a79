"""IAM permissions for training jobs started by hand from a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from config.instances import has_local_nvme
from constructs_lib.access.job_names import experiments
from constructs_lib.synthesis.stack_lookups import format_arn

if TYPE_CHECKING:
    from constructs_lib.access.permissions import Permissions
    from constructs_lib.registry.model_context import ModelContext

# AWS's references disagree about these condition keys: the Service Authorization Reference's page
# for SageMaker has `OutputKmsKey` and `VolumeKmsKey`, the JSON beside it has them with `Arn`.
# A key that AWS does not know is absent from every request, and its statement allows nothing.
_SPELLINGS = ("", "Arn")


def grant_experiments(permissions: Permissions, contexts: Sequence[ModelContext]) -> None:
    """Let a notebook start, describe and stop training jobs named `<model>-workbench-…`.

    They must be encrypted with the platform's key and isolated, stay in its subnets if there are
    any, use an instance type that the models' own trainings use, end within the longest time
    these may take, and keep no warm pool. IAM has no condition on a job's image, on its number of
    instances or on where its checkpoints lie: the job's role (`ExperimentRole`) limits those.
    """
    name = contexts[0].name if len(contexts) == 1 else "*"
    jobs = format_arn(
        permissions.stack, service="sagemaker", resource=f"training-job/{experiments(name)}"
    )
    following = ["sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"]
    for conditions in _conditions(contexts):
        permissions.allow(["sagemaker:CreateTrainingJob"], [jobs], conditions)
    permissions.allow(following, [jobs])
    permissions.acknowledge_wildcard(
        jobs,
        f"sagemaker:CreateTrainingJob, {' and '.join(following)} name one job, and people name "
        "their experiments as they like after the prefix",
    )


def _conditions(contexts: Sequence[ModelContext]) -> list[dict[str, Any]]:
    """Return the conditions of one statement for each kind of disk and each spelling."""
    trainings = [context.settings.training for context in contexts]
    types = sorted({name for training in trainings for name in training.instance_types})
    with_ebs = [name for name in types if not has_local_nvme(name)]
    # SageMaker refuses a volume key for these: https://docs.aws.amazon.com/sagemaker/latest/
    # APIReference/API_ResourceConfig.html
    with_nvme = [name for name in types if has_local_nvme(name)]
    return [
        _bounds(contexts, kind, [key + spelling for key in keys])
        for kind, keys in (
            (with_ebs, ["sagemaker:OutputKmsKey", "sagemaker:VolumeKmsKey"]),
            (with_nvme, ["sagemaker:OutputKmsKey"]),
        )
        if kind
        for spelling in _SPELLINGS
    ]


def _bounds(
    contexts: Sequence[ModelContext], types: list[str], keys: list[str]
) -> dict[str, dict[str, Any]]:
    context = contexts[0]
    minutes = max(one.settings.training.max_runtime_minutes for one in contexts)
    within: dict[str, list[str]] = {"sagemaker:InstanceTypes": types}
    # ForAllValues is also true of a list that is absent.
    given = {"sagemaker:InstanceTypes": "false"}
    if context.vpc is not None:
        within["sagemaker:VpcSecurityGroupIds"] = context.vpc.security_group_ids
        within["sagemaker:VpcSubnets"] = context.vpc.subnet_ids
        # SageMaker takes subnets with security groups only.
        given["sagemaker:VpcSubnets"] = "false"
    return {
        "ArnEquals": dict.fromkeys(keys, context.key.arn),
        "Bool": {"sagemaker:NetworkIsolation": "true"},
        "ForAllValues:StringEquals": within,
        "Null": given,
        "NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": str(60 * minutes)},
        # A warm pool goes on billing after its job; without one the key is absent.
        "NumericLessThanEqualsIfExists": {"sagemaker:KeepAlivePeriod": "0"},
    }
