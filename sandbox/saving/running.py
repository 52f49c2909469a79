"""What runs in the sandbox and would be cut off: a saved sandbox is one at rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.cloudformation.models import cloudformation_backends
from moto.stepfunctions.models import stepfunctions_backends

from sandbox.ecr.builds import BUILDS
from sandbox.sagemaker.api import PROCESSING, TRAINING
from sandbox.sagemaker.endpoints import ENDPOINTS
from sandbox.sagemaker.transform.operations import TRANSFORM
from sandbox.sagemaker.tuning.operations import TUNING
from sandbox.saving.refused import SaveRefused, StillRunning

_JOBS: dict[str, Any] = {
    "training job": TRAINING,
    "processing job": PROCESSING,
    "transform job": TRANSFORM,
    "tuning job": TUNING,
}
_AT_REST = ("InService", "Failed")


def require_rest() -> None:
    """Raise StillRunning with the names of what runs, SaveRefused for a stack that is stuck."""
    found = [*_stacks(), *_executions(), *_builds(), *_jobs(), *_endpoints()]
    if found:
        raise StillRunning(sorted(found))
    for stack in _every_stack():
        if stack.unfinished is not None or stack.failed is not None:
            raise SaveRefused(
                f"stack {stack.name} is in {stack.status}, and how it would go on cannot be saved; "
                "continue its rollback or delete it first"
            )


def _every_stack() -> Iterator[Any]:
    for regions in list(cloudformation_backends.values()):
        for backend in list(regions.values()):
            yield from list(backend.stacks.values())


def _stacks() -> Iterator[str]:
    for stack in _every_stack():
        if stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
            yield f"stack {stack.name}"


def _executions() -> Iterator[str]:
    for regions in list(stepfunctions_backends.values()):
        for backend in list(regions.values()):
            for machine in list(backend.state_machines):
                for execution in list(machine.executions):
                    if execution.status == "RUNNING":
                        yield f"execution {execution.name} of {machine.name}"


def _builds() -> Iterator[str]:
    for build in BUILDS.all():
        if not build.document["buildComplete"]:
            yield f"build {build.id}"


def _jobs() -> Iterator[str]:
    for noun, store in _JOBS.items():
        for job in store.all():
            if job.status in ("InProgress", "Stopping"):
                yield f"{noun} {job.name}"


def _endpoints() -> Iterator[str]:
    for endpoint in ENDPOINTS.all():
        if endpoint.document["EndpointStatus"] not in _AT_REST:
            yield f"endpoint {endpoint.name}"
