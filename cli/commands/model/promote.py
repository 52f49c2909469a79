"""`kiban promote`: what one environment approved goes live in another, across accounts."""

from typing import Annotated

import typer

from cli.environments.environment import Environment
from cli.environments.environment_loader import open_environment, open_model, read_config
from cli.models import model_versions, promotion
from cli.models import promotion_source as origins
from cli.models.model_versions import Version
from cli.models.promotion_source import Candidate, Origin
from cli.models.rollout import follow, newer_approved
from cli.terminal import screen
from cli.terminal.errors import Interrupted, WrongInput
from cli.terminal.name_suggestions import require_known
from cli.terminal.options import Model, UseSandbox, Wait

From = Annotated[str, typer.Option("--from", metavar="ENV", help="Where the version is approved.")]
To = Annotated[str, typer.Option("--to", metavar="ENV", help="Where it shall go live.")]


def promote(
    model: Model,
    source: From,
    target: To,
    wait: Wait = False,
    sandbox: UseSandbox = False,
) -> None:
    """Promote the newest approved version of a model; run it again to go on after a failure.

    Works with the credentials of the target's account.
    """
    config = read_config(source)
    require_known("model", model, config.models, f"config/{source}.toml")
    environment = open_model(target, model, sandbox=sandbox)
    if source == target:
        raise WrongInput(f"config/{source}.toml: is one environment; name another with --to")
    with screen.waiting(f"looking at {model} in {source}"):
        origin = origins.find(open_environment(source, sandbox=sandbox), environment)
        candidate = origin.candidate(model)
        promotion.require_gate(environment, model, candidate, source)
        there = promotion.find(environment, model, candidate)
    version = _bring(origin, environment, model, candidate) if there is None else there
    _approve(environment, origin, version, candidate)
    _say(environment, model, version, candidate, source)
    newer = newer_approved(environment, model, version.number)
    if newer is not None:
        screen.say(f"[dim]Version {newer.number} is newer and approved, so that one is live.[/]")
    elif wait:
        follow(environment, model, version)


def _bring(origin: Origin, target: Environment, model: str, candidate: Candidate) -> Version:
    try:
        with screen.waiting("copying the image") as waiting:
            image = promotion.bring_image(origin, target, candidate)
            waiting.now("copying the model")
            artifact = promotion.bring_artifact(origin, target, model, candidate)
            waiting.now("registering the version")
            parts = {"Image": image, "ModelDataUrl": artifact}
            arn = promotion.register(target, model, candidate, parts)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{model}: interrupted before it was registered; the same command goes on"
        ) from None
    return model_versions.describe(target, arn)


def _approve(target: Environment, origin: Origin, version: Version, candidate: Candidate) -> None:
    if version.status == "Rejected":
        raise WrongInput(
            f"version {version.number} of {target.config.environment} came from version "
            f"{candidate.number} of {origin.name} and was rejected: "
            f"{version.comment or 'no reason given'}; approve it there to try it again"
        )
    if version.status != "Approved":
        reason = f"Promoted from version {candidate.number} of {origin.config.stage}"
        model_versions.judge(target, version, "Approved", reason)


def _say(
    target: Environment, model: str, version: Version, candidate: Candidate, source: str
) -> None:
    metric = target.config.models[model].gate.metric
    screen.say(
        f"[green]✓[/] version [bold]{candidate.number}[/] of {model} in {source} is version "
        f"[bold]{version.number}[/] in {target.config.environment}, approved"
    )
    screen.say(f"  [dim]{metric}[/] {candidate.version.metrics[metric]:.4f}")
    screen.say(f"  [dim]image[/] {candidate.digest}")
    words = target.command(f"models {model}")
    screen.say(f"[dim]The rollout begins by itself; see: {words}[/]")
