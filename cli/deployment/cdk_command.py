"""The CDK command line as a child process, its output read as the progress of each stack."""

import contextlib
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cli.deployment.cdk_errors import find_reason
from cli.deployment.cdk_synthesis import require_cdk
from cli.environments.environment import Environment
from cli.system.child_processes import process_group, signal_group
from cli.system.project_paths import CDK, PROJECT, display_path, sandbox_folder
from cli.terminal.errors import Failure
from config.schema import EnvironmentConfig

# Stack | 3/10 | 10:00:00 AM | CREATE_COMPLETE | AWS::S3::Bucket | Storage/Data (Data1A2B)
_EVENT = re.compile(
    r"^\s*(?P<stack>[\w-]+) \|\s*(?P<done>\d+)(?:/(?P<total>\d+))?\s*\|[^|]+\|\s*"
    r"(?P<state>[A-Z_]+)\s*\|\s*(?P<type>[\w:]+)\s*\|\s*(?P<resource>.+)$"
)
_FINISHED = re.compile(
    r"✅\s+(?:.*\()?(?P<stack>[\w-]+)\)?(?P<same> \(no changes\))?(?P<gone>: destroyed)?\s*$"
)
_BEGUN = re.compile(
    r"^(?:.*\()?(?P<stack>[\w-]+)\)?: (?P<what>deploying|destroying|start: Building)"
)
_CANCELLED = "cancelled"
_POLL_SECONDS = 1.0

STACKS_AT_ONCE = 8
"""Stacks that wait for no other are deployed together, as those of two models are."""


@dataclass
class StackProgress:
    """Progress of CloudFormation with one stack."""

    name: str
    state: str = "waiting"
    done: int = 0
    total: int = 0
    resource: str = ""
    is_finished: bool = False


@dataclass
class CdkProgress:
    """Progress of all stacks, resources that failed, and every line that is neither."""

    stacks: dict[str, StackProgress] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    synthesised: bool = False

    def read_line(self, line: str) -> None:
        """Update the progress with one line of output."""
        text = line.strip()
        if "Synthesis time" in text:
            self.synthesised = True
        if event := _EVENT.match(text):
            self._read_event(event)
        elif finished := _FINISHED.search(text):
            self._finish(finished)
        elif begun := _BEGUN.match(text):
            self.synthesised = True
            is_building = begun["what"].startswith("start")
            self._stack(begun["stack"]).state = "waiting" if is_building else "working"
        else:
            self.lines.append(text)

    def _read_event(self, event: re.Match[str]) -> None:
        stack = self._stack(event["stack"])
        stack.done, stack.total = int(event["done"]), int(event["total"] or 0)
        stack.state = "rolling back" if "ROLLBACK" in event["state"] else "working"
        path, _, description = event["resource"].partition(" ")
        stack.resource = path.removeprefix(f"{event['stack']}")
        if event["state"].endswith("_FAILED") and _CANCELLED not in description:
            self.failures.append(f"{path}: {description.partition(') ')[2] or description}".strip())

    def _finish(self, finished: re.Match[str]) -> None:
        stack = self._stack(finished["stack"])
        stack.is_finished, stack.resource = True, ""
        stack.state = "removed" if finished["gone"] else "deployed"
        if finished["same"]:
            stack.state = "no changes"

    def _stack(self, name: str) -> StackProgress:
        return self.stacks.setdefault(name, StackProgress(name))


def synth_command(config: EnvironmentConfig, assembly: Path) -> list[str]:
    """Return the command that writes every stack of an environment to `assembly`."""
    command = [str(CDK), "synth", f"{config.stage}/*", "-c", f"env={config.environment}"]
    return [*command, "--output", str(assembly), "--quiet"]


def synthesise_environment(env: Environment, assembly: Path) -> None:
    """Write every stack of an environment to `assembly`; raises Failure with the reason."""
    run_cdk(env, synth_command(env.config, assembly), log_file(env), lambda _: None)


def deploy_command(
    env: Environment, assembly: Path, *, is_written: bool, part: str = "*"
) -> list[str]:
    """Return the command that deploys every stack of an environment, without a question.

    With `part` it deploys one of them and those that it needs. It synthesises to `assembly`, unless
    that is written already and shall be deployed as it is.
    """
    source = ["-c", f"env={env.config.environment}", "--output", str(assembly)]
    command = [str(CDK), "deploy", f"{env.config.stage}/{part}"]
    command += ["--app", str(assembly)] if is_written else source
    # The CDK asks about one stack after the other, and refuses to when several are deployed.
    command += ["--require-approval", "never"]
    return [*command, "--progress", "events", "--concurrency", str(STACKS_AT_ONCE)]


def destroy_command(
    env: Environment, assembly: Path, parts: list[str], *, is_written: bool = False
) -> list[str]:
    """Return the command that deletes these stacks of an environment without asking again."""
    source = ["-c", f"env={env.config.environment}", "--output", str(assembly)]
    names = [f"{env.config.stage}/{part}" for part in parts]
    command = [str(CDK), "destroy", *names, *(["--app", str(assembly)] if is_written else source)]
    return [*command, "--force"]


def assembly_folder(env: Environment) -> Path:
    """Return the assembly's folder of an environment; each sandbox has its own.

    The CDK locks a folder while it works there: two environments are deployed at once in two.
    """
    place = sandbox_folder() if env.connection.is_sandbox else PROJECT
    return place / f"cdk.out-{env.config.environment}"


def log_file(env: Environment) -> Path:
    """Return the file for all output of the CDK command line."""
    logs = sandbox_folder() if env.connection.is_sandbox else PROJECT / ".cache" / "logs"
    return logs / f"cdk-{env.config.environment}.log"


def run_cdk(
    env: Environment, command: list[str], log: Path, on_change: Callable[[CdkProgress], None]
) -> CdkProgress:
    """Run a CDK command to its end; raises Failure with the reason when it fails.

    An interruption ends the command too; CloudFormation finishes or rolls back what it began.
    """
    require_cdk()
    log.parent.mkdir(parents=True, exist_ok=True)
    progress = CdkProgress(synthesised="--app" in command)
    with log.open("w", encoding="utf-8") as output, _running(env, command) as child:
        assert child.stdout is not None, "opened as a pipe"
        for line in child.stdout:
            output.write(line)
            progress.read_line(line)
            on_change(progress)
        code = child.wait()
    if code:
        env.connection.require_reachable()
        reason = progress.failures[0] if progress.failures else find_reason(progress.lines, code)
        raise Failure(f"CDK: {reason}; all of it: {display_path(log)}")
    return progress


@contextlib.contextmanager
def _running(env: Environment, command: list[str]) -> Iterator[subprocess.Popen[str]]:
    with process_group(lambda: _start(env, command)) as child:
        ended = threading.Event()
        threading.Thread(target=_end_with_sandbox, args=(env, child, ended), daemon=True).start()
        try:
            yield child
        finally:
            ended.set()


def _start(env: Environment, command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*command, "--no-color", "--ci"],
        cwd=PROJECT,
        env=env.connection.child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def _end_with_sandbox(
    env: Environment, child: subprocess.Popen[str], ended: threading.Event
) -> None:
    """End the command when its sandbox has ended, as it would retry for a minute."""
    while env.connection.is_sandbox and not ended.wait(_POLL_SECONDS):
        if not env.connection.is_reachable():
            # The CDK command line starts the app as a child of its own: end the whole group.
            signal_group(child, signal.SIGTERM)
            return
