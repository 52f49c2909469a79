"""Shipped environments in a sandbox of the test's own process, where none has to be started."""

from cli.aws.connection import Connection
from cli.environments.environment import Environment
from config.loader import load_environment
from sandbox.server.server import Sandbox
from sandbox.state.clients import ACCOUNT


def environment_in(sandbox: Sandbox, name: str) -> Environment:
    """The shipped environment `name` as its commands reach it in this sandbox."""
    config = load_environment(name)
    where = Connection(config.platform.region, sandbox.url, ACCOUNT, secret=sandbox.secret)
    return Environment(config, where)
