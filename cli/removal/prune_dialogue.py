"""Questions and lines about the stacks that an environment's file no longer has."""

import typer

from cli.environments.environment import Environment
from cli.removal.pruning import prune, require_prunable
from cli.removal.removed_stacks import RemovedStacks, find_removed_stacks
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted
from cli.terminal.questions import require_person
from config.outputs import MODEL_PACKAGE_GROUP_NAME


def warn_of_removed(env: Environment, removed: RemovedStacks) -> None:
    """Print the removed stacks, their cost, and the command that deletes them; none is fine."""
    if removed.problem:
        screen.err.print(
            f"not looked for stacks that {env.file} no longer has: {removed.problem}",
            soft_wrap=True,
            markup=False,
        )
    if removed.found:
        print_removed(env, removed)
        screen.err.print(
            f"  delete them with: {env.command('deploy --prune')}", soft_wrap=True, markup=False
        )


def print_removed(env: Environment, removed: RemovedStacks) -> None:
    """Print the removed stacks and what they cost."""
    # The price lists and the review are slow to import, and most environments have no such stack.
    from cli.removal.removal_cost import describe_cost

    names = ", ".join(one.stack.name for one in removed.found)
    screen.err.print(
        f"{env.file} no longer has: {names}; {describe_cost(env, removed)}",
        soft_wrap=True,
        markup=False,
    )


def confirm_prune(env: Environment, *, yes: bool) -> RemovedStacks:
    """Ask before removed stacks are deleted, and return them.

    Raises Failure when that is refused or impossible.
    """
    removed = find_removed_stacks(env)
    require_prunable(env, removed, is_deployed=False)
    if not removed.found:
        return removed
    print_removed(env, removed)
    if not env.config.keeps_data:
        screen.err.print("  Their models' data, versions and objects are deleted too.")
    if yes:
        return removed
    require_person(env.config.stage, "add --yes to --prune")
    if not typer.confirm("\nDelete them after the deployment?"):
        raise Failure(f"{env.config.stage}: not confirmed; nothing was changed")
    return removed


def prune_removed(env: Environment, removed: RemovedStacks) -> None:
    """Delete the removed stacks, which were asked about; raises Failure with the lines to run."""
    if not removed.found:
        return
    require_prunable(env, removed, is_deployed=True)
    try:
        with screen.spinner("deleting what the file no longer has") as spinner:
            prune(env, removed, lambda what: spinner.update(f"deleting: {what}"))
    except KeyboardInterrupt:
        raise Interrupted(
            f"{env.config.stage}: interrupted; finish with: {env.command('deploy --prune')}"
        ) from None
    screen.print_line(
        f"[green]✓[/] deleted {len(removed.found)} stacks that {env.file} no longer has"
    )
    if env.config.keeps_data:
        groups = [one.stack.outputs.get(MODEL_PACKAGE_GROUP_NAME) for one in removed.found]
        for name in filter(None, groups):
            screen.print_line(f"  [dim]kept[/]  model package group {name}")
