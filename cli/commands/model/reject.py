"""`kiban reject`: rejects a model version; the approved one before it is rolled out."""

from typing import Annotated

import typer

from cli.environments.environment_loader import open_model
from cli.models import model_versions
from cli.models.rollout import wait_for_rollout
from cli.terminal import screen
from cli.terminal.options import Env, Model, UseSandbox, Wait

Number = Annotated[int, typer.Argument(metavar="VERSION", help="A number `kiban models` shows.")]
Reason = Annotated[str, typer.Option("--reason", help="Kept with the version.")]


def reject(
    model: Model,
    version: Number,
    reason: Reason = "",
    wait: Wait = False,
    env: Env = "dev",
    sandbox: UseSandbox = False,
) -> None:
    """Reject a version; when it is live, the approved version before it takes over."""
    environment = open_model(env, model, sandbox=sandbox)
    chosen = model_versions.find_version(environment, model, version)
    if chosen.status == "Rejected":
        screen.print_line(f"Version {version} of {model} is already rejected.")
        return
    package = model_versions.live_endpoint(environment, model).package
    model_versions.set_approval_status(
        environment, chosen, "Rejected", reason or "rejected by a person"
    )
    screen.print_line(f"Version {version} of {model} is rejected.")
    if chosen.arn != package:
        return
    older = [v for v in model_versions.list_versions(environment, model) if v.status == "Approved"]
    if older and wait:
        wait_for_rollout(environment, model, older[0])
    elif older:
        screen.print_line(f"[dim]It was live; version {older[0].number} takes over by itself.[/]")
    else:
        screen.print_line("[dim]It stays live: no other version is approved.[/]")
