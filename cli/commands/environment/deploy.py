"""`kiban deploy`: deploys an environment with the CDK command line."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import typer

from cli.aws import aws_errors
from cli.deployment import cdk_command, endpoint_retype
from cli.deployment.adoption import adopt_kept_resources
from cli.deployment.deployment import deploy_environment, outputs_by_stack
from cli.deployment.deployment_lock import deployment_lock
from cli.deployment.endpoint_retype import Retype
from cli.environments.deployment_requirements import (
    require_account,
    require_authorities,
    require_types,
)
from cli.environments.environment import Environment
from cli.environments.environment_loader import open_environment
from cli.planning.deployment_gate import require_deployable
from cli.planning.deployment_planning import in_deploy_role
from cli.planning.elsewhere import require_not_elsewhere
from cli.planning.plan_report import print_risks
from cli.removal.prune_dialogue import confirm_prune, prune_removed, warn_of_removed
from cli.removal.removed_stacks import find_removed_stacks
from cli.review import finding_lines
from cli.terminal import screen
from cli.terminal.errors import Failure, WrongInput
from cli.terminal.options import AsJson, AsNew, Env, Prune, UseSandbox, Yes
from cli.terminal.questions import can_ask
from reviewer.plan.deployment_plan import DeploymentPlan

_NEXT_STEPS = 3


def deploy(
    env: Env = "dev",
    sandbox: UseSandbox = False,
    yes: Yes = False,
    prune: Prune = False,
    as_new: AsNew = False,
    as_json: AsJson = False,
) -> None:
    """Deploy an environment with the CDK command line; what is live stays live."""
    environment = open_environment(env, sandbox=sandbox)
    require_types(environment)
    require_authorities(environment)
    is_asked = not (sandbox or yes)
    if is_asked and not (can_ask() and sys.stdout.isatty() and not as_json):
        raise WrongInput(
            f"{environment.config.stage}: no terminal to approve changed permissions on; "
            f"review them (./kiban review --base REF), then: {environment.command('deploy --yes')}"
        )
    require_account(environment)
    if not as_new:
        require_not_elsewhere(environment)
    with deployment_lock(environment):
        removed = confirm_prune(environment, yes=yes) if prune else None
        began = time.monotonic()
        _deploy(environment, is_asked=is_asked)
        if removed is not None:
            prune_removed(environment, removed)
    _report(environment, time.monotonic() - began, as_json=as_json)
    if removed is None:
        _warn(environment)


def _deploy(env: Environment, *, is_asked: bool) -> None:
    """Plan, ask where a person must look, and deploy what was planned."""
    assembly = cdk_command.assembly_folder(env)
    found = require_deployable(env, assembly)
    # A pipeline's own role may read no template.
    looking = in_deploy_role(env, assembly) if found else env
    retypes = endpoint_retype.find_retypes(looking) if found else []
    if is_asked:
        _ask(env, assembly, found, retypes)
    for retype in retypes:
        screen.err.print(screen.escape(str(retype)), soft_wrap=True)
        endpoint_retype.switch_scaling_off(looking, retype)
    is_written = is_asked or found is not None
    is_written = adopt_kept_resources(env, assembly, is_written=is_written)
    deploy_environment(env, assembly, is_written=is_written)


def _ask(
    env: Environment, assembly: Path, found: DeploymentPlan | None, retypes: Sequence[Retype]
) -> None:
    """Print what would change, and ask where a person must look; raises Failure without a yes."""
    if found is None:
        with screen.spinner("synthesising"):
            cdk_command.synthesise_environment(env, assembly)
        screen.print_title(env.config.stage, "not deployed yet")
        sheets = f"./kiban review --env {env.config.environment}"
        screen.print_line(f"  all of it is new; who may do what, and what it costs, says: {sheets}")
    else:
        if found.comparison.needs_person or not found.exit_code:
            finding_lines.print_comparison(found.comparison)
        print_risks(found)
    for retype in retypes:
        screen.print_line(f"  [yellow]{screen.escape(str(retype))}[/]")
    is_risky = found is None or found.exit_code or retypes
    if is_risky and not typer.confirm("\nDeploy this?"):
        raise Failure(f"{env.config.stage}: not confirmed; nothing was changed")


def _report(env: Environment, seconds: float, *, as_json: bool) -> None:
    """Print what is deployed; a deployment that is finished has not failed when that fails."""
    try:
        stacks = outputs_by_stack(env)
    except Exception as error:
        _tell(f"{env.config.stage} is deployed; its outputs cannot be read", error)
        stacks = {}
    else:
        _show(env, stacks, seconds)
    if as_json:
        screen.print_json(stacks)


def _warn(env: Environment) -> None:
    """Name what the file no longer has; nor has a deployment failed when that is not known."""
    try:
        warn_of_removed(env, find_removed_stacks(env))
    except Exception as error:
        _tell(f"not looked for stacks that {env.file} no longer has", error)


def _tell(what: str, error: Exception) -> None:
    reason = aws_errors.explain(error) or f"{type(error).__name__}: {error}"
    screen.err.print(f"{what}: {aws_errors.one_line(reason)}", soft_wrap=True, markup=False)


def _show(env: Environment, stacks: dict[str, dict[str, str]], seconds: float) -> None:
    screen.print_line(
        f"[green]✓[/] [bold]{env.config.stage}[/] is deployed: {len(stacks)} stacks "
        f"[dim]in {screen.format_duration(seconds)}[/]"
    )
    for model in [*env.config.models][:_NEXT_STEPS]:
        if "EndpointName" in stacks.get(f"{env.config.stage}-Inference-{model}", {}):
            screen.print_line(f"[dim]Next: {env.command(f'predict {model} rows.csv')}[/]")
        else:
            screen.print_line(f"[dim]Next: {env.command(f'data put {model} FILE.csv')}[/]")
