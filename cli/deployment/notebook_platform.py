"""Upgrade of a notebook instance's platform in place: stop, UpdateNotebookInstance, start.

Its volume stays, where CloudFormation would replace the instance. The steps hold no state of their
own: interrupted anywhere, the same command goes on from what the instance is.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstance.html
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from cli.environments.environment import Environment
from cli.terminal.errors import Failure
from config.outputs import NOTEBOOK_INSTANCE_NAME
from config.stack_names import WORKBENCH

_WAIT_SECONDS = 60 * 60
# PendingMaintenance and InMaintenance among those that are none of these: nothing is possible then.
_AT_REST = ("InService", "Stopped", "Failed", "Deleting")


@dataclass(frozen=True)
class Notebook:
    """A notebook instance as SageMaker describes it."""

    name: str
    status: str
    platform: str
    reason: str

    @property
    def runs(self) -> bool:
        """Whether it is in service, so that kernels may run in it."""
        return self.status == "InService"


def read_notebook(env: Environment) -> Notebook:
    """Return the environment's notebook instance; raises Failure when it is not deployed."""
    name = env.output(WORKBENCH, NOTEBOOK_INSTANCE_NAME)
    found = env.aws("sagemaker").describe_notebook_instance(NotebookInstanceName=name)
    return Notebook(
        name,
        found["NotebookInstanceStatus"],
        found.get("PlatformIdentifier", ""),
        found.get("FailureReason", ""),
    )


def wait_at_rest(env: Environment, on_step: Callable[[str], None]) -> Notebook:
    """Wait until nothing is done to the instance; raises Failure when it failed or goes away."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        found = read_notebook(env)
        if found.status in ("Failed", "Deleting"):
            raise Failure(
                f"{found.name}: is {found.status} ({found.reason or 'no reason given'}); look at "
                "the log group /aws/sagemaker/NotebookInstances, start it, then upgrade it"
            )
        if found.status in _AT_REST:
            return found
        on_step(f"waiting, it is {found.status}")
        time.sleep(env.poll_seconds)
    raise Failure(f"{found.name}: still {found.status} after an hour; upgrade it when that is over")


def upgrade_platform(
    env: Environment, wanted: str, *, starts: bool, on_step: Callable[[str], None]
) -> Notebook:
    """Give the instance the platform `wanted`, and start it if `starts` or if it ran."""
    sagemaker = env.aws("sagemaker")
    found = wait_at_rest(env, on_step)
    named = {"NotebookInstanceName": found.name}
    starts = starts or found.runs
    if found.platform != wanted:
        if found.runs:
            on_step("stopping")
            sagemaker.stop_notebook_instance(**named)
            _require(wait_at_rest(env, on_step), "Stopped")
        on_step(f"changing the platform to {wanted}")
        sagemaker.update_notebook_instance(**named, PlatformIdentifier=wanted)
        found = wait_at_rest(env, on_step)
        if found.platform != wanted:
            raise Failure(f"{found.name}: its platform is still {found.platform}, not {wanted}")
    if starts and not found.runs:
        on_step("starting")
        sagemaker.start_notebook_instance(**named)
        found = wait_at_rest(env, on_step)
        _require(found, "InService")
    return found


def _require(found: Notebook, status: str) -> None:
    if found.status != status:
        raise Failure(f"{found.name}: should be {status} and is {found.status}; try again")
