"""`kiban deploy`: the real CDK command line, made readable."""

import sys
import time
from pathlib import Path

import typer

from cli import cdk, changes, deploying, regions, screen
from cli.environment import Environment, open_environment
from cli.errors import Failure, WrongInput
from cli.options import AsJson, Env, UseSandbox, Yes
from config.outputs import ENDPOINT_NAME
from config.stack_names import inference_stack

_NEXT_STEPS = 3


def deploy(
    env: Env = "dev", sandbox: UseSandbox = False, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Deploy an environment with the CDK command line; what is live stays live."""
    environment = open_environment(env, sandbox=sandbox)
    require_types(environment)
    began = time.monotonic()
    if sandbox or yes:
        run(environment, cdk.assembly_folder(environment))
    elif sys.stdin.isatty() and sys.stdout.isatty() and not as_json:
        _run_asked(environment, cdk.assembly_folder(environment))
    else:
        raise WrongInput(
            f"{environment.config.stage}: nobody is here to approve changed permissions; "
            f"review them (./kiban review --base REF), then: {environment.command('deploy --yes')}"
        )
    if as_json:
        screen.say_json(outputs(environment))
        return
    _show(environment, time.monotonic() - began)


def require_types(env: Environment) -> None:
    """Raise WrongInput when CloudFormation in the region would refuse half of the stacks."""
    missing = regions.lacking_types(env.config)
    if missing:
        raise WrongInput(f"{env.file}: {missing[0]}")


def run(env: Environment, assembly: Path) -> None:
    """Deploy without asking and show how far it is; raises Failure with the reason."""
    _bootstrap(env)
    _watch(env, cdk.deploy_words(env, assembly, is_written=False))


def _run_asked(env: Environment, assembly: Path) -> None:
    """Say what would change, ask if it matters, and deploy exactly that."""
    with screen.waiting("synthesising") as waiting:
        cdk.follow(env, cdk.synth_words(env, assembly), cdk.log_file(env), lambda _: None)
        waiting.now("comparing with what is deployed")
        found = changes.against_deployed(env, assembly)
    is_new = not found.before.assembly.stacks
    if is_new:
        screen.title(env.config.stage, "not deployed yet")
        sheets = f"./kiban review --env {env.config.environment}"
        screen.say(f"  all of it is new; who may do what, and what it costs, says: {sheets}")
    else:
        changes.show(found)
    if (is_new or found.needs_person) and not typer.confirm("\nDeploy this?"):
        raise Failure(f"{env.config.stage}: not confirmed; nothing was changed")
    _watch(env, cdk.deploy_words(env, assembly, is_written=True))


def _watch(env: Environment, words: list[str]) -> None:
    deploying.watch(env, words, cdk.log_file(env), f"Deploying {env.config.stage}")


def _bootstrap(env: Environment) -> None:
    """Make in a place of the sandbox what `cdk bootstrap` makes on AWS, where a person runs it."""
    place = env.connection
    if place.url is not None and place.account is not None:
        # boto3 takes a third of a second to import; `--help` must not.
        from sandbox.cdk.bootstrap import ensure

        ensure(url=place.url, region=place.region, account=place.account)


def outputs(env: Environment) -> dict[str, dict[str, str]]:
    """Return the outputs of every deployed stack by its name."""
    return {stack.name: stack.outputs for stack in env.stacks().values() if stack}


def _show(env: Environment, seconds: float) -> None:
    stacks = outputs(env)
    screen.say(
        f"[green]✓[/] [bold]{env.config.stage}[/] is deployed: {len(stacks)} stacks "
        f"[dim]in {screen.lasting(seconds)}[/]"
    )
    for model in [*env.config.models][:_NEXT_STEPS]:
        if ENDPOINT_NAME in stacks.get(f"{env.config.stage}-{inference_stack(model)}", {}):
            screen.say(f"[dim]Next: {env.command(f'predict {model} rows.csv')}[/]")
        else:
            screen.say(f"[dim]Next: {env.command(f'data put {model} FILE.csv')}[/]")
