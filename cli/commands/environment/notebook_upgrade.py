"""`kiban notebook upgrade`: changes the platform of the running notebook instance in place."""

from typing import Annotated

import typer

from cli.deployment.notebook_platform import (
    Notebook,
    read_notebook,
    upgrade_platform,
)
from cli.environments.environment import Environment
from cli.environments.environment_loader import open_environment
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted, WrongInput
from cli.terminal.options import AsJson, Env, UseSandbox, Yes
from cli.terminal.questions import require_person
from config.instances import NOTEBOOK_PLATFORMS

To = Annotated[
    str, typer.Option("--to", metavar="PLATFORM", help="The platform, as notebook-al2023-v2.")
]
Start = Annotated[bool, typer.Option("--start", help="Start it afterwards, though it is stopped.")]


def notebook_upgrade(
    to: To,
    start: Start = False,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Change the notebook's platform in place: stop, change, start; its disk stays.

    The template keeps the platform that the notebook was created with.
    """
    if to not in NOTEBOOK_PLATFORMS:
        known = ", ".join(NOTEBOOK_PLATFORMS)
        raise WrongInput(f"--to {to}: no platform that SageMaker starts; choose one of {known}")
    environment = open_environment(env, sandbox=sandbox)
    found = read_notebook(environment)
    if found.platform == to and (found.runs or not start):
        screen.print_line(f"{found.name} has {to} already; it is {found.status}.")
        _give_document(found, as_json=as_json)
        return
    if found.runs and not yes:
        _confirm(environment, found, to)
    again = environment.command(f"notebook upgrade --to {to}{' --start' * (found.runs or start)}")
    try:
        with screen.spinner(f"upgrading {found.name}") as spinner:
            found = upgrade_platform(
                environment,
                to,
                starts=start or found.runs,
                on_step=lambda what: spinner.update(f"{found.name}: {what}"),
            )
    except KeyboardInterrupt:
        raise Interrupted(f"{found.name}: interrupted; go on with: {again}") from None
    screen.print_line(
        f"[green]✓[/] {found.name} has {found.platform}, its disk stays; it is {found.status}"
    )
    _give_document(found, as_json=as_json)


def _give_document(found: Notebook, *, as_json: bool) -> None:
    if as_json:
        facts = {"notebook": found.name, "platform": found.platform, "status": found.status}
        screen.print_json(facts)


def _confirm(env: Environment, found: Notebook, to: str) -> None:
    """Ask before a running notebook is stopped; raises Failure without a yes."""
    require_person(found.name, "add --yes to stop it")
    screen.print_line(
        f"{found.name} is running: it is stopped, gets {to} in place of {found.platform}, and is "
        "started. Kernels end; what lies below SageMaker/ stays, other folders do not."
    )
    if not typer.confirm("Stop it now?"):
        raise Failure(f"{env.config.stage}: not confirmed; nothing was changed")
