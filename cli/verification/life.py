"""Life of an environment in steps: deployed, trained, served, edited, rolled back and removed."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.demonstration.demo_journey import VERSION, DemoJourney
from cli.deployment.deployment import deploy_environment
from cli.environments.environment import Environment
from cli.models import model_versions, workflow_runs
from cli.models.model_versions import ModelVersion
from cli.terminal.errors import Failure
from cli.verification.throwaway_file import Edit
from config.outputs import ENDPOINT_CONFIG_NAME
from config.stack_names import inference_stack

PATIENCE_SECONDS = 60 * 60


@dataclass(frozen=True)
class Variant:
    """The environment with one more edit, as it is deployed."""

    env: Environment
    assembly: Path
    edit: Edit | None


Step = tuple[str, str]
"""Name and result."""


def steps_of_life(
    variants: Sequence[Variant], model: str, wait: Callable[[str], None]
) -> Iterator[Step]:
    """Yield each step when it is done; raises Failure when one fails."""
    env = variants[0].env
    yield "Deployment", _deploy(variants[0])
    journey = DemoJourney(env, model, wait, patience_seconds=PATIENCE_SECONDS)
    for step in journey.steps():
        yield step.name, step.result
    for variant in variants[1:]:
        assert variant.edit is not None, "only the first has none"
        _deploy(variant)
        yield f"Edit {variant.edit.kind}", _check_edit(variant, model)
    first = model_versions.list_versions(env, model)[0]
    yield "Second training", _train(env, model, wait)
    second = model_versions.list_versions(env, model)[0]
    model_versions.set_approval_status(env, second, "Approved", "approved by the verification")
    yield "Rollout", _becomes_live(env, model, second, wait)
    model_versions.set_approval_status(env, second, "Rejected", "rejected by the verification")
    yield "Rollback", _becomes_live(env, model, first, wait)


def _deploy(variant: Variant) -> str:
    env = variant.env
    deploy_environment(env, variant.assembly, is_written=True)
    formation, count = env.aws("cloudformation"), 0
    for stack in env.stacks().values():
        if stack is not None:
            listed = formation.describe_stack_resources(StackName=stack.name)
            count += len(listed["StackResources"])
    return f"{count} resources"


def _check_edit(variant: Variant, model: str) -> str:
    """Return what the API says of an edited setting; raises Failure when it is not the new one."""
    edit, env = variant.edit, variant.env
    assert edit is not None, "an edit was deployed"
    read = {"in place": _most_instances, "replaced": _capture_percent}[edit.kind]
    found = read(env, model)
    if found != edit.value:
        raise Failure(f"{edit.setting}: is {found} after a deployment with {edit.value}")
    return f"{edit.setting} is {found}"


def _most_instances(env: Environment, model: str) -> str:
    endpoint = model_versions.live_endpoint(env, model).endpoint
    targets = env.aws("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[f"endpoint/{endpoint}/variant/AllTraffic"]
    )["ScalableTargets"]
    return str(targets[0]["MaxCapacity"]) if targets else "not there"


def _capture_percent(env: Environment, model: str) -> str:
    name = env.output(inference_stack(model), ENDPOINT_CONFIG_NAME)
    config = env.aws("sagemaker").describe_endpoint_config(EndpointConfigName=name)
    return str(config.get("DataCaptureConfig", {}).get("InitialSamplingPercentage", "not there"))


def _train(env: Environment, model: str, wait: Callable[[str], None]) -> str:
    arn = workflow_runs.start_run(env, model, VERSION)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        run = workflow_runs.describe_run(env, arn)
        if run.status != "RUNNING":
            if run.state != "registered":
                raise Failure(f"{model}: the second training ended as {run.state}: {run.error}")
            return f"registered as version {run.package}"
        wait(f"the workflow: {workflow_runs.current_state(env, arn)}")
        time.sleep(env.poll_seconds)
    raise Failure(f"{model}: the second training is not done after {PATIENCE_SECONDS} seconds")


def _becomes_live(
    env: Environment, model: str, version: ModelVersion, wait: Callable[[str], None]
) -> str:
    model_versions.wait_until_live(env, model, version, wait)
    return f"version {version.number} is live"
