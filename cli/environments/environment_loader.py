"""Reads an environment's file and connects to the region or the sandbox it is deployed to."""

from cli.aws.connection import Connection
from cli.environments.environment import Environment
from cli.sandbox import sandbox_state
from cli.system.project_paths import sandbox_folder
from cli.terminal.errors import WrongInput
from cli.terminal.name_suggestions import require_known
from config.loader import ConfigError, environment_names, load_beside_others
from config.schema import EnvironmentConfig


def open_environment(name: str, *, sandbox: bool) -> Environment:
    """Read `config/<name>.toml` and connect to the region or the running sandbox.

    Raises WrongInput for an unknown environment or a wrong file, Failure when no sandbox runs.
    """
    config = read_config(name)
    if not sandbox:
        return Environment(config, Connection(config.platform.region))
    return in_sandbox(config, sandbox_state.require_sandbox(sandbox_folder()))


def in_sandbox(config: EnvironmentConfig, running: sandbox_state.RunningSandbox) -> Environment:
    """Return the environment in `running`, which has every account and every region."""
    account = config.platform.account
    place = running.account if account is None else account
    connection = Connection(config.platform.region, running.url, place, secret=running.secret)
    return Environment(config, connection)


def open_model(name: str, model: str, *, sandbox: bool) -> Environment:
    """Like `open_environment`, for a command about one model, which must be in the file."""
    config = read_config(name)
    require_known("model", model, config.models, f"config/{name}.toml")
    return open_environment(name, sandbox=sandbox)


def read_config(name: str) -> EnvironmentConfig:
    """Read `config/<name>.toml`; raises WrongInput with one line per mistake."""
    require_known("environment", name, environment_names(), "config")
    try:
        return load_beside_others(name)
    except ConfigError as error:
        raise WrongInput(str(error)) from None
