"""`kiban destroy`: deletes the stacks of an environment, and lists the retained resources."""

import sys
from pathlib import Path

import typer

from cli.deployment import cdk_command, data_removal, deployment
from cli.deployment.cdk_errors import unprotect_command
from cli.environments.environment import DeployedStack, Environment
from cli.environments.environment_loader import open_environment
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted, WrongInput
from cli.terminal.options import Env, UseSandbox, Yes
from config.outputs import REPOSITORY_NAME
from config.stack_names import STORAGE


def destroy(env: Env = "dev", sandbox: UseSandbox = False, yes: Yes = False) -> None:
    """Delete an environment's stacks; data goes only where the file says `destroy`."""
    environment = open_environment(env, sandbox=sandbox)
    with screen.spinner("reading the stacks"):
        found = environment.stacks().values()
    stacks = [stack for stack in found if stack is not None]
    if not stacks:
        screen.print_line(f"{environment.config.stage} is not deployed here; nothing to do.")
        return
    require_unprotected(stacks)
    retained = retained_resources(environment, stacks)
    if not yes:
        _confirm(environment, stacks, retained)
    destroy_stacks(environment, cdk_command.assembly_folder(environment))
    screen.print_line(f"[green]✓[/] {environment.config.stage} is gone: {len(stacks)} stacks")
    for name in retained:
        screen.print_line(f"  [dim]kept[/]  {name}")


def require_unprotected(stacks: list[DeployedStack]) -> None:
    """Raise Failure when a stack has termination protection."""
    protected = [stack.name for stack in stacks if stack.is_protected]
    if protected:
        raise Failure(
            f"{protected[0]}: protected against deletion ({len(protected)} stacks are); lift it "
            f"for each with: {unprotect_command(protected[0])}"
        )


def retained_resources(env: Environment, stacks: list[DeployedStack]) -> list[str]:
    """Return the resources that are retained: by `retain` in the file, or as existing ones."""
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


def destroy_stacks(env: Environment, assembly: Path) -> None:
    """Remove the data that CloudFormation cannot, where the file allows it; delete the stacks."""
    try:
        _empty(env)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{env.config.stage}: interrupted; part of its data is gone, the stacks are still "
            f"there; finish with: {env.command('destroy')}"
        ) from None
    command = cdk_command.destroy_command(env, assembly)
    doing = f"Destroying {env.config.stage}"
    try:
        deployment.run_with_progress(env, command, cdk_command.log_file(env), doing)
    except Failure:
        storage = env.stack(STORAGE)
        if env.config.keeps_data or storage is None or storage.status != "DELETE_FAILED":
            raise
        # Access logs of the emptying itself arrive late and fill the bucket again.
        _empty(env)
        deployment.run_with_progress(env, command, cdk_command.log_file(env), doing)


def _empty(env: Environment) -> None:
    if not env.config.keeps_data:
        with screen.spinner("emptying buckets and registries") as spinner:
            data_removal.remove_data(env, lambda what: spinner.update(f"emptying {what}"))


def _confirm(env: Environment, stacks: list[DeployedStack], retained: list[str]) -> None:
    stage = env.config.stage
    if not sys.stdin.isatty():
        raise WrongInput(f"{stage}: no terminal to confirm on; add --yes to destroy it")
    screen.print_title(f"{stage} will be destroyed", env.connection.url or env.connection.region)
    screen.print_table(["stack"], [[stack.name] for stack in stacks])
    if retained:
        screen.print_line("\n  These stay:")
        screen.print_table(["kept"], [[name] for name in retained])
    else:
        screen.print_line("\n  [red]All data, model versions and images of it are deleted too.[/]")
    typed = typer.prompt(f"\nType {stage} to go on", default="", show_default=False)
    if typed.strip() != stage:
        raise Failure(f"{stage}: not confirmed; nothing was changed")
