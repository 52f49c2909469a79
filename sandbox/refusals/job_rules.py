"""What SageMaker refuses of models and jobs that name what is not there, or contradict themselves.

Of rules without a link the model's documentation has the rule, and nobody the words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.instances import has_local_nvme
from sandbox.refusals import existing
from sandbox.refusals.forms import Refused

if TYPE_CHECKING:
    from sandbox.refusals.requests import Request
    from sandbox.state.stores import Document

_HOUR = r"([01]?\d|2[0-3])"
_SCHEDULE = re.compile(rf"NOW|cron\(0 (\*|{_HOUR}|{_HOUR}(-{_HOUR})?/{_HOUR}) [?*] \* [?*] \*\)")
_ROLES = ("RoleArn", "ExecutionRoleArn")


def _refuse(message: str) -> None:
    raise Refused("ValidationException", message)


def check_role(request: Request) -> None:
    """Refuse a role that SageMaker cannot assume: aws/sagemaker-python-sdk#43 and others."""
    role = next((request.params[name] for name in _ROLES if request.params.get(name)), None)
    if role and not existing.is_trusting(role, "sagemaker", request.place.region):
        _refuse(
            f"Could not assume role {role}. Please ensure that the role exists and allows "
            "principal 'sagemaker.amazonaws.com' to assume the role."
        )


def check_network(request: Request) -> None:
    """Refuse subnets and groups that do not exist; SageMaker's own words were found nowhere."""
    network = request.params.get("NetworkConfig") or request.params
    named = network.get("VpcConfig") or {}
    missing = existing.missing_network(
        request.place, named.get("Subnets", ()), named.get("SecurityGroupIds", ())
    )
    if missing:
        _refuse(missing)


def check_notebook(request: Request) -> None:
    """Refuse a notebook instance that nothing could reach."""
    params = request.params
    if params.get("DirectInternetAccess") == "Disabled" and not params.get("SubnetId"):
        _refuse("DirectInternetAccess can be Disabled only for a notebook instance with a SubnetId")


def check_monitoring(request: Request) -> None:
    """Refuse a schedule other than hourly, daily, every n hours or now.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ScheduleConfig.html
    """
    schedule = request.params["MonitoringScheduleConfig"].get("ScheduleConfig") or {}
    expression = schedule.get("ScheduleExpression", "NOW")
    if not _SCHEDULE.fullmatch(expression):
        _refuse(f"Invalid ScheduleExpression {expression}")


def check_model(request: Request) -> None:
    """Refuse a model without its image or data: aws/deep-learning-containers, and others."""
    containers = request.params.get("Containers") or [request.params.get("PrimaryContainer") or {}]
    for container in containers:
        image = container.get("Image")
        if image and not existing.is_image_address(image):
            # aws/amazon-sagemaker-examples#195
            _refuse(f'ECR image "{image}" is invalid.')
        if image and existing.lacks_image(image, request.place.account):
            # aws-samples/easy-amazon-sagemaker-deployments#4
            _refuse(f"Requested image {image} not found.")
        source = container.get("ModelDataSource", {}).get("S3DataSource", {})
        data = container.get("ModelDataUrl") or source.get("S3Uri")
        if data and data.startswith("s3://") and not existing.has_objects(data):
            _refuse(f"Could not find model data at {data}.")


def check_training(request: Request) -> None:
    """Refuse a training whose parts contradict each other, or that names what is not there."""
    params = request.params
    _check_spot(params)
    _check_resources(params["ResourceConfig"], params)
    image = params["AlgorithmSpecification"].get("TrainingImage", "")
    if existing.lacks_image(image, request.place.account):
        # aws/amazon-sagemaker-examples#1476
        _refuse(f"Cannot find the requested image: {image}.")
    for channel in params.get("InputDataConfig") or []:
        uri = channel.get("DataSource", {}).get("S3DataSource", {}).get("S3Uri", "")
        if uri and not existing.has_objects(uri):
            bucket = uri.partition("://")[2].partition("/")[0]
            # In these words in the text of public repositories; Terraform waits for them.
            _refuse(
                f'No S3 objects found under S3 URL "{uri}" given in input data source. Please '
                "ensure that the bucket exists in the selected region "
                f"({request.place.region}), that objects exist under that S3 prefix, and that the "
                f'role "{params["RoleArn"]}" has "s3:ListBucket" permissions on bucket "{bucket}".'
            )


def _check_spot(params: Document) -> None:
    limits = params.get("StoppingCondition") or {}
    longest, wait = limits.get("MaxRuntimeInSeconds", 86_400), limits.get("MaxWaitTimeInSeconds")
    if not params.get("EnableManagedSpotTraining"):
        if wait is not None:
            # Kenza-AI/sagify#111
            _refuse(
                "Invalid MaxWaitTimeInSeconds. It is only supported when "
                "EnableManagedSpotTraining is set to true"
            )
    elif wait is None or wait < longest:
        _refuse(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to "
            "MaxRuntimeInSeconds"
        )


def _check_resources(resources: Document, params: Document) -> None:
    preferred = resources.get("InstancePreferences")
    others = ("InstanceType", "InstanceGroups")
    if preferred and params.get("EnableManagedSpotTraining"):
        _refuse("InstancePreferences can't be given together with EnableManagedSpotTraining")
    if preferred and (named := [name for name in others if resources.get(name)]):
        _refuse(f"InstancePreferences can't be given together with {', '.join(named)}")
    kind = resources.get("InstanceType", "")
    if kind and has_local_nvme(kind) and resources.get("VolumeKmsKeyId"):
        # awslabs/mlspace#205
        _refuse(f"You can't request a VolumeKmsKeyId when using {kind}, which has local storage")
