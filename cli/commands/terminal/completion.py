"""`kiban completion`: prints a script with which a shell completes this command line."""

from typing import Annotated

import typer

from cli.completion.scripts import SHELLS
from cli.terminal import screen
from cli.terminal.errors import WrongInput
from cli.terminal.options import AsJson

Shell = Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]


def completion(shell: Shell, as_json: AsJson = False) -> None:
    """Print a script that completes commands, options, environments and models at Tab.

    For bash, in ~/.bashrc: source <(/path/to/kiban completion bash)
    """
    if shell not in SHELLS:
        raise WrongInput(f"completion: no script for {shell!r}; there is {', '.join(SHELLS)}")
    script = SHELLS[shell].lstrip()
    if as_json:
        screen.print_json({"shell": shell, "script": script})
    else:
        typer.echo(script, nl=False)
