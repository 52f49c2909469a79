"""Deployment of an environment, with a table of its stacks' progress on a terminal."""

import time
from pathlib import Path

from rich.console import Group
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.deployment import cdk_command
from cli.deployment.cdk_command import CdkProgress, StackProgress
from cli.deployment.failed_creation import unprotect_failed_creations
from cli.environments.environment import Environment
from cli.terminal.errors import Interrupted
from cli.terminal.screen import err, escape, format_duration, state_markup

_DONE = frozenset({"deployed", "no changes", "removed"})


def deploy_environment(env: Environment, assembly: Path, *, is_written: bool = False) -> None:
    """Deploy without a question and show the progress; raises Failure with the reason.

    With `is_written` the assembly is deployed as it is, otherwise it is synthesised first.
    """
    _bootstrap(env)
    unprotect_failed_creations(env, _say_lifted)
    command = cdk_command.deploy_command(env, assembly, is_written=is_written)
    title = f"Deploying {env.config.stage}"
    run_with_progress(env, command, cdk_command.log_file(env), title)


def _say_lifted(stack: str) -> None:
    err.print(f"{stack}: its first creation failed; unprotected, so that it is made anew")


def _bootstrap(env: Environment) -> None:
    """Create in a region of the sandbox what `cdk bootstrap` creates on AWS."""
    place = env.connection
    if place.url is not None and place.account is not None:
        # A deployment to AWS has no use for the sandbox's modules.
        from sandbox.cdk.bootstrap import ensure
        from sandbox.state import clients

        clients.set_secret(place.url, place.secret)
        ensure(url=place.url, region=place.region, account=place.account)


def run_with_progress(env: Environment, command: list[str], log: Path, doing: str) -> CdkProgress:
    """Run a CDK command and show its progress; raises Failure or Interrupted."""
    board = ProgressTable(doing)
    try:
        if not err.is_terminal:
            return cdk_command.run_cdk(env, command, log, board.print_finished)
        with Live(board, console=err, refresh_per_second=8, transient=True):
            return cdk_command.run_cdk(env, command, log, board.update)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{env.config.stage}: interrupted; CloudFormation finishes or undoes what it began, "
            f"see: {env.command('status')}"
        ) from None


def outputs_by_stack(env: Environment) -> dict[str, dict[str, str]]:
    """Return the outputs of every deployed stack by its name."""
    return {stack.name: stack.outputs for stack in env.stacks().values() if stack}


class ProgressTable:
    """Live table with one row per stack."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._began = time.monotonic()
        self._progress = CdkProgress()
        self._printed: set[str] = set()

    def update(self, progress: CdkProgress) -> None:
        """Show `progress` at the next redraw."""
        self._progress = progress

    def print_finished(self, progress: CdkProgress) -> None:
        """Print each stack once, when it is finished: for pipes and logs."""
        for stack in progress.stacks.values():
            if stack.is_finished and stack.name not in self._printed:
                self._printed.add(stack.name)
                err.print(f"{stack.name}: {stack.state}", soft_wrap=True)

    def __rich__(self) -> Padding:
        passed = format_duration(time.monotonic() - self._began)
        head = Text.from_markup(f"[bold]{escape(self._doing)}[/]  [dim]{passed}[/]")
        if not self._progress.stacks:
            what = "waiting for CloudFormation" if self._progress.synthesised else "synthesising"
            return Padding(Group(head, Text(f"  {what}", style="dim")), (1, 0))
        grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 3, 0, 0))
        for stack in self._progress.stacks.values():
            grid.add_row(*_cells(stack))
        return Padding(Group(head, Padding(grid, (0, 0, 0, 2))), (1, 0))


def _cells(stack: StackProgress) -> tuple[str, str, str, str]:
    if stack.state in _DONE:
        return "[green]✓[/]", stack.name, "", f"[green]{stack.state}[/]"
    if stack.state == "waiting":
        return "", f"[dim]{stack.name}[/]", "", ""
    count = f"{stack.done}/{stack.total}" if stack.total else ""
    return (
        "[dim]·[/]",
        stack.name,
        f"[dim]{count}[/]",
        f"{state_markup(stack.state)} [dim]{escape(stack.resource)}[/]",
    )
