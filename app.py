"""CDK app: one stage for each environment file, one stack for each lifecycle."""

from constructs_lib.synthesis.synthesis_speed import prepare_synthesis

if __name__ == "__main__":
    prepare_synthesis()  # works while the libraries below are imported

from config import stack_names
from config.loader import load_or_exit
from config.schema import EnvironmentConfig
from constructs_lib.synthesis.checked_app import CheckedApp
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from stacks.delivery import add_delivery
from stacks.inference import InferenceStack
from stacks.monitoring import MonitoringStack
from stacks.network import add_network
from stacks.platform import Platform
from stacks.registry import RegistryStack
from stacks.storage import StorageStack
from stacks.training import TrainingStack
from stacks.workbench import WorkbenchStack


def add_stacks(stage: EnvironmentStage, config: EnvironmentConfig) -> None:
    """Add one environment's stacks to `stage`, in the order in which they build on each other."""
    add_delivery(stage, config)
    storage = StorageStack(stage, stack_names.STORAGE, config=config)
    monitoring = MonitoringStack(stage, stack_names.MONITORING, config=config, storage=storage)
    network = add_network(stage, config, storage)
    registry = RegistryStack(
        stage, stack_names.REGISTRY, config=config, storage=storage, network=network
    )
    platform = Platform(storage, monitoring, registry, network)
    trainings = []
    for name in config.models:
        inference = InferenceStack(
            stage, stack_names.inference_stack(name), config=config, model=name, platform=platform
        )
        training = TrainingStack(
            stage,
            stack_names.training_stack(name),
            config=config,
            model=name,
            platform=platform,
            inference=inference,
        )
        trainings.append(training)
    WorkbenchStack(
        stage, stack_names.WORKBENCH, config=config, platform=platform, trainings=trainings
    )


if __name__ == "__main__":
    app = CheckedApp()
    for environment in load_or_exit(app.node.try_get_context("env")):
        add_stacks(EnvironmentStage(app, config=environment), environment)
    app.synth()
