"""`kiban destroy`: deletes the stacks of an environment, and lists the retained resources."""

from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from cli.deployment import cdk_command, data_removal, deployment
from cli.deployment.deployment_lock import deployment_lock
from cli.environments.environment import DeployedStack, Environment
from cli.environments.environment_loader import open_environment
from cli.removal.deletion_checks import Obstacle, require_deletable
from cli.removal.prune_dialogue import warn_of_removed
from cli.removal.removed_stacks import find_removed_stacks
from cli.removal.running_work import find_running_work
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted
from cli.terminal.options import AsJson, Env, UseSandbox, Yes
from cli.terminal.questions import require_person
from config.outputs import (
    ARTIFACTS_BUCKET_NAME,
    DATA_BUCKET_NAME,
    KEY_ARN,
    REPOSITORY_NAME,
)
from config.stack_names import STORAGE, all_stacks

_SETTINGS = {
    KEY_ARN: "key_arn",
    DATA_BUCKET_NAME: "data_bucket",
    ARTIFACTS_BUCKET_NAME: "artifacts_bucket",
    REPOSITORY_NAME: "repository",
}


def destroy(
    env: Env = "dev", sandbox: UseSandbox = False, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Delete an environment's stacks; data goes only where the file says `destroy`."""
    environment = open_environment(env, sandbox=sandbox)
    with screen.spinner("reading the stacks"):
        found = environment.stacks().values()
    stacks = [stack for stack in found if stack is not None]
    if not stacks:
        screen.print_line(f"{environment.config.stage} is not deployed here; nothing to do.")
        warn_of_removed(environment, find_removed_stacks(environment))
        _give_document(environment, [], [], as_json=as_json)
        return
    require_deletable(environment, stacks, find_obstacles(environment, stacks))
    retained = retained_resources(environment, stacks)
    if not yes:
        _confirm(environment, stacks, retained)
    with deployment_lock(environment):
        destroy_stacks(environment, cdk_command.assembly_folder(environment))
    screen.print_line(f"[green]✓[/] {environment.config.stage} is gone: {len(stacks)} stacks")
    for name in retained:
        screen.print_line(f"  [dim]kept[/]  {name}")
    if environment.config.keeps_data:
        _say_how_it_returns(environment, stacks)
    _give_document(environment, stacks, retained, as_json=as_json)


def _give_document(
    env: Environment, stacks: list[DeployedStack], retained: list[str], *, as_json: bool
) -> None:
    if as_json:
        names = [stack.name for stack in stacks]
        existing = _settings(stacks) if env.config.keeps_data else {}
        document = {"stage": env.config.stage, "destroyed": names, "kept": retained}
        screen.print_json({**document, "existing": existing})


def _settings(stacks: list[DeployedStack]) -> dict[str, str]:
    """Return what [existing] has to say for the environment to come back with its data."""
    outputs = {key: value for stack in stacks for key, value in stack.outputs.items()}
    return {setting: outputs[key] for key, setting in _SETTINGS.items() if key in outputs}


def _say_how_it_returns(env: Environment, stacks: list[DeployedStack]) -> None:
    command = env.command("deploy")
    screen.print_line(f"  for 90 days {command} takes it all back; later, name these in the file:")
    screen.print_line(screen.escape("  [existing]"))
    for setting, value in _settings(stacks).items():
        screen.print_line(f'  {setting} = "{value}"')


def find_obstacles(env: Environment, stacks: list[DeployedStack]) -> Iterator[Obstacle]:
    """Yield what runs, and the stacks that the file no longer has."""
    found = find_removed_stacks(env)
    if found.problem:
        yield Obstacle(f"what else belongs to {env.config.stage} is unknown", found.problem)
    for removed in found.found:
        line = env.command("deploy --prune")
        yield Obstacle(f"{removed.stack.name} is deployed, and {env.file} no longer has it", line)
    for work in find_running_work(env, stacks, {*env.config.models}):
        yield Obstacle(f"{work.name} runs", work.command)


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
    """Delete the stacks; where the file allows it, empty the buckets when nothing else is left."""
    log, doing = cdk_command.log_file(env), f"Destroying {env.config.stage}"
    if env.config.keeps_data:
        command = cdk_command.destroy_command(env, assembly, all_stacks(env.config))
        deployment.run_with_progress(env, command, log, doing)
        return
    _remove(env, data_removal.remove_contents)
    others = [part for part in all_stacks(env.config) if part != STORAGE]
    command = cdk_command.destroy_command(env, assembly, others)
    deployment.run_with_progress(env, command, log, doing)
    command = cdk_command.destroy_command(env, assembly, [STORAGE], is_written=True)
    for is_last in (False, True):
        _remove(env, data_removal.remove_objects)
        try:
            deployment.run_with_progress(env, command, log, doing)
            return
        except Failure:
            storage = env.stack(STORAGE)
            # Access logs of the emptying itself arrive late and fill the bucket again.
            if is_last or storage is None or storage.status != "DELETE_FAILED":
                raise


def _remove(env: Environment, remove: Callable[[Environment, Callable[[str], None]], None]) -> None:
    try:
        with screen.spinner("emptying buckets and registries") as spinner:
            remove(env, lambda what: spinner.update(f"emptying {what}"))
    except KeyboardInterrupt:
        raise Interrupted(
            f"{env.config.stage}: interrupted; part of its data is gone, stacks are still "
            f"there; finish with: {env.command('destroy')}"
        ) from None


def _confirm(env: Environment, stacks: list[DeployedStack], retained: list[str]) -> None:
    stage = env.config.stage
    require_person(stage, "add --yes to destroy it")
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
