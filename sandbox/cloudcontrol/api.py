"""Cloud Control API over the resources of stacks: UpdateResource, and what became of one.

`cdk deploy --hotswap` changes state machines, alarms, dashboards, rules and queues by it. The stack
does not learn of it, as on AWS: its next drift detection does.
https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations-update.html
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from moto.cloudformation.models import cloudformation_backends

from cfn.live.differences import differences
from cfn.live.readers import READERS
from cfn.registry_schemas import create_only
from sandbox.cloudcontrol import patches
from sandbox.cloudformation.failures import explain
from sandbox.handlers.aws import is_gone
from sandbox.refusals.forms import Refused
from sandbox.requests import called, errors, parameters, signed_requests
from sandbox.state import accounts

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws
    from sandbox.handlers.resource import StackResource
    from sandbox.state.stores import Document

UPDATED = (
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::Rule",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::StateMachine",
)
"""The types that are updated; each has a handler that changes it in place, and a reader."""

_EVENTS: dict[str, Document] = {}
_EVENTS_KEPT = 1_000


def serve(environ: Document, start: errors.StartResponse) -> list[bytes] | None:
    """Answer a request to Cloud Control; None for one to another service."""
    asked = called.read(environ)
    if asked.service != "cloudcontrol":
        return None
    try:
        given = parameters.read(environ, asked)
        if asked.operation == "GetResourceRequestStatus":
            event = _event(given["RequestToken"])
        else:
            event = _update(_backend(environ), given)
    except Refused as refused:
        code = refused.code
        return errors.answer(start, "400 Bad Request", asked.protocol, code, str(refused))
    body = json.dumps({"ProgressEvent": event}).encode()
    headers = [
        ("Content-Type", "application/x-amz-json-1.0"),
        ("Content-Length", str(len(body))),
    ]
    start("200 OK", headers)
    return [body]


def forget() -> None:
    """Forget what became of updates."""
    _EVENTS.clear()


def _event(token: str) -> Document:
    if token not in _EVENTS:
        raise Refused("RequestTokenNotFoundException", f"Request token '{token}' cannot be found.")
    return _EVENTS[token]


def _backend(environ: Document) -> Any:
    _, region, _ = signed_requests.scope(environ)
    return cloudformation_backends[accounts.of_request(environ)][region]


def _update(backend: Any, given: Document) -> Document:
    """Change one resource now; the answer says that it has begun, as AWS's does."""
    kind, identifier = given["TypeName"], given["Identifier"]
    if kind not in UPDATED:
        raise Refused(
            "UnsupportedActionException",
            f"sandbox: UpdateResource is emulated for {', '.join(UPDATED)}, not for {kind}",
        )
    operations = patches.read(given["PatchDocument"])
    _require_changeable(kind, patches.changed(operations), backend.region_name)
    resource, aws = _found(backend, kind, identifier), backend.aws()
    old = replace(resource, properties=_live(resource, aws))
    new = replace(resource, properties=patches.apply(operations, old.properties))
    event = {
        "TypeName": kind,
        "Identifier": identifier,
        "RequestToken": str(uuid.uuid4()),
        "Operation": "UPDATE",
        "EventTime": int(time.time()),
    }
    _keep({**event, **_made(backend, aws, new, old)})
    return {**event, "OperationStatus": "IN_PROGRESS"}


def _made(backend: Any, aws: Aws, new: StackResource, old: StackResource) -> Document:
    try:
        backend.handler_of(new.type).update(aws, new, old)
    except Exception as error:
        told = {"ErrorCode": "GeneralServiceException", "StatusMessage": explain(error)}
        return {"OperationStatus": "FAILED", **told}
    return {"OperationStatus": "SUCCESS"}


def _keep(event: Document) -> None:
    _EVENTS[event["RequestToken"]] = event
    for token in list(_EVENTS)[:-_EVENTS_KEPT]:
        del _EVENTS[token]


def _require_changeable(kind: str, names: set[str], region: str) -> None:
    """Raise Refused for a property that no update changes.

    The text is that of https://github.com/pulumi/pulumi-aws-native/issues/2936
    """
    fixed = [path for path in create_only(kind, region) if path.split("/")[0] in names]
    if fixed:
        listed = ", ".join(f"/properties/{path}" for path in fixed)
        raise Refused(
            "NotUpdatableException",
            f"Invalid patch update: createOnlyProperties [{listed}] cannot be updated",
        )
    if "Tags" in names:
        raise Refused(
            "UnsupportedActionException",
            "sandbox: UpdateResource changes no tags; deploy the stack without hotswap",
        )


def _found(backend: Any, kind: str, identifier: str) -> StackResource:
    for stack in list(backend.stacks.values()):
        for resource in list(stack.resources.values()):
            names = (resource.physical_id, resource.attributes.get("Arn"))
            if resource.type == kind and identifier in names:
                found: StackResource = resource
                return found
    raise _not_found(kind, identifier)


def _not_found(kind: str, identifier: str) -> Refused:
    told = f"Resource of type '{kind}' with identifier '{identifier}' was not found."
    return Refused("ResourceNotFoundException", told)


def _live(resource: StackResource, aws: Aws) -> dict[str, Any]:
    """Return its properties as they are: what was changed since its stack set it stays so."""
    given = resource.properties
    try:
        live = READERS[resource.type](partial(_call, aws), resource.physical_id)
    except (LookupError, ClientError) as error:
        if isinstance(error, ClientError) and not is_gone(error):
            raise
        raise _not_found(resource.type, resource.physical_id) from None
    seen = {name: value for name, value in live.items() if name in given}
    moved = {
        one.path.partition("/")[0] for one in differences(resource.type, given, seen)
    } & seen.keys()
    return {**given, **{name: _written(seen[name], given[name]) for name in moved}}


def _written(value: Any, before: Any) -> Any:
    """Return a document as text where it was text before."""
    is_text = isinstance(before, str) and not isinstance(value, str)
    return json.dumps(value) if is_text else value


def _call(
    aws: Aws, service: str, operation: str, arguments: Any = None, /, *, or_none: bool = False
) -> Document:
    try:
        answer: Document = getattr(aws.client(service), operation)(**(arguments or {}))
    except ClientError:
        if or_none:
            return {}
        raise
    return answer
