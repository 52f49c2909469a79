"""Life of an environment in steps: deployed, trained, served, edited, rolled back and removed."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.demonstration.demo_journey import VERSION, DemoJourney
from cli.deployment.deployment import deploy_environment
from cli.deployment.endpoint_retype import find_retypes, switch_scaling_off
from cli.environments.environment import Environment
from cli.models import model_versions, workflow_runs
from cli.models.model_versions import ModelVersion
from cli.terminal.errors import Failure
from cli.verification.throwaway_file import Edit
from config.outputs import ENDPOINT_CONFIG_NAME
from config.stack_names import inference_stack
from reviewer.plan.verdict import WILL_BE_REFUSED

PATIENCE_SECONDS = 60 * 60


@dataclass(frozen=True)
class Variant:
    """The environment with one more edit, as it is deployed."""

    env: Environment
    assembly: Path
    edit: Edit | None

    @property
    def is_deployed(self) -> bool:
        """Whether it is ever deployed: what is refused is not."""
        return self.edit is None or self.edit.kind != "refused"

    @property
    def is_one_deployment(self) -> bool:
        """Whether a single deployment makes the edit."""
        return self.edit is not None and self.edit.kind in ("in place", "replaced")


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
    # The edits that need steps come last: a rollout after them would run two dearer fleets.
    edits = variants[1:]
    yield from (_edit(one, model) for one in edits if one.is_one_deployment)
    first = model_versions.list_versions(env, model)[0]
    yield "Second training", _train(env, model, wait)
    second = model_versions.list_versions(env, model)[0]
    model_versions.set_approval_status(env, second, "Approved", "approved by the verification")
    yield "Rollout", _becomes_live(env, model, second, wait)
    model_versions.set_approval_status(env, second, "Rejected", "rejected by the verification")
    yield "Rollback", _becomes_live(env, model, first, wait)
    yield from (_edit(one, model) for one in edits if not one.is_one_deployment)


def _edit(variant: Variant, model: str) -> Step:
    assert variant.edit is not None, "only the first has none"
    edit, env = variant.edit, variant.env
    name = f"Edit {edit.kind}"
    if edit.kind == "refused":
        return name, _refuse_edit(variant, edit)
    if edit.kind == "in steps":
        steps = find_retypes(env)
        if not steps:
            raise Failure(f"{edit.setting}: scaling does not stand in the way of {edit.value}")
        for step in steps:
            switch_scaling_off(env, step)
    _deploy(variant)
    return name, _check_edit(variant, model)


def _refuse_edit(variant: Variant, edit: Edit) -> str:
    """Return what a plan says of an edit that has to be refused; it touches nothing."""
    # The review is slow to import, and one chain of imports would be longer than any other.
    from cli.planning.deployment_planning import make_plan

    before = variant.env.stacks()
    found = make_plan(variant.env, variant.assembly)
    refusals = [one for one in found.of_kind("refused") if one.at == edit.setting]
    if found.exit_code != WILL_BE_REFUSED or not refusals:
        raise Failure(f"{edit.setting}: {edit.value} is not refused")
    if variant.env.stacks() != before:
        raise Failure(f"{edit.setting}: refused, and yet a stack changed")
    return f"{edit.setting} stays, {len(refusals[0].recipe)} steps to {edit.value}"


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
    read = {"in place": _target, "replaced": _capture_percent, "in steps": _scaled_type}
    found = read[edit.kind](env, model)
    if found != edit.value:
        raise Failure(f"{edit.setting}: is {found} after a deployment with {edit.value}")
    return f"{edit.setting} is {found}"


def _target(env: Environment, model: str) -> str:
    endpoint = model_versions.live_endpoint(env, model).endpoint
    policies = env.aws("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=f"endpoint/{endpoint}/variant/AllTraffic"
    )["ScalingPolicies"]
    found = [one["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for one in policies]
    return f"{found[0]:g}" if found else "not there"


def _capture_percent(env: Environment, model: str) -> str:
    config = _config(env, model)
    return str(config.get("DataCaptureConfig", {}).get("InitialSamplingPercentage", "not there"))


def _scaled_type(env: Environment, model: str) -> str:
    """Return the instance type; scaling has to be there again."""
    if _target(env, model) == "not there":
        return "not scaled"
    (variant,) = _config(env, model)["ProductionVariants"]
    pools = sorted(variant.get("InstancePools", []), key=lambda one: int(one["Priority"]))
    return str((pools or [variant])[0]["InstanceType"])


def _config(env: Environment, model: str) -> dict[str, Any]:
    name = env.output(inference_stack(model), ENDPOINT_CONFIG_NAME)
    return dict(env.aws("sagemaker").describe_endpoint_config(EndpointConfigName=name))


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
