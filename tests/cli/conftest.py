import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.environments.environment import Environment
from cli.environments.environment_loader import in_sandbox
from cli.sandbox import server_process
from config.loader import load_environment
from tests.cli import stacks


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the deployed sandbox lives."""
    return tmp_path_factory.mktemp("deployed")


@pytest.fixture(scope="session")
def dev(folder: Path) -> Iterator[Environment]:
    """`kiban-dev` in a sandbox: real stacks with the outputs of the real ones, nothing trained."""
    running = server_process.start_sandbox(folder, 0, "us-east-1")
    try:
        env = in_sandbox(load_environment("dev"), running)
        templates = {
            "Storage": stacks.storage(),
            "Training-churn": stacks.training(),
            "Inference-churn": stacks.inference(),
        }
        formation = env.aws("cloudformation")
        for part, template in templates.items():
            name = f"{env.config.stage}-{part}"
            formation.create_stack(
                StackName=name,
                TemplateBody=json.dumps(template),
                Capabilities=["CAPABILITY_IAM"],
            )
            formation.get_waiter("stack_create_complete").wait(
                StackName=name, WaiterConfig={"Delay": 1}
            )
        yield env
    finally:
        server_process.stop_sandbox(folder)
