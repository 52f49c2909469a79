"""The architecture: every environment file becomes one stage, every lifecycle one stack."""

import sys

from aws_cdk import App, Environment, Stage, Tags

from config.loader import ConfigError, environment_names, load_environment
from config.schema import EnvironmentConfig
from constructs_lib.security_checks import register_security_checks
from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.platform import Platform
from stacks.registry import RegistryStack
from stacks.storage import StorageStack


def add_environment(app: App, config: EnvironmentConfig) -> Stage:
    """Add one environment's stacks to `app`, in the order in which they build on each other."""
    env = Environment(account=config.platform.account, region=config.platform.region)
    stage = Stage(app, config.stage, env=env)
    for key, value in {**config.platform.tags, "kiban:environment": config.stage}.items():
        Tags.of(stage).add(key, value)
    add_platform(stage, config)
    return stage


def add_platform(stage: Stage, config: EnvironmentConfig) -> Platform:
    """Add the stacks an environment has once."""
    storage = StorageStack(stage, "Storage", config=config)
    monitoring = MonitoringStack(stage, "Monitoring", config=config, storage=storage)
    network = None
    if config.is_private:
        network = NetworkStack(stage, "Network", config=config, storage=storage)
    registry = RegistryStack(
        stage, "Registry", config=config, storage=storage, monitoring=monitoring
    )
    return Platform(storage, monitoring, registry, network)


def main() -> None:
    """Synthesise the environment that `-c env=…` names, or every one."""
    app = App()
    wanted = app.node.try_get_context("env")
    try:
        names = [wanted] if wanted is not None else environment_names()
        configs = [load_environment(name) for name in names]
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    register_security_checks(app)
    for config in configs:
        add_environment(app, config)
    app.synth()


if __name__ == "__main__":
    main()
