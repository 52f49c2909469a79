"""Change of a scaled endpoint's instance type: scaling off, type, scaling on.

UpdateEndpoint refuses it while a variant is registered with Application Auto Scaling
(https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html). The first step is an
update of the deployed stack that leaves scaling out; the deployment after it changes the type and
creates scaling again, in this order because a scalable target depends on its endpoint. Interrupted
anywhere, the same deployment goes on: what is left to do is read from what is deployed.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cfn.template import dependencies
from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted
from config.outputs import ENDPOINT_NAME
from config.stack_names import inference_stack

_SCALING = "AWS::ApplicationAutoScaling::"
_CONFIG = "AWS::SageMaker::EndpointConfig"
_WAIT_SECONDS = 60 * 60
# CloudFormation takes no longer template in a request.
_MOST_BYTES = 51_200


@dataclass(frozen=True)
class Retype:
    """An instance type that changes while the endpoint scales; no `instances`: not known."""

    model: str
    stack: str
    endpoint: str
    before: str
    after: str
    instances: int

    def __str__(self) -> str:
        many = "" if self.instances == 1 else "s"
        count = f"{self.instances} instance{many}" if self.instances else "instances"
        return (
            f"{self.model}: {self.endpoint} changes from {self.before} to {self.after} and is "
            f"scaled, which AWS refuses in one step; scaling is switched off, the type changed, "
            f"scaling switched on again, and its {count} kept"
        )


def find_retypes(env: Environment) -> list[Retype]:
    """Return the changes that need scaling switched off first; waits for updates that run."""
    return [found for model in env.config.models if (found := _find_retype(env, model))]


def _find_retype(env: Environment, model: str) -> Retype | None:
    deployed = env.stack(inference_stack(model))
    if deployed is None or ENDPOINT_NAME not in deployed.outputs:
        return None
    _settle(env, deployed.name)
    template = _template(env, deployed.name)
    before = ", ".join(_instance_types(template))
    after = ", ".join(env.config.models[model].endpoint.instance_types)
    if not before or before == after or not _scaling_of(template):
        return None
    endpoint = deployed.outputs[ENDPOINT_NAME]
    return Retype(model, deployed.name, endpoint, before, after, _instances(env, endpoint))


def _instances(env: Environment, endpoint: str) -> int:
    """Return how many instances an endpoint has, 0 where the caller may not see it.

    A pipeline looks in the role of the CDK's bootstrap, which reads CloudFormation and no endpoint.
    """
    sagemaker = env.aws("sagemaker")
    try:
        found = sagemaker.describe_endpoint(EndpointName=endpoint)
    except sagemaker.exceptions.ClientError as error:
        if aws_errors.is_denied(error):
            return 0
        raise
    return sum(v.get("DesiredInstanceCount", 0) for v in found.get("ProductionVariants", []))


def switch_scaling_off(env: Environment, retype: Retype) -> None:
    """Take scaling out of the deployed stack; raises Failure when CloudFormation refuses."""
    body = json.dumps(without_scaling(_template(env, retype.stack)), separators=(",", ":"))
    if len(body.encode()) > _MOST_BYTES:
        raise Failure(
            f"{retype.stack}: its template is too long to be changed in a request; deregister "
            f"{retype.endpoint} from Application Auto Scaling by hand and deploy again"
        )
    formation = env.aws("cloudformation")
    given = formation.describe_stacks(StackName=retype.stack)["Stacks"][0].get("Parameters", [])
    try:
        with screen.spinner(f"{retype.endpoint}: switching scaling off"):
            formation.update_stack(
                StackName=retype.stack,
                TemplateBody=body,
                Parameters=[
                    {"ParameterKey": one["ParameterKey"], "UsePreviousValue": True} for one in given
                ],
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            )
            status = _settle(env, retype.stack)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{retype.endpoint}: interrupted while scaling is switched off; go on with: "
            f"{env.command('deploy')}"
        ) from None
    if status != "UPDATE_COMPLETE":
        raise Failure(
            f"{retype.stack}: scaling could not be switched off, it is {status}; look at its events"
        )
    screen.err.print(f"{retype.endpoint}: scaling is off, until it is deployed again")


def without_scaling(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template without its scaling; raises Failure where something else needs that."""
    gone = _scaling_of(template)
    kept = {name: one for name, one in template["Resources"].items() if name not in gone}
    for name, resource in kept.items():
        if dependencies(resource, gone):
            raise Failure(f"{name}: refers to the scaling of the endpoint; it cannot be left out")
    return {**template, "Resources": kept}


def _scaling_of(template: Mapping[str, Any]) -> set[str]:
    resources = template.get("Resources", {})
    return {name for name, one in resources.items() if str(one["Type"]).startswith(_SCALING)}


def _instance_types(template: Mapping[str, Any]) -> list[str]:
    """Return the types of the endpoint by priority; whether AWS lets a list change is not known."""
    for resource in template.get("Resources", {}).values():
        if resource["Type"] == _CONFIG:
            (variant,) = resource["Properties"]["ProductionVariants"]
            pools = sorted(variant.get("InstancePools", []), key=lambda one: int(one["Priority"]))
            return [str(one["InstanceType"]) for one in pools or [variant]]
    return []


def _template(env: Environment, stack: str) -> dict[str, Any]:
    found = env.aws("cloudformation").get_template(StackName=stack)["TemplateBody"]
    return dict(json.loads(found) if isinstance(found, str) else found)


def _settle(env: Environment, stack: str) -> str:
    """Wait until no operation runs on a stack, and return its status."""
    formation, deadline = env.aws("cloudformation"), time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        status = str(formation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
        if not status.endswith("_IN_PROGRESS"):
            return status
        time.sleep(env.poll_seconds)
    raise Failure(f"{stack}: another operation still runs after an hour; deploy when it is over")
