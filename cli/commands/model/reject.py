"""`kiban reject`: rejects a model version; the approved one before it is rolled out."""

from typing import Annotated

import typer

from cli.environments.environment import Environment
from cli.environments.environment_loader import open_model
from cli.models import model_versions
from cli.models.model_versions import ModelVersion
from cli.models.rollout import wait_for_rollout
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, Model, UseSandbox, Wait

Number = Annotated[int, typer.Argument(metavar="VERSION", help="A number `kiban models` shows.")]
Reason = Annotated[str, typer.Option("--reason", help="Kept with the version.")]


def reject(
    model: Model,
    version: Number,
    reason: Reason = "",
    wait: Wait = False,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Reject a version; when it is live, the approved version before it takes over."""
    environment = open_model(env, model, sandbox=sandbox)
    chosen = model_versions.find_version(environment, model, version)
    next_version = None
    if chosen.status == "Rejected":
        screen.print_line(f"Version {version} of {model} is already rejected.")
    else:
        next_version = _reject(environment, model, chosen, reason)
    if next_version is not None and wait:
        wait_for_rollout(environment, model, next_version)
    elif next_version is not None:
        screen.print_line(
            f"[dim]It was live; version {next_version.number} takes over by itself.[/]"
        )
    if as_json:
        document = {"model": model, "version": version, "status": "Rejected"}
        screen.print_json({**document, "takes_over": next_version.number if next_version else None})


def _reject(
    env: Environment, model: str, version: ModelVersion, reason: str
) -> ModelVersion | None:
    """Reject a version; return the one that takes over, None when it was not live or stays so."""
    package = model_versions.live_endpoint(env, model).package
    model_versions.set_approval_status(env, version, "Rejected", reason or "rejected by a person")
    screen.print_line(f"Version {version.number} of {model} is rejected.")
    if version.arn != package:
        return None
    older = [v for v in model_versions.list_versions(env, model) if v.status == "Approved"]
    if not older:
        screen.print_line("[dim]It stays live: no other version is approved.[/]")
    return older[0] if older else None
