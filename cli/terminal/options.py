"""Options and arguments that several commands share."""

from typing import Annotated

import typer

Env = Annotated[
    str, typer.Option("--env", metavar="ENV", help="The environment: a file config/ENV.toml.")
]
UseSandbox = Annotated[
    bool, typer.Option("--sandbox", help="The sandbox on this machine instead of AWS.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For machines: JSON, nothing else.")]
Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="A table \\[models.MODEL] of the environment.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Wait = Annotated[bool, typer.Option("--wait", help="Follow it until it is finished.")]
ChangesSchema = Annotated[
    bool,
    typer.Option("--changes-schema", help="It takes other columns, and its callers are ready."),
]
Prune = Annotated[
    bool,
    typer.Option(
        "--prune", help="Also delete deployed stacks that the file no longer has, after asking."
    ),
]
AsNew = Annotated[
    bool,
    typer.Option(
        "--as-new", help="Deploy though it runs under another platform name or in another region."
    ),
]
