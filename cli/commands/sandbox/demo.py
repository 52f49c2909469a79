"""`kiban demo`: deploys to a sandbox, trains, approves and predicts, in ten steps."""

import time
from pathlib import Path
from typing import Annotated

import typer

from cli.demonstration.demo_journey import LEAST_ACCURACY, DemoJourney
from cli.deployment import cdk_command
from cli.deployment.cdk_synthesis import synthesis_in_background
from cli.deployment.deployment import deploy_environment, outputs_by_stack
from cli.environments.environment import Environment
from cli.environments.environment_loader import in_sandbox, read_config
from cli.sandbox import sandbox_state, server_process
from cli.system.project_paths import display_path, sandbox_folder
from cli.system.signal_handlers import defer_signals
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted
from cli.terminal.options import AsJson, Env
from config.schema import EnvironmentConfig

Keep = Annotated[bool, typer.Option("--keep", help="Leave the sandbox running to look around.")]


def demo(keep: Keep = False, env: Env = "dev", as_json: AsJson = False) -> None:
    """Show all of it on this machine, without an AWS account, in a sandbox of its own."""
    config = read_config(env)
    folder = _own_folder()
    began = time.monotonic()
    screen.print_title(
        "Kiban: ten steps on this machine", "an AWS in one process, on loopback only"
    )
    screen.print_line("")
    is_kept = False
    try:
        environment = _deployed(config, folder)
        accuracy, steps = _run_steps(environment, next(iter(config.models)))
        is_kept = keep
    except (KeyboardInterrupt, Interrupted):
        raise Interrupted("demo: interrupted; the sandbox is down, nothing was left") from None
    finally:
        if not is_kept:
            with defer_signals(), screen.spinner("stopping the sandbox"):
                server_process.stop_own_sandbox(folder)
    seconds = time.monotonic() - began
    screen.print_line(f"\n[bold]All of it took {screen.format_duration(seconds)}.[/]")
    _what_next(environment, folder, is_kept=is_kept)
    if as_json:
        document = {"stage": config.stage, "steps": steps, "accuracy": accuracy, "seconds": seconds}
        screen.print_json({**document, "url": environment.connection.url if is_kept else None})
    if accuracy < LEAST_ACCURACY:
        raise Failure(f"demo: accuracy is {accuracy:.1%}, {LEAST_ACCURACY:.0%} was expected")


def _own_folder() -> Path:
    """Return a folder in which no sandbox runs."""
    folder = sandbox_folder()
    return folder if sandbox_state.find_sandbox(folder) is None else folder / "demo"


def _deployed(config: EnvironmentConfig, folder: Path) -> Environment:
    """Start the sandbox, and deploy to it what is synthesised meanwhile."""
    began, assembly = time.monotonic(), folder / "cdk.out"
    server_process.make_private(folder)
    command = cdk_command.synth_command(config, assembly)
    with synthesis_in_background(command, folder / "cdk-synth.log") as finish_synthesis:
        with screen.spinner("starting the sandbox"):
            running = server_process.start_sandbox(folder, 0, config.platform.region)
        _done(0, "Sandbox", f"answers at {running.url}", time.monotonic() - began)
        began = time.monotonic()
        with screen.spinner("synthesising"):
            finish_synthesis()
    environment = in_sandbox(config, running)
    deploy_environment(environment, assembly, is_written=True)
    stacks = len(outputs_by_stack(environment))
    what = f"{config.stage}: {stacks} stacks by the real CDK command line"
    _done(0, "Deployment", what, time.monotonic() - began)
    return environment


def _run_steps(env: Environment, model: str) -> tuple[float, list[dict[str, object]]]:
    """Run the ten steps; return the accuracy of the predictions, and each step with its time."""
    done: list[dict[str, object]] = []
    with screen.spinner("running the steps") as spinner:
        journey = DemoJourney(env, model, spinner.update_terminal)
        began = time.monotonic()
        for step in journey.steps():
            seconds = time.monotonic() - began
            _done(step.number, step.name, step.result, seconds)
            done.append({**vars(step), "seconds": seconds})
            began = time.monotonic()
    return journey.accuracy, done


def _done(number: int, name: str, result: str, seconds: float) -> None:
    shown_number = f"{number:>2}" if number else "  "
    screen.print_line(
        f" [dim]{shown_number}[/] [green]✓[/] {name:<16} {screen.escape(result):<62}"
        f" [dim]{screen.format_duration(seconds):>7}[/]"
    )


def _what_next(env: Environment, folder: Path, *, is_kept: bool) -> None:
    chosen = "" if folder == sandbox_folder() else f"KIBAN_SANDBOX={display_path(folder)} "
    screen.print_line("\nWhat to try next:")
    if is_kept:
        model = next(iter(env.config.models))
        for words in ("status", f"models {model}", f"logs {model}", f"runs {model}"):
            screen.print_line(f"  {chosen}{env.command(words)}")
        screen.print_line(f"  {chosen}./kiban down")
        return
    screen.print_line(
        "  ./kiban demo --keep                     the same, and look around afterwards"
    )
    screen.print_line("  ./kiban up; ./kiban deploy --sandbox    a sandbox of your own")
    screen.print_line("  ./kiban doctor                          what an AWS account still needs")
