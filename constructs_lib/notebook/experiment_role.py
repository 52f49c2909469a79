"""IAM role of training jobs that people start from a notebook; it cannot touch what is served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from constructs import Construct

from config.s3_layout import EXPERIMENTS
from constructs_lib.access.job_names import experiments
from constructs_lib.access.log_group_arns import log_group_arns
from constructs_lib.access.permissions import Permissions
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.synthesis.stack_lookups import stack_of

if TYPE_CHECKING:
    from aws_cdk import Stack

    from constructs_lib.registry.model_context import ModelContext

_MODELS_NAMED_TO_READ = 9
"""With more models the role reads the buckets as a whole, as the notebook itself does."""

_MODELS_IN_A_POLICY = 20
"""A policy has 6,144 characters; a model with the longest name takes less than 280 of them."""


class ExperimentRole(ServiceRole):
    """Reads the data and artifacts of every model; writes below `<model>/workbench/` only.

    A training writes wherever its caller says, as far as its role may: with the role of the
    workflow's jobs a notebook could overwrite the artifact of an approved version.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, contexts: Sequence[ModelContext]
    ) -> None:
        stack = stack_of(scope)
        super().__init__(
            scope,
            construct_id,
            service="sagemaker",
            purpose=f"Trains what people start from a notebook of {contexts[0].config.stage}",
            permissions=_permissions(stack, contexts),
        )
        for start in range(0, len(contexts), _MODELS_IN_A_POLICY):
            models = contexts[start : start + _MODELS_IN_A_POLICY]
            policy = _permissions_of_models(stack, models).make_policy(
                self,
                f"Models{start // _MODELS_IN_A_POLICY + 1}",
                purpose=f"Experiments with {models[0].name} to {models[-1].name}",
            )
            self.role.add_managed_policy(policy)


def _permissions(stack: Stack, contexts: Sequence[ModelContext]) -> Permissions:
    permissions, shared = Permissions(stack), contexts[0]
    shared.key.grant_use(permissions)
    shared.key.grant_for_volumes(permissions)
    shared.repository.grant_pull(permissions)
    if shared.vpc is not None:
        shared.vpc.grant_join(permissions)
    is_named = len(contexts) <= _MODELS_NAMED_TO_READ
    readable = [context.prefix for context in contexts] if is_named else [""]
    shared.data.grant_read_prefix(permissions, *readable)
    shared.artifacts.grant_read_prefix(permissions, *readable)
    _allow_metrics(permissions)
    return permissions


def _permissions_of_models(stack: Stack, contexts: Sequence[ModelContext]) -> Permissions:
    permissions = Permissions(stack)
    for context in contexts:
        own = f"{context.prefix}{EXPERIMENTS}/"
        context.artifacts.grant_write_prefix(permissions, own)
        # A checkpoint that the container deletes is deleted in the bucket too.
        context.artifacts.grant_delete_prefix(permissions, own)
    _allow_logs(permissions, contexts)
    return permissions


def _allow_logs(permissions: Permissions, contexts: Sequence[ModelContext]) -> None:
    group, empty_stream = log_group_arns(permissions.stack, "/aws/sagemaker/TrainingJobs")
    permissions.allow(["logs:CreateLogGroup", "logs:DescribeLogStreams"], [group, empty_stream])
    streams = [f"{empty_stream}{experiments(context.name)}" for context in contexts]
    permissions.allow(["logs:CreateLogStream", "logs:PutLogEvents"], streams)
    for stream in streams:
        permissions.acknowledge_wildcard(
            stream,
            "logs:CreateLogStream and logs:PutLogEvents name a stream that begins with the "
            "job's name, and people name their experiments when they start them",
        )


def _allow_metrics(permissions: Permissions) -> None:
    permissions.allow(
        ["cloudwatch:PutMetricData"],
        ["*"],
        {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"}},
    )
    permissions.acknowledge_wildcard(
        "*", "cloudwatch:PutMetricData takes no resource; the namespace of training jobs limits it"
    )
