"""`kiban reject`: a person takes a version out; the one before takes over."""

from typing import Annotated

import typer

from cli.environments.environment_loader import open_model
from cli.models import model_versions
from cli.terminal import screen
from cli.terminal.options import Env, Model, UseSandbox

Number = Annotated[int, typer.Argument(metavar="VERSION", help="A number `kiban models` shows.")]
Reason = Annotated[str, typer.Option("--reason", help="Kept with the version.")]


def reject(
    model: Model,
    version: Number,
    reason: Reason = "",
    env: Env = "dev",
    sandbox: UseSandbox = False,
) -> None:
    """Reject a version; when it is live, the approved version before it takes over."""
    environment = open_model(env, model, sandbox=sandbox)
    chosen = model_versions.find(environment, model, version)
    if chosen.status == "Rejected":
        screen.say(f"Version {version} of {model} is already rejected.")
        return
    package = model_versions.live(environment, model).package
    model_versions.judge(environment, chosen, "Rejected", reason or "rejected by a person")
    screen.say(f"Version {version} of {model} is rejected.")
    if chosen.arn != package:
        return
    older = [v for v in model_versions.list_versions(environment, model) if v.status == "Approved"]
    if older:
        screen.say(f"[dim]It was live; version {older[0].number} takes over by itself.[/]")
    else:
        screen.say("[dim]It stays live: no other version is approved.[/]")
