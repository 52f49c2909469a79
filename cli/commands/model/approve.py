"""`kiban approve`: approves a model version for its rollout."""

from typing import Annotated

import typer

from cli.environments.environment import Environment
from cli.environments.environment_loader import open_model
from cli.models import approval, model_versions
from cli.models.approval import ApprovalWords
from cli.models.model_versions import ModelVersion
from cli.models.rollout import newer_approved_version, wait_for_rollout
from cli.terminal import screen
from cli.terminal.options import AsJson, ChangesSchema, Env, Model, UseSandbox, Wait

Number = Annotated[int, typer.Argument(metavar="VERSION", help="A number `kiban models` shows.")]
DespiteGate = Annotated[
    str | None,
    typer.Option(
        "--despite-gate",
        metavar="REASON",
        help="Why it shall go live although the gate refused it.",
    ),
]


def approve(
    model: Model,
    version: Number,
    changes_schema: ChangesSchema = False,
    despite_gate: DespiteGate = None,
    wait: Wait = False,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Approve a version; the newest approved version goes live."""
    environment = open_model(env, model, sandbox=sandbox)
    chosen = model_versions.find_version(environment, model, version)
    # The console and the API approve without words; the rollout waits for them.
    if chosen.status == "Approved" and not approval.lacks_words(chosen):
        screen.print_line(f"Version {version} of {model} is already approved.")
    else:
        words = ApprovalWords(changes_schema, despite_gate)
        _approve(environment, model, chosen, words)
        screen.print_line(f"Version {version} of {model} is approved.")
    newer = newer_approved_version(environment, model, version)
    if newer is not None:
        screen.print_line(
            f"[dim]Version {newer.number} is newer and approved, so that one is live.[/]"
        )
    elif wait:
        wait_for_rollout(environment, model, chosen)
    else:
        command = environment.command(f"approve {model} {version} --wait")
        screen.print_line(f"[dim]The rollout begins by itself; follow it with: {command}[/]")
    if as_json:
        document = {"model": model, "version": version, "status": "Approved"}
        is_live = True if wait and newer is None else None
        screen.print_json({**document, "newer": newer.number if newer else None, "live": is_live})


def _approve(env: Environment, model: str, version: ModelVersion, words: ApprovalWords) -> None:
    approval.require_words(version, words, env.command(f"approve {model} {version.number}"))
    facts: dict[str, str] = {}
    if words.changes_schema or words.despite_gate is not None:
        caller = str(env.aws("sts").get_caller_identity()["Arn"])
        facts = approval.facts_of(words, caller)
    reason = approval.describe_words(version, words)
    model_versions.set_approval_status(env, version, "Approved", reason, facts)
