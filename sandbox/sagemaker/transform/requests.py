"""Checks of CreateTransformJob: what AWS refuses, and what is not emulated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from moto.sagemaker.exceptions import ValidationError

from config.instances import has_local_nvme, known_types
from sandbox.iam.callers import Caller
from sandbox.s3 import transfers
from sandbox.sagemaker import hosting
from sandbox.sagemaker.transform import data_processing, inputs, json_paths, record_formats
from sandbox.state.stores import check_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.sagemaker.hosting import Container
    from sandbox.state.stores import Document, Place

    Packages = Callable[[str], Document]

_MOST_MEGABYTES = 100
_MOST_VARIABLES, _LONGEST_NAME, _LONGEST_VALUE = 16, 1_024, 10_240
_VARIABLE = re.compile("[a-zA-Z_][a-zA-Z0-9_]*")
_LONGEST_PATH = 63
_RANGES = {"InvocationsTimeoutInSeconds": (1, 3_600), "InvocationsMaxRetries": (0, 3)}
_NOT_EMULATED = "which is not emulated"


def check(place: Place, request: Document, packages: Packages) -> Container:
    """Return what the model runs; raises ValidationException for what is refused.

    `packages(name)` describes a model package.
    """
    check_request(request)
    name = request["ModelName"]
    if hosting.MODELS.find(place, name) is None:
        # aws/deep-learning-containers#586
        raise ValidationError(message=f'Could not find model "{place.arn("model", name)}".')
    container = hosting.container_of(place, name, packages)
    if container.from_data_source:
        # aws/sagemaker-python-sdk#4777
        raise ValidationError(
            message="SageMaker Batch currently doesn't support Model entity with container "
            "definitions which use ModelDataSource attribute"
        )
    uri = request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    refusal = inputs.refusal_of_empty(uri, Caller(place.region, container.role_arn))
    if refusal is not None:
        raise ValidationError(message=refusal)
    return container


def check_request(request: Document) -> None:
    """Refuse what the request alone shows to be wrong; raises ValidationException."""
    check_name("transformJobName", request["TransformJobName"])
    _check_resources(request["TransformResources"])
    _check_limits(request)
    _check_environment(request.get("Environment") or {})
    _check_source(request["TransformInput"]["DataSource"]["S3DataSource"]["S3DataType"])
    _check_address(request["TransformOutput"]["S3OutputPath"])
    if request.get("DataCaptureConfig"):
        raise ValidationError(
            message=f"sandbox: DataCaptureConfig is given, {_NOT_EMULATED}; leave it out"
        )
    if not data_processing.is_default(request.get("DataProcessing") or {}):
        _check_processing(request)


def _check_resources(resources: Document) -> None:
    instance_type = resources["InstanceType"]
    known = known_types("transform")
    if instance_type not in known:
        _refuse(
            instance_type,
            "transformResources.instanceType",
            f"Member must satisfy enum value set: [{', '.join(sorted(known))}]",
        )
    if resources["InstanceCount"] < 1:
        _refuse_range(resources["InstanceCount"], "transformResources.instanceCount", 1, None)
    if resources.get("VolumeKmsKeyId") and has_local_nvme(instance_type):
        # botocore's model of TransformResources.
        raise ValidationError(
            message=f"You can't request a VolumeKmsKeyId when using {instance_type}, an instance "
            "type with local storage"
        )


def _check_limits(request: Document) -> None:
    """Check sizes and times; botocore's models of the request and of ModelClientConfig."""
    payload = request.get("MaxPayloadInMB")
    concurrency = request.get("MaxConcurrentTransforms")
    if payload is not None and not 0 <= payload <= _MOST_MEGABYTES:
        _refuse_range(payload, "maxPayloadInMB", 0, _MOST_MEGABYTES)
    if concurrency is not None and concurrency < 0:
        _refuse_range(concurrency, "maxConcurrentTransforms", 0, None)
    if (payload or 0) * (concurrency or 0) > _MOST_MEGABYTES:
        raise ValidationError(
            message=f"MaxConcurrentTransforms * MaxPayloadInMB is {concurrency} * {payload} MB; it "
            f"cannot exceed {_MOST_MEGABYTES} MB"
        )
    config = request.get("ModelClientConfig") or {}
    for name, (least, most) in _RANGES.items():
        if name in config and not least <= config[name] <= most:
            _refuse_range(config[name], f"modelClientConfig.{_lower(name)}", least, most)


def _check_environment(variables: dict[str, str]) -> None:
    """Check number and size; botocore's model of TransformEnvironmentMap."""
    if len(variables) > _MOST_VARIABLES:
        _refuse(
            sorted(variables),
            "environment",
            f"Member must have length less than or equal to {_MOST_VARIABLES}",
        )
    for name, value in variables.items():
        for text, most in ((name, _LONGEST_NAME), (value, _LONGEST_VALUE)):
            if len(text) > most:
                longest = f"Member must have length less than or equal to {most}"
                _refuse(f"{text[:40]}...", "environment", longest)
        if not _VARIABLE.fullmatch(name):
            pattern = f"Member must satisfy regular expression pattern: {_VARIABLE.pattern}"
            _refuse(name, "environment", pattern)


def _check_source(kind: str) -> None:
    if kind == "AugmentedManifestFile":
        # botocore's model: "The following value is not compatible: AugmentedManifestFile".
        raise ValidationError(
            message="S3DataType AugmentedManifestFile is not compatible with a transform job; use "
            "ManifestFile or S3Prefix"
        )
    if kind not in ("S3Prefix", "ManifestFile"):
        raise ValidationError(
            message=f"sandbox: S3DataType is {kind!r}, {_NOT_EMULATED}; use S3Prefix"
        )


def _check_address(uri: str) -> None:
    try:
        transfers.split(uri)
    except transfers.TransferError as error:
        raise ValidationError(message=str(error)) from None


def _check_processing(request: Document) -> None:
    """Check formats, delimiters and filters as the guide's page on data processing has them.

    https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
    """
    source, output = request["TransformInput"], request["TransformOutput"]
    kind, accept = source.get("ContentType"), output.get("Accept")
    format_ = record_formats.find(kind)
    if format_ is None or (accept and record_formats.find(accept) is not format_):
        _refuse_processing(
            "ContentType and Accept have to be the same, one of "
            f"{', '.join(record_formats.BY_CONTENT_TYPE)}; they are {kind!r} and {accept!r}"
        )
    delimiters = (source.get("SplitType", "None"), output.get("AssembleWith", "None"))
    takes_whole = record_formats.media_type(kind) == "application/json"
    if delimiters != ("Line", "Line") and not (takes_whole and delimiters[0] == "None"):
        _refuse_processing(
            f"SplitType and AssembleWith of {kind} have to be Line; they are "
            f"{delimiters[0]} and {delimiters[1]}"
        )
    for name in ("InputFilter", "OutputFilter"):
        _check_filter(name, request["DataProcessing"].get(name) or "$", format_.has_members)


def _check_filter(name: str, path: str, has_members: bool) -> None:
    if len(path) > _LONGEST_PATH:
        longest = f"Member must have length less than or equal to {_LONGEST_PATH}"
        _refuse(path, f"dataProcessing.{_lower(name)}", longest)
    try:
        parsed = json_paths.parse(path)
    except json_paths.PathError as error:
        _refuse_processing(f"{name}: {error}")
    if parsed.names_members and not has_members:
        _refuse_processing(f"{name} is {path!r}; columns of CSV have indexes only, as in $[1:]")


def _refuse_processing(reason: str) -> NoReturn:
    raise ValidationError(message=f"DataProcessing: {reason}")


def _refuse_range(value: int, field: str, least: int, most: int | None) -> NoReturn:
    over = most is not None and value > most
    bound = f"less than or equal to {most}" if over else f"greater than or equal to {least}"
    _refuse(value, field, f"Member must have value {bound}")


def _refuse(value: object, field: str, constraint: str) -> NoReturn:
    raise ValidationError(
        message=f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy "
        f"constraint: {constraint}"
    )


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
