"""The workbench of one environment, synthesised once for each network mode."""

from typing import Any

import pytest
from aws_cdk.assertions import Template

from stacks.inference import InferenceStack
from stacks.training import TrainingStack
from stacks.workbench import WorkbenchStack
from tests.templates.environments import add_platform, add_stage, make_environment, new_app


def make_workbench(**changes: Any) -> WorkbenchStack:
    """The workbench stack of a valid environment; say only what the test is about."""
    config = make_environment(**changes)
    stage = add_stage(new_app(), config)
    platform = add_platform(stage, config)
    inferences = [
        InferenceStack(stage, f"Inference-{name}", config=config, model=name, platform=platform)
        for name in config.models
    ]
    trainings = [
        TrainingStack(
            stage,
            f"Training-{name}",
            config=config,
            model=name,
            platform=platform,
            inference=inference,
        )
        for name, inference in zip(config.models, inferences, strict=True)
    ]
    return WorkbenchStack(
        stage,
        "Workbench",
        config=config,
        platform=platform,
        trainings=trainings,
    )


@pytest.fixture(scope="session")
def managed() -> Template:
    """The template without a network of our own."""
    return Template.from_stack(make_workbench())


@pytest.fixture(scope="session")
def private() -> Template:
    """The template with isolated subnets."""
    return Template.from_stack(make_workbench(network={"mode": "private"}))
