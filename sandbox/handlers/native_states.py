"""Handler of state machines: four ways to write a definition, one call to create it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.handlers.resource import (
    ResourceError,
    StackResource,
    changed,
    keep_identity,
    refuse_named_replacement,
)

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws

_SETTINGS = (
    "RoleArn",
    "LoggingConfiguration",
    "TracingConfiguration",
    "EncryptionConfiguration",
    "Tags",
)


class StateMachine:
    """A state machine of Step Functions."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the machine; Step Functions checks the definition."""
        properties = resource.properties
        resource.name = properties.get("StateMachineName") or resource.generated_name(length=80)
        arguments = {"name": resource.name, **self._settings(aws, resource)}
        if "StateMachineType" in properties:
            arguments["type"] = properties["StateMachineType"]
        answer = aws.call("stepfunctions", "create_state_machine", arguments)
        resource.physical_id = answer["stateMachineArn"]
        resource.attributes = {"Arn": resource.physical_id, "Name": resource.name}

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Change the definition in place; running executions keep the old one."""
        if changed(new, old) & {"StateMachineName", "StateMachineType"}:
            refuse_named_replacement(new, "StateMachineName", old.properties)
            self.create(aws, new)
            return True
        keep_identity(new, old)
        arguments = {"stateMachineArn": new.physical_id, **self._settings(aws, new)}
        aws.call("stepfunctions", "update_state_machine", arguments)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete the machine."""
        arguments = {"stateMachineArn": resource.physical_id}
        aws.forget("stepfunctions", "delete_state_machine", arguments)

    def _settings(self, aws: Aws, resource: StackResource) -> dict[str, Any]:
        settings = {
            key: resource.properties[key] for key in _SETTINGS if key in resource.properties
        }
        return {"definition": _definition(aws, resource.properties), **settings}


def _definition(aws: Aws, properties: dict[str, Any]) -> str:
    """Return the definition as text, with `DefinitionSubstitutions` filled in."""
    if "DefinitionString" in properties:
        text = str(properties["DefinitionString"])
    elif "Definition" in properties:
        text = json.dumps(properties["Definition"])
    elif "DefinitionS3Location" in properties:
        place = properties["DefinitionS3Location"]
        body = aws.client("s3").get_object(Bucket=place["Bucket"], Key=place["Key"])["Body"]
        text = body.read().decode()
    else:
        raise ResourceError("state machine has no definition; give DefinitionString")
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        text = text.replace("${" + name + "}", json.dumps(str(value))[1:-1])
    return text
