"""What SageMaker refuses of endpoint configurations and of updates of endpoints.

Of rules without a link the model's documentation has the rule, and nobody the words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.cloudwatch.models import cloudwatch_backends

from config.instances import has_local_nvme
from sandbox.refusals.forms import Refused
from sandbox.sagemaker.endpoints import ENDPOINTS, kept_properties
from sandbox.sagemaker.hosting import CONFIGURATIONS, MODELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.refusals.requests import Request
    from sandbox.state.stores import Document, Place

# https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html, "Feature exclusions"
_NOT_SERVERLESS = "is not supported for Serverless Inference"
_SMALLEST_STEP = {"CanarySize": 1, "LinearStepSize": 10, "MaximumBatchSize": 5}


def _refuse(message: str) -> None:
    raise Refused("ValidationException", message)


def check_configuration(request: Request) -> None:
    """Refuse combinations that no endpoint can have; a missing model is told by the creation."""
    variants = request.params["ProductionVariants"]
    for variant in variants:
        _check_variant(variant, request.params)
        if "ServerlessConfig" in variant:
            for problem in _problems_without_servers(variant, request):
                _refuse(f"{problem} {_NOT_SERVERLESS}")
    shadows = request.params.get("ShadowProductionVariants")
    if shadows and (len(shadows), len(variants)) != (1, 1):
        _refuse("A shadow variant needs exactly one ProductionVariant and one Shadow variant")


def _check_variant(variant: Document, request: Document) -> None:
    name, kind = variant["VariantName"], variant.get("InstanceType", "")
    if "ManagedInstanceScaling" in variant and "ModelName" in variant:
        # hashicorp/terraform-provider-aws#45926
        _refuse("ManagedInstanceScaling is only supported for inference component endpoints.")
    if kind and has_local_nvme(kind):
        if request.get("KmsKeyId"):
            _refuse(f"You can't request a KmsKeyId for {name}: {kind} has local storage")
        if "VolumeSizeInGB" in variant:
            _refuse(f"You can't request a VolumeSizeInGB for {name}: {kind} has local storage")
    memory = variant.get("ServerlessConfig", {}).get("MemorySizeInMB", 1024)
    if memory % 1024:
        _refuse(f"MemorySizeInMB of {name} is {memory}; it must be a multiple of 1024")


def _problems_without_servers(variant: Document, request: Request) -> Iterator[str]:
    model = MODELS.find(request.place, str(variant.get("ModelName")))
    document = model.document if model else {}
    containers = document.get("Containers") or [document.get("PrimaryContainer") or {}]
    if document.get("EnableNetworkIsolation"):
        # In these words seen in the text of two public repositories.
        yield "Network isolation"
    if document.get("VpcConfig"):
        yield "VpcConfig"
    if len(containers) > 1:
        yield "An inference pipeline"
    if any("ModelDataSource" in one for one in containers):
        yield "A model with containers that use ModelDataSource"
    if request.params.get("DataCaptureConfig", {}).get("EnableCapture"):
        yield "Data capture"
    if len(request.params["ProductionVariants"]) > 1:
        yield "More than one production variant"


def check_creation(request: Request) -> None:
    """Refuse a deployment strategy that the new endpoint cannot have."""
    configuration = CONFIGURATIONS.find(request.place, request.params["EndpointConfigName"])
    if configuration is not None:
        strategy = request.params.get("DeploymentConfig") or {}
        _check_strategy(strategy, configuration.document["ProductionVariants"])
        _check_alarms(request.place, strategy)


def check_update(request: Request) -> None:
    """Refuse another kind of endpoint, and a strategy that the update cannot have."""
    configuration = CONFIGURATIONS.find(request.place, request.params["EndpointConfigName"])
    endpoint = ENDPOINTS.find(request.place, request.params["EndpointName"])
    if configuration is None or endpoint is None:
        return
    _check_change(request.place, endpoint.document, configuration.document)
    strategy = endpoint.deployment_of(request.params)
    old = _variants_of(request.place, endpoint.document.get("EndpointConfigName", ""))
    new = endpoint.count_new(configuration.document, kept_properties(request.params))
    if old and strategy and {v["VariantName"] for v in old} != {v["VariantName"] for v in new}:
        # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
        _refuse("The variants of the new configuration must have the names of the old ones")
    _check_strategy(strategy, new)
    _check_alarms(request.place, strategy)


def _check_change(place: Place, endpoint: Document, configuration: Document) -> None:
    name, now = configuration["EndpointConfigName"], endpoint.get("EndpointConfigName", "")
    if endpoint["EndpointStatus"] == "InService" and name == now:
        # The documentation of UpdateEndpoint in the model: "you must create a new EndpointConfig".
        _refuse(f"To update an endpoint, you must create a new EndpointConfig: it has {name}")
    old = _variants_of(place, now)
    if old and _is_serverless(old) != _is_serverless(configuration["ProductionVariants"]):
        _refuse(
            "An instance-based endpoint cannot become a serverless one, nor the other way round"
        )


def _check_alarms(place: Place, strategy: Document) -> None:
    """Refuse alarms that nobody has made, which would never roll anything back.

    "You must create Amazon CloudWatch alarms" before a deployment that names them:
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html
    """
    there = cloudwatch_backends[place.account][place.region].alarms
    for alarm in (strategy.get("AutoRollbackConfiguration") or {}).get("Alarms") or []:
        if alarm["AlarmName"] not in there:
            _refuse(f"The alarm {alarm['AlarmName']} of AutoRollbackConfiguration does not exist")


def _variants_of(place: Place, configuration: str) -> list[Document]:
    found = CONFIGURATIONS.find(place, configuration)
    return list(found.document["ProductionVariants"]) if found else []


def _is_serverless(variants: list[Document]) -> bool:
    return any("ServerlessConfig" in variant for variant in variants)


def _check_strategy(strategy: Document, variants: list[Document]) -> None:
    rolling, blue = strategy.get("RollingUpdatePolicy"), strategy.get("BlueGreenUpdatePolicy")
    if rolling and blue:
        _refuse("BlueGreenUpdatePolicy and RollingUpdatePolicy can't be given together")
    if rolling:
        if len(variants) > 1 or _is_serverless(variants):
            # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
            _refuse("Rolling deployments are for endpoints with one variant that has instances")
        _check_size("MaximumBatchSize", rolling["MaximumBatchSize"], variants)
    routing = (blue or {}).get("TrafficRoutingConfiguration", {})
    for kind, name in (("CANARY", "CanarySize"), ("LINEAR", "LinearStepSize")):
        if name in routing:
            _check_size(name, routing[name], variants)
        elif routing.get("Type") == kind:
            _refuse(f"{name} is needed for a deployment of the type {kind}")


def _check_size(name: str, size: Document, variants: list[Document]) -> None:
    """Hold a share of each variant's instances to the bounds that the model's documentation has."""
    least, given = _SMALLEST_STEP[name], f"{size['Value']} ({size['Type']})"
    for variant in variants:
        fleet = int(variant.get("InitialInstanceCount") or 1)
        is_count = size["Type"] == "INSTANCE_COUNT"
        # A share of one instance is all of it; one of many is as little as there is.
        is_of_fleet = is_count or fleet == 1
        percent = 100 * size["Value"] / fleet if is_of_fleet else size["Value"]
        if not (1 if is_count else least) <= percent <= 50:
            _refuse(
                f"{name} must be {least} to 50 percent of the {fleet} instances of the "
                f"endpoint; it is {given}"
            )
