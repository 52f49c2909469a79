"""`kiban destroy`: takes an environment down, and names what stays."""

import sys
from pathlib import Path

import typer

from cli.deployment import cdk_command, data_removal, deployment
from cli.environments.environment import Environment, Stack
from cli.environments.environment_loader import open_environment
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted, WrongInput
from cli.terminal.options import Env, UseSandbox, Yes


def destroy(env: Env = "dev", sandbox: UseSandbox = False, yes: Yes = False) -> None:
    """Delete an environment's stacks; data goes only where the file says `destroy`."""
    environment = open_environment(env, sandbox=sandbox)
    with screen.waiting("asking CloudFormation"):
        found = environment.stacks().values()
    stacks = [stack for stack in found if stack is not None]
    if not stacks:
        screen.say(f"{environment.config.stage} is not deployed here; nothing to do.")
        return
    require_unprotected(stacks)
    kept = staying(environment, stacks)
    if not yes:
        _ask(environment, stacks, kept)
    run(environment, cdk_command.assembly_folder(environment))
    screen.say(f"[green]✓[/] {environment.config.stage} is gone: {len(stacks)} stacks")
    for name in kept:
        screen.say(f"  [dim]kept[/]  {name}")


def require_unprotected(stacks: list[Stack]) -> None:
    """Raise Failure, with the way to lift it, when a stack is protected against deletion."""
    protected = [stack.name for stack in stacks if stack.is_protected]
    if protected:
        raise Failure(
            f"{protected[0]}: protected against deletion ({len(protected)} stacks are); lift it "
            "for each with: aws cloudformation update-termination-protection "
            f"--no-enable-termination-protection --stack-name {protected[0]}"
        )


def staying(env: Environment, stacks: list[Stack]) -> list[str]:
    """Return what outlives the stacks: the file says `retain`, or that it was there before."""
    existing = env.config.existing
    before = {"bucket": [existing.data_bucket, existing.artifacts_bucket]}
    before |= {"key": [existing.key_arn], "image repository": [existing.repository]}
    if not env.config.keeps_data:
        return [f"{word} {name}" for word, names in before.items() for name in names if name]
    outputs = {key: value for stack in stacks for key, value in stack.outputs.items()}
    kinds = {"BucketName": "bucket", "KeyArn": "key", REPOSITORY_NAME: "image repository"}
    kinds["ModelPackageGroupName"] = "model package group"
    return [
        f"{word} {value}"
        for key, value in outputs.items()
        for ending, word in kinds.items()
        if key.endswith(ending)
    ]


def run(env: Environment, assembly: Path) -> None:
    """Empty what CloudFormation cannot empty, where the file allows it, then delete the stacks."""
    try:
        _empty(env)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{env.config.stage}: interrupted; part of its data is gone, the stacks are still "
            f"there; finish with: {env.command('destroy')}"
        ) from None
    words = cdk_command.destroy_words(env, assembly)
    doing = f"Destroying {env.config.stage}"
    try:
        deployment.watch(env, words, cdk_command.log_file(env), doing)
    except Failure:
        storage = env.stack(STORAGE)
        if env.config.keeps_data or storage is None or storage.status != "DELETE_FAILED":
            raise
        # Access logs of the emptying itself arrive late and fill the bucket again.
        _empty(env)
        deployment.watch(env, words, cdk_command.log_file(env), doing)


def _empty(env: Environment) -> None:
    if not env.config.keeps_data:
        with screen.waiting("emptying buckets and registries") as waiting:
            data_removal.empty(env, lambda what: waiting.now(f"emptying {what}"))


def _ask(env: Environment, stacks: list[Stack], kept: list[str]) -> None:
    stage = env.config.stage
    if not sys.stdin.isatty():
        raise WrongInput(f"{stage}: nobody is here to confirm; add --yes to destroy it")
    screen.title(f"{stage} will be destroyed", env.connection.url or env.connection.region)
    screen.table(["stack"], [[stack.name] for stack in stacks])
    if kept:
        screen.say("\n  These stay:")
        screen.table(["kept"], [[name] for name in kept])
    else:
        screen.say("\n  [red]All data, model versions and images of it are deleted too.[/]")
    typed = typer.prompt(f"\nType {stage} to go on", default="", show_default=False)
    if typed.strip() != stage:
        raise Failure(f"{stage}: not confirmed; nothing was changed")
