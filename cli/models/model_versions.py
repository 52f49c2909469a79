"""Model versions in SageMaker's model registry, and the version an endpoint serves."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.aws import aws_errors
from cli.environments.environment import DeployedStack, Environment
from cli.terminal.errors import Failure, WrongInput
from cli.terminal.name_suggestions import nearest_first
from config.outputs import ENDPOINT_CONFIG_NAME, ENDPOINT_NAME, MODEL_PACKAGE_GROUP_NAME
from config.stack_names import inference_stack, training_stack

ROLLOUT_SECONDS = 90 * 60
_MOVING = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")


@dataclass(frozen=True)
class ModelVersion:
    """One registered version of a model."""

    arn: str
    status: str
    created: datetime
    comment: str
    facts: dict[str, str]

    @property
    def number(self) -> int:
        """The version's number in its group."""
        return int(self.arn.rpartition("/")[2])

    @property
    def metrics(self) -> dict[str, float]:
        """Metrics of the held-out rows, as registered."""
        return {
            key.removeprefix("metric_"): float(value)
            for key, value in self.facts.items()
            if key.startswith("metric_")
        }


@dataclass(frozen=True)
class LiveEndpoint:
    """Endpoint of a model and its stack; `package` is empty before the first version."""

    package: str
    stack_status: str
    endpoint: str
    endpoint_status: str
    agrees: bool
    serving: str = ""
    wanted: str = ""

    @property
    def disagreement(self) -> str:
        """How the live EndpointConfigName differs from the stack's, "" while they agree or move."""
        at_rest = self.stack_status.endswith("_COMPLETE") and self.endpoint_status not in _MOVING
        if not at_rest or self.serving == self.wanted:
            return ""
        return f"serves {self.serving or 'nothing'}, the stack says {self.wanted or 'nothing'}"


def list_versions(env: Environment, model: str) -> list[ModelVersion]:
    """Return every registered version of a model, newest first."""
    group = env.output(training_stack(model), MODEL_PACKAGE_GROUP_NAME)
    pages = env.aws("sagemaker").get_paginator("list_model_packages")
    arns = [
        item["ModelPackageArn"]
        for page in pages.paginate(ModelPackageGroupName=group)
        for item in page["ModelPackageSummaryList"]
    ]
    return sorted(
        (describe_version(env, arn) for arn in arns), key=lambda v: v.number, reverse=True
    )


def describe_version(env: Environment, arn: str) -> ModelVersion:
    """Return one version as it is now."""
    response = env.aws("sagemaker").describe_model_package(ModelPackageName=arn)
    return ModelVersion(
        response["ModelPackageArn"],
        response["ModelApprovalStatus"],
        response["CreationTime"],
        response.get("ApprovalDescription", ""),
        response.get("CustomerMetadataProperties", {}),
    )


def find_version(env: Environment, model: str, number: int) -> ModelVersion:
    """Return one version; raises WrongInput with the existing ones when it does not exist."""
    versions = list_versions(env, model)
    for version in versions:
        if version.number == number:
            return version
    known = nearest_first(str(number), [str(version.number) for version in versions])
    listed = ", ".join(known) if known else "none yet"
    raise WrongInput(f"{model}: no version {number}; there is {listed}")


def set_approval_status(
    env: Environment,
    version: ModelVersion,
    status: str,
    reason: str,
    facts: Mapping[str, str] | None = None,
) -> None:
    """Approve or reject a version; its event starts the rollout. `facts` are kept with it."""
    given: dict[str, Any] = {"ApprovalDescription": reason[:1024]} if reason else {}
    if facts:
        given["CustomerMetadataProperties"] = dict(facts)
    env.aws("sagemaker").update_model_package(
        ModelPackageArn=version.arn, ModelApprovalStatus=status, **given
    )


def live_endpoint(env: Environment, model: str, stack: DeployedStack | None = None) -> LiveEndpoint:
    """Return the endpoint of a model as it is now; with `stack` that is not requested again."""
    if stack is None:
        stack = env.require_stack(inference_stack(model))
    package = stack.parameters.get("ModelPackageArn", "")
    name = stack.outputs.get(ENDPOINT_NAME, "")
    if not name:
        return LiveEndpoint(package, stack.status, "", "", False)
    sagemaker = env.aws("sagemaker")
    try:
        endpoint = sagemaker.describe_endpoint(EndpointName=name)
    except sagemaker.exceptions.ClientError as error:
        if aws_errors.is_denied(error):
            raise
        wanted = stack.outputs.get(ENDPOINT_CONFIG_NAME, "")
        return LiveEndpoint(package, stack.status, name, "missing", False, "", wanted)
    serving = endpoint["EndpointConfigName"]
    wanted = stack.outputs.get(ENDPOINT_CONFIG_NAME, "")
    settled = serving == wanted and stack.status.endswith("_COMPLETE") and bool(package)
    status = endpoint["EndpointStatus"]
    return LiveEndpoint(package, stack.status, name, status, settled, serving, wanted)


def wait_until_live(
    env: Environment, model: str, version: ModelVersion, on_change: Callable[[str], None]
) -> None:
    """Poll until this version is live; raises Failure when it was rejected or takes too long."""
    deadline = time.monotonic() + ROLLOUT_SECONDS
    while time.monotonic() < deadline:
        now = live_endpoint(env, model)
        if now.package == version.arn and now.agrees and now.endpoint_status == "InService":
            return
        status = describe_version(env, version.arn)
        if status.status == "Rejected":
            raise Failure(
                f"{model}: version {version.number} was rejected: "
                f"{status.comment or 'no reason given'}; the version before stays live"
            )
        on_change(f"stack {now.stack_status}, endpoint {now.endpoint_status or 'not created yet'}")
        time.sleep(env.poll_seconds)
    raise Failure(
        f"{model}: version {version.number} is not live after {ROLLOUT_SECONDS // 60} minutes; "
        f"look at: {env.command('status')}"
    )
