"""`kiban env export`: prints address and credentials of the running sandbox for other clients."""

import shlex
from typing import Annotated

import typer

from cli.environments.environment_loader import open_environment
from cli.sandbox.client_variables import PYTHON_PATH, client_variables
from cli.sandbox.role_session import session_variables
from cli.terminal import screen
from cli.terminal.options import AsJson, Env

# Either would be taken before the printed keys, or beside them.
_FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")

Role = Annotated[
    str | None,
    typer.Option("--role", help="Name or ARN of a role: an hour with its rights and no others."),
]


def env_export(env: Env = "dev", role: Role = None, as_json: AsJson = False) -> None:
    """Print the variables with which every AWS client calls the running sandbox.

    For a shell: eval "$(./kiban env export)". The secret is this sandbox's own, and ends with it.
    """
    connection = open_environment(env, sandbox=True).connection
    variables = client_variables(connection)
    if role is not None:
        variables |= session_variables(connection, role)
    if as_json:
        screen.print_json({**variables, "PYTHONPATH": PYTHON_PATH})
        return
    # The SageMaker SDKs name the address of AWS themselves.
    typer.echo(f'export PYTHONPATH={shlex.quote(PYTHON_PATH)}"${{PYTHONPATH:+:$PYTHONPATH}}"')
    for name, value in variables.items():
        typer.echo(f"export {name}={shlex.quote(value)}")
    typer.echo(f"unset {' '.join(name for name in _FOREIGN if name not in variables)}")
