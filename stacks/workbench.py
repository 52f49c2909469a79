"""Stack of the notebook instance where models are developed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import Aws, CfnOutput
from constructs import Construct

from config.outputs import NOTEBOOK_INSTANCE_NAME
from constructs_lib.notebook.company_settings import company_variables
from constructs_lib.notebook.experiment_role import ExperimentRole
from constructs_lib.notebook.many_models_access import ManyModelsAccess
from constructs_lib.notebook.model_access import ModelAccess
from constructs_lib.notebook.workbench import Workbench
from constructs_lib.synthesis.environment_stage import EnvironmentStack

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.registry.model_context import ModelContext
    from stacks.platform import Platform
    from stacks.training import TrainingStack

MOST_POLICIES = 9
"""IAM attaches ten policies to a role, and the notebook's role has one of its own."""


NAMED_MODELS = 50
"""Model names passed to the notebook: its start script has at most 16,384 characters in all."""


class WorkbenchStack(EnvironmentStack):
    """One notebook instance with access to every model of the environment; it may approve none."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        platform: Platform,
        trainings: Sequence[TrainingStack],
    ) -> None:
        super().__init__(scope, construct_id, config=config)
        contexts = [platform.model_context(config, name) for name in config.models]
        experiments = ExperimentRole(self, "Experiments", contexts=contexts)
        workbench = Workbench(
            self,
            "Workbench",
            config=config,
            key=platform.storage.key,
            experiments=experiments,
            variables={
                "AWS_DEFAULT_REGION": Aws.REGION,
                "KIBAN_ACCOUNT": Aws.ACCOUNT_ID,
                "KIBAN_DATA_BUCKET": platform.storage.data.name,
                "KIBAN_EXPERIMENT_ROLE": experiments.role_arn,
                "KIBAN_MODELS": ",".join([*config.models][: _named_models(config)]),
                "KIBAN_REGION": Aws.REGION,
                "KIBAN_STAGE": config.stage,
            },
            vpc=contexts[0].vpc,
        )
        models = Construct(self, "Models")
        if len(contexts) <= MOST_POLICIES:
            _attach_model_policies(workbench, models, contexts, trainings)
        else:
            _attach_group_policies(workbench, models, contexts)

        CfnOutput(self, NOTEBOOK_INSTANCE_NAME, value=workbench.notebook_instance_name)


def _named_models(config: EnvironmentConfig) -> int:
    """Return how many names the start script has room for, beside a company's settings or not."""
    return NAMED_MODELS // 2 if company_variables(config) else NAMED_MODELS


def _attach_model_policies(
    workbench: Workbench,
    models: Construct,
    contexts: Sequence[ModelContext],
    trainings: Sequence[TrainingStack],
) -> None:
    """Attach one policy for each model, with grants on that model's own resources only."""
    for context, training in zip(contexts, trainings, strict=True):
        access = ModelAccess(models, context.name, context=context)
        training.workflow.grant_start(access.permissions)
        training.group.grant_describe(access.permissions)
        training.inference.access.grant_invoke(access.permissions)
        training.inference.access.grant_describe(access.permissions)
        workbench.add_policy(access.policy)


def _attach_group_policies(
    workbench: Workbench, models: Construct, contexts: Sequence[ModelContext]
) -> None:
    """Attach a policy for all models together, and one for each group of them."""
    for policy in ManyModelsAccess(models, "All", contexts=contexts).policies:
        workbench.add_policy(policy)
