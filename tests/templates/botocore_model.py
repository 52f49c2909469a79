"""Asks botocore's own model whether a state's arguments are ones that the API takes."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.loaders
from botocore import xform_name
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from tests.templates.states import EXPRESSION, TOKEN, Call

# Where Step Functions' name of a service is not botocore's.
SERVICES = {"states": "stepfunctions", "sfn": "stepfunctions", "eventbridge": "events"}
# Step Functions writes an object as JSON text here.
JSON_TEXT = {
    ("sfn", "startExecution", "Input"),
    ("states", "startExecution", "Input"),
    ("sns", "publish", "Message"),
}
KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
}


@cache
def service_model(service: str) -> ServiceModel:
    """botocore's description of a service that a Task names."""
    name = SERVICES.get(service, service)
    return ServiceModel(botocore.loaders.Loader().load_service_model(name, "service-2"), name)


def complaints(call: Call) -> Iterator[str]:
    """Everything in `call` that the API would refuse, as far as literals tell."""
    model = service_model(call.service)
    wanted = xform_name(call.operation)
    names = {xform_name(name): name for name in model.operation_names}
    if wanted not in names:
        yield f"{call.state}: {call.service} has no {call.operation}"
        return
    shape = model.operation_model(names[wanted]).input_shape
    if shape is not None:
        yield from (f"{call.state}: {text}" for text in _check(shape, _as_sent(call), ""))


def _as_sent(call: Call) -> Any:
    arguments = call.arguments or {}
    if not isinstance(arguments, dict):
        return arguments
    return {
        key: TOKEN if isinstance(value, dict) and _is_json_text(call, key) else value
        for key, value in arguments.items()
    }


def _is_json_text(call: Call, key: str) -> bool:
    return (call.service, call.operation, key) in JSON_TEXT


def _check(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and (EXPRESSION.match(value) or TOKEN in value):
        return
    if isinstance(shape, StructureShape):
        yield from _check_structure(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _check_list(shape, value, path)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _check(shape.value, item, f"{path}.{key}")
    else:
        yield from _check_scalar(shape, value, path)


def _check_structure(shape: StructureShape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} must be an object"
        return
    # Step Functions writes every member with a capital letter.
    members = {name[0].upper() + name[1:]: member for name, member in shape.members.items()}
    required = {name[0].upper() + name[1:] for name in shape.required_members}
    for key, item in value.items():
        if key not in members:
            yield f"{path}.{key} is unknown"
        else:
            yield from _check(members[key], item, f"{path}.{key}")
    tokens = {"ClientToken", "IdempotencyToken", "ClientRequestToken"}
    yield from (f"{path}.{name} is missing" for name in required - value.keys() - tokens)


def _check_list(shape: ListShape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path} must be a list"
        return
    for number, item in enumerate(value):
        yield from _check(shape.member, item, f"{path}[{number}]")


def _check_scalar(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, KINDS.get(shape.type_name, (object,))):
        yield f"{path} must be {shape.type_name}, is {value!r}"
        return
    enum = getattr(shape, "enum", None)
    if enum and value not in enum:
        yield f"{path} must be one of {enum}, is {value!r}"
    size = len(value) if isinstance(value, str) else value
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield f"{path} is below {low}"
    if high is not None and size > high:
        yield f"{path} is above {high}"
