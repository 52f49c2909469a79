"""`kiban up`: starts the sandbox."""

from typing import Annotated

import typer

from cli.environments.environment_loader import read_config
from cli.sandbox import sandbox_state, server_process
from cli.sandbox.inventory import read_inventory
from cli.system.project_paths import sandbox_folder
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted
from cli.terminal.options import AsJson, Env

DEFAULT_PORT = 4599

Port = Annotated[
    int, typer.Option("--port", min=0, max=65_535, help="Where it listens on 127.0.0.1; 0: any.")
]
NewAccount = Annotated[
    bool,
    typer.Option("--new-account", help="With the quotas of an account that nobody has used yet."),
]


def up(
    port: Port = DEFAULT_PORT,
    env: Env = "dev",
    new_account: NewAccount = False,
    as_json: AsJson = False,
) -> None:
    """Start the sandbox, an AWS on this machine, in the background."""
    region = read_config(env).platform.region
    running = sandbox_state.find_sandbox(sandbox_folder())
    if running is not None and new_account:
        raise Failure("sandbox: one runs already, with its own quotas; end it with: ./kiban down")
    note, lost = "runs already", None
    if running is None:
        note, lost = "is up", read_inventory(sandbox_folder())
        try:
            with screen.spinner("starting the sandbox"):
                running = server_process.start_sandbox(
                    sandbox_folder(), port, region, new_account=new_account
                )
        except KeyboardInterrupt:
            raise Interrupted("sandbox: interrupted; nothing was left running") from None
    if as_json:
        shown = vars(running).copy()
        # Logs of pipelines are read by others; `env export` prints it where it is asked for.
        del shown["secret"]
        shown["lost"] = vars(lost) if lost else None
        screen.print_json(shown)
        return
    if lost:
        screen.print_line(
            f"[yellow]The one before ended without `./kiban down`; lost: {lost.describe()}.[/]"
        )
    screen.print_line(f"The sandbox {note}: [bold]{running.url}[/]  [dim]{running.region}[/]")
    screen.print_line("[dim]Next: ./kiban deploy --sandbox[/]")
    screen.print_line('[dim]For the AWS CLI and SDKs: eval "$(./kiban env export)"[/]')
