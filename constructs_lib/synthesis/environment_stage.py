"""CDK stage of an environment, one account and region, and its stacks; each tags what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import App, Environment, PermissionsBoundary, Stack, Stage, Tags
from constructs import Construct

from config.tag_names import ENVIRONMENT_TAG, MODEL_TAG, STACK_TAG

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig

# The types of entries in a stack's metadata, which CDK writes beside the template.
ENVIRONMENT = "kiban:environment"
REVIEW = "kiban:review"


class EnvironmentStage(Stage):
    """Holds the stacks of one environment; cost allocation uses its tags.

    Without an account in the config the templates fit every account. A permissions boundary is
    put on every role, those that the CDK adds for itself included.
    """

    def __init__(self, app: App, *, config: EnvironmentConfig) -> None:
        env = Environment(account=config.platform.account, region=config.platform.region)
        super().__init__(app, config.stage, env=env, permissions_boundary=_boundary(config))
        for key, value in config.platform.tags.items():
            Tags.of(self).add(key, value)
        Tags.of(self).add(ENVIRONMENT_TAG, config.stage)


def _boundary(config: EnvironmentConfig) -> PermissionsBoundary | None:
    arn = config.platform.permissions_boundary
    return None if arn is None else PermissionsBoundary.from_arn(arn)


def record_environment(stack: Stack, config: EnvironmentConfig) -> None:
    """Write the name of the environment's file, and its bounds of a review, beside `stack`.

    CDK writes no metadata of a stage itself, and the stage's name alone does not tell where the
    platform's name ends: both may hold hyphens. The bounds are for a reviewer alone.
    """
    stack.node.add_metadata(ENVIRONMENT, config.environment)
    stack.node.add_metadata(REVIEW, config.review.model_dump())


class EnvironmentStack(Stack):
    """A stack of an environment, tagged with the environment and its own name without the stage.

    The command line finds by these tags a stack that the file no longer has. The stack of a `model`
    and all its resources are tagged with the model, too.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        model: str | None = None,
    ) -> None:
        tags = {ENVIRONMENT_TAG: config.stage, STACK_TAG: construct_id}
        super().__init__(
            scope,
            construct_id,
            termination_protection=config.keeps_data,
            # These are on the stack alone; a call for each afterwards takes longer.
            tags=tags if model is None else tags | {MODEL_TAG: model},
        )
        if model is not None:
            Tags.of(self).add(MODEL_TAG, model)
