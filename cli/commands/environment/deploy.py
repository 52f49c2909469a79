"""`kiban deploy`: deploys an environment with the CDK command line."""

import sys
import time
from pathlib import Path

import typer

from cli.deployment import cdk_command, endpoint_retype
from cli.deployment.deployment import deploy_environment, outputs_by_stack
from cli.environments import deployment_checks, region_offer
from cli.environments.environment import Environment
from cli.environments.environment_loader import open_environment
from cli.review import deployed_comparison
from cli.terminal import screen
from cli.terminal.errors import Failure, WrongInput
from cli.terminal.options import AsJson, Env, UseSandbox, Yes

_NEXT_STEPS = 3


def deploy(
    env: Env = "dev", sandbox: UseSandbox = False, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Deploy an environment with the CDK command line; what is live stays live."""
    environment = open_environment(env, sandbox=sandbox)
    require_types(environment)
    began = time.monotonic()
    if not (sandbox or yes or _is_interactive(as_json)):
        raise WrongInput(
            f"{environment.config.stage}: no terminal to approve changed permissions on; "
            f"review them (./kiban review --base REF), then: {environment.command('deploy --yes')}"
        )
    require_account(environment)
    if sandbox or yes:
        _run_unasked(environment, cdk_command.assembly_folder(environment))
    else:
        _run_asked(environment, cdk_command.assembly_folder(environment))
    if as_json:
        screen.print_json(outputs_by_stack(environment))
        return
    _show(environment, time.monotonic() - began)


def require_types(env: Environment) -> None:
    """Raise WrongInput when CloudFormation in the region lacks a resource type of the stacks."""
    missing = region_offer.missing_types(env.config)
    if missing:
        raise WrongInput(f"{env.file}: {missing[0]}")


def _run_unasked(env: Environment, assembly: Path) -> None:
    """Deploy; where scaling has to be off first, only after the synthesis succeeded."""
    retypes = endpoint_retype.find_retypes(env)
    if retypes:
        with screen.spinner("synthesising"):
            _synthesise(env, assembly)
    for retype in retypes:
        screen.err.print(screen.escape(str(retype)), soft_wrap=True)
        endpoint_retype.switch_scaling_off(env, retype)
    deploy_environment(env, assembly, is_written=bool(retypes))


def _synthesise(env: Environment, assembly: Path) -> None:
    cdk_command.run_cdk(
        env, cdk_command.synth_command(env, assembly), cdk_command.log_file(env), lambda _: None
    )


def require_account(env: Environment) -> None:
    """Raise Failure without credentials of the file's account: a synthesis takes half a minute."""
    if env.connection.is_sandbox:
        return
    with screen.spinner("looking at the credentials"):
        found = deployment_checks.check_account(env)
    if found.level == "fail":
        raise Failure(f"{env.config.stage}: {found.note}; {found.advice}")


def _is_interactive(as_json: bool) -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and not as_json


def _run_asked(env: Environment, assembly: Path) -> None:
    """Print what would change, ask where a person must look, and deploy that assembly."""
    with screen.spinner("synthesising") as spinner:
        _synthesise(env, assembly)
        spinner.update("comparing with what is deployed")
        found = deployed_comparison.compare_with_deployed(env, assembly)
        retypes = endpoint_retype.find_retypes(env)
    is_new = not found.before.assembly.stacks
    if is_new:
        screen.print_title(env.config.stage, "not deployed yet")
        sheets = f"./kiban review --env {env.config.environment}"
        screen.print_line(f"  all of it is new; who may do what, and what it costs, says: {sheets}")
    else:
        deployed_comparison.print_comparison(found)
    for retype in retypes:
        screen.print_line(f"  [yellow]{screen.escape(str(retype))}[/]")
    if (is_new or found.needs_person or retypes) and not typer.confirm("\nDeploy this?"):
        raise Failure(f"{env.config.stage}: not confirmed; nothing was changed")
    for retype in retypes:
        endpoint_retype.switch_scaling_off(env, retype)
    deploy_environment(env, assembly, is_written=True)


def _show(env: Environment, seconds: float) -> None:
    stacks = outputs_by_stack(env)
    screen.print_line(
        f"[green]✓[/] [bold]{env.config.stage}[/] is deployed: {len(stacks)} stacks "
        f"[dim]in {screen.format_duration(seconds)}[/]"
    )
    for model in [*env.config.models][:_NEXT_STEPS]:
        if "EndpointName" in stacks.get(f"{env.config.stage}-Inference-{model}", {}):
            screen.print_line(f"[dim]Next: {env.command(f'predict {model} rows.csv')}[/]")
        else:
            screen.print_line(f"[dim]Next: {env.command(f'data put {model} FILE.csv')}[/]")
