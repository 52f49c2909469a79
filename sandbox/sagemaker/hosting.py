"""Models and endpoint configurations with every property they were created with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from sandbox.state.stores import Document, Place, Store, check_name, now


@dataclass
class Stored:
    """A created resource: what Describe returns, and its tags."""

    document: Document
    arn: str
    tags: dict[str, str] = field(default_factory=dict)


MODELS: Store[Stored] = Store("model", "model")
CONFIGURATIONS: Store[Stored] = Store("endpoint configuration", "endpoint-config")


def create_model(place: Place, request: Document) -> Stored:
    """Keep a model; raises ValidationException when its name is taken or it has no container."""
    if not request.get("PrimaryContainer") and not request.get("Containers"):
        raise ValidationError(
            message="At least one of PrimaryContainer or Containers must be specified"
        )
    if len(request.get("Containers") or []) > 1:
        raise ValidationError(
            message=f"sandbox: model {request['ModelName']} has {len(request['Containers'])} "
            "containers, which is not emulated; use one"
        )
    containers = [request.get("PrimaryContainer") or {}, *(request.get("Containers") or [])]
    if any(one.get("Mode") == "MultiModel" for one in containers):
        raise ValidationError(
            message=f"sandbox: model {request['ModelName']} has Mode MultiModel, which is not "
            "emulated; make a model and an endpoint for each"
        )
    return _create(MODELS, place, request, "Model")


def create_configuration(place: Place, request: Document) -> Stored:
    """Keep an endpoint configuration; raises ValidationException when a model does not exist."""
    if request.get("AsyncInferenceConfig"):
        raise ValidationError(
            message=f"sandbox: {request['EndpointConfigName']} has an AsyncInferenceConfig, which "
            "is not emulated; use a real-time endpoint"
        )
    for variant in request["ProductionVariants"]:
        if "ModelName" not in variant:
            raise ValidationError(
                message=f"sandbox: variant {variant['VariantName']} has no ModelName; "
                "inference components are not emulated"
            )
        MODELS.get(place, variant["ModelName"])
        if variant.get("InstancePools") and variant.get("InstanceType"):
            raise ValidationError(
                message=f"sandbox: variant {variant['VariantName']} has InstanceType beside "
                "InstancePools, which stand in its place; use one of them"
            )
    return _create(CONFIGURATIONS, place, request, "EndpointConfig")


def _create(store: Store[Stored], place: Place, request: Document, noun: str) -> Stored:
    name = str(request[f"{noun}Name"])
    check_name(f"{noun[0].lower()}{noun[1:]}Name", name)
    kind = {"Model": "model", "EndpointConfig": "endpoint-config"}[noun]
    arn = place.arn(kind, name)
    document = {key: value for key, value in request.items() if key != "Tags"}
    document |= {f"{noun}Arn": arn, "CreationTime": now()}
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags") or []}
    stored = store.add(place, name, lambda: Stored(document, arn, tags))
    if stored is None:
        raise ValidationError(message=f'Cannot create already existing {store.noun} "{arn}".')
    return stored


@dataclass(frozen=True)
class Container:
    """What a variant or transform job runs: image, model data, environment, isolation."""

    image: str
    model_data: str | None
    environment: dict[str, str]
    isolated: bool
    role_arn: str | None = None
    uncompressed: bool = False
    from_data_source: bool = False


def container_of(place: Place, model_name: str, packages: Any) -> Container:
    """Return what `model_name` runs; `packages(name)` describes a model package.

    A package gives image, data and environment; the model's own environment wins.
    """
    model = MODELS.get(place, model_name).document
    own = model.get("PrimaryContainer") or model["Containers"][0]
    inherited: Document = {}
    if "ModelPackageName" in own:
        inherited = packages(own["ModelPackageName"])["InferenceSpecification"]["Containers"][0]
    merged = {**inherited, **own}
    source = merged.get("ModelDataSource", {}).get("S3DataSource", {})
    return Container(
        image=str(merged.get("Image", "")),
        model_data=merged.get("ModelDataUrl") or source.get("S3Uri"),
        environment={**inherited.get("Environment", {}), **own.get("Environment", {})},
        isolated=bool(model.get("EnableNetworkIsolation")),
        role_arn=model.get("ExecutionRoleArn"),
        uncompressed=source.get("CompressionType") == "None",
        from_data_source=bool(source),
    )
