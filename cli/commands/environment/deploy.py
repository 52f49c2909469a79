"""`kiban deploy`: the real CDK command line, made readable."""

import sys
import time
from pathlib import Path

import typer

from cli.deployment import cdk_command
from cli.deployment.deployment import deploy_environment, outputs_by_stack
from cli.environments import region_offer
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
    if sandbox or yes:
        deploy_environment(environment, cdk_command.assembly_folder(environment))
    elif sys.stdin.isatty() and sys.stdout.isatty() and not as_json:
        _run_asked(environment, cdk_command.assembly_folder(environment))
    else:
        raise WrongInput(
            f"{environment.config.stage}: nobody is here to approve changed permissions; "
            f"review them (./kiban review --base REF), then: {environment.command('deploy --yes')}"
        )
    if as_json:
        screen.say_json(outputs_by_stack(environment))
        return
    _show(environment, time.monotonic() - began)


def require_types(env: Environment) -> None:
    """Raise WrongInput when CloudFormation in the region would refuse half of the stacks."""
    missing = region_offer.lacking_types(env.config)
    if missing:
        raise WrongInput(f"{env.file}: {missing[0]}")


def _run_asked(env: Environment, assembly: Path) -> None:
    """Say what would change, ask if it matters, and deploy exactly that."""
    with screen.waiting("synthesising") as waiting:
        cdk_command.follow(
            env, cdk_command.synth_words(env, assembly), cdk_command.log_file(env), lambda _: None
        )
        waiting.now("comparing with what is deployed")
        found = deployed_comparison.against_deployed(env, assembly)
    is_new = not found.before.assembly.stacks
    if is_new:
        screen.title(env.config.stage, "not deployed yet")
        sheets = f"./kiban review --env {env.config.environment}"
        screen.say(f"  all of it is new; who may do what, and what it costs, says: {sheets}")
    else:
        deployed_comparison.show(found)
    if (is_new or found.needs_person) and not typer.confirm("\nDeploy this?"):
        raise Failure(f"{env.config.stage}: not confirmed; nothing was changed")
    deploy_environment(env, assembly, is_written=True)


def _show(env: Environment, seconds: float) -> None:
    stacks = outputs_by_stack(env)
    screen.say(
        f"[green]✓[/] [bold]{env.config.stage}[/] is deployed: {len(stacks)} stacks "
        f"[dim]in {screen.lasting(seconds)}[/]"
    )
    for model in [*env.config.models][:_NEXT_STEPS]:
        if ENDPOINT_NAME in stacks.get(f"{env.config.stage}-{inference_stack(model)}", {}):
            screen.say(f"[dim]Next: {env.command(f'predict {model} rows.csv')}[/]")
        else:
            screen.say(f"[dim]Next: {env.command(f'data put {model} FILE.csv')}[/]")
