"""`kiban promote`: copies an approved model version to another environment, across accounts."""

from typing import Annotated, Any

import typer

from cli.environments.environment import Environment
from cli.environments.environment_loader import open_environment, open_model, read_config
from cli.models import (
    approval,
    model_versions,
    promoted_columns,
    promoted_documents,
    promotion,
    promotion_source,
)
from cli.models.model_versions import ModelVersion
from cli.models.promotion_source import PromotionCandidate, PromotionSource
from cli.models.rollout import newer_approved_version, wait_for_rollout
from cli.terminal import screen
from cli.terminal.errors import Interrupted, WrongInput
from cli.terminal.name_suggestions import require_known
from cli.terminal.options import AsJson, ChangesSchema, Model, UseSandbox, Wait

From = Annotated[str, typer.Option("--from", metavar="ENV", help="Where the version is approved.")]
To = Annotated[str, typer.Option("--to", metavar="ENV", help="Where it shall go live.")]


def promote(
    model: Model,
    source: From,
    target: To,
    changes_schema: ChangesSchema = False,
    wait: Wait = False,
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Promote the newest approved version of a model; run it again to go on after a failure.

    Works with the credentials of the target's account.
    """
    config = read_config(source)
    require_known("model", model, config.models, f"config/{source}.toml")
    environment = open_model(target, model, sandbox=sandbox)
    if source == target:
        raise WrongInput(f"config/{source}.toml: is one environment; name another with --to")
    with screen.spinner(f"reading {model} in {source}"):
        origin = promotion_source.find_source(
            open_environment(source, sandbox=sandbox), environment
        )
        candidate = origin.candidate(model)
        promotion.require_gate(environment, model, candidate, source)
        there = promotion.find_promoted_version(environment, model, candidate)
        change = ""
        if there is None or there.status == "PendingManualApproval":
            change = promoted_columns.schema_change(origin, environment, model, candidate)
            what = f"{model}: version {candidate.number} of {source}"
            promoted_columns.require_word(change, changes_schema, what)
    version = _copy(origin, environment, model, candidate) if there is None else there
    _approve(environment, origin, version, candidate, change)
    _print_result(environment, model, version, candidate, source)
    live = _follow(environment, model, version, wait=wait)
    if as_json:
        document = {"model": model, "version": version.number, "status": "Approved"}
        document |= {"from": source, "from_version": candidate.number, "image": candidate.digest}
        screen.print_json({**document, **live})


def _follow(env: Environment, model: str, version: ModelVersion, *, wait: bool) -> dict[str, Any]:
    """Wait for the rollout, unless a newer version is live instead; return which is."""
    newer = newer_approved_version(env, model, version.number)
    if newer is not None:
        screen.print_line(
            f"[dim]ModelVersion {newer.number} is newer and approved, so that one is live.[/]"
        )
        return {"newer": newer.number, "live": None}
    if wait:
        wait_for_rollout(env, model, version)
    return {"newer": None, "live": True if wait else None}


def _copy(
    origin: PromotionSource, target: Environment, model: str, candidate: PromotionCandidate
) -> ModelVersion:
    try:
        with screen.spinner("copying the image") as spinner:
            image = promotion.copy_image(origin, target, candidate)
            spinner.update("copying the model")
            artifact = promotion.copy_artifact(origin, target, model, candidate)
            spinner.update("copying metrics, baselines and report")
            documents = promoted_documents.copy_documents(origin, target, model, candidate)
            spinner.update("registering the version")
            parts = {"Image": image, "ModelDataUrl": artifact}
            arn = promotion.register_version(target, model, candidate, parts, documents)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{model}: interrupted before it was registered; the same command goes on"
        ) from None
    return model_versions.describe_version(target, arn)


def _approve(
    target: Environment,
    origin: PromotionSource,
    version: ModelVersion,
    candidate: PromotionCandidate,
    change: str,
) -> None:
    if version.status == "Rejected":
        raise WrongInput(
            f"version {version.number} of {target.config.environment} came from version "
            f"{candidate.number} of {origin.name} and was rejected: "
            f"{version.comment or 'no reason given'}; approve it there to try it again"
        )
    if version.status != "Approved":
        reason = f"Promoted from version {candidate.number} of {origin.config.stage}"
        facts: dict[str, str] = {}
        if change:
            reason = f"{reason}; changes the schema ({change})"
            caller = str(target.aws("sts").get_caller_identity()["Arn"])
            facts = approval.accepted_change(change, caller)
        model_versions.set_approval_status(target, version, "Approved", reason, facts)


def _print_result(
    target: Environment,
    model: str,
    version: ModelVersion,
    candidate: PromotionCandidate,
    source: str,
) -> None:
    metric = target.config.models[model].gate.metric
    screen.print_line(
        f"[green]✓[/] version [bold]{candidate.number}[/] of {model} in {source} is version "
        f"[bold]{version.number}[/] in {target.config.environment}, approved"
    )
    screen.print_line(f"  [dim]{metric}[/] {candidate.version.metrics[metric]:.4f}")
    screen.print_line(f"  [dim]image[/] {candidate.digest}")
    words = target.command(f"models {model}")
    screen.print_line(f"[dim]The rollout begins by itself; see: {words}[/]")
