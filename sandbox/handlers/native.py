"""Handlers of types that need more than API calls in a row: policies, budgets, event rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sandbox.handlers.aws import is_gone
from sandbox.handlers.resource import (
    ResourceError,
    StackResource,
    already_exists,
    changed,
    keep_identity,
    refuse_named_replacement,
)

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws


class Recorded:
    """Accepts a resource and keeps its properties; `gaps.py` says what it does not do."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Invent identifiers in the usual form."""
        _, service, kind = resource.type.split("::")
        resource.name = _typed_name(resource) or resource.generated_name()
        resource.physical_id = resource.name
        arn = aws.arn(service.lower(), f"{_dashed(kind)}/{resource.name}")
        resource.attributes.update({"Arn": arn, f"{kind}Arn": arn, f"{kind}Id": resource.name})
        resource.attributes["Id"] = resource.name

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Keep the new properties."""
        keep_identity(new, old)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Forget it."""


def _typed_name(resource: StackResource) -> str:
    kind = resource.type.rsplit("::", 1)[-1]
    names = ("Name", f"{kind}Name", "AlarmName", "JobDefinitionName")
    return next((str(resource.properties[n]) for n in names if n in resource.properties), "")


def _dashed(kind: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in kind).lstrip("-")


class AttributePolicy:
    """A policy document that is an attribute of topics or queues."""

    def __init__(self, service: str, targets: str, operation: str) -> None:
        self._service, self._targets, self._operation = service, targets, operation

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Write the policy to every target."""
        resource.physical_id = resource.identity()
        document = json.dumps(resource.properties["PolicyDocument"])
        for target in resource.properties[self._targets]:
            aws.call(self._service, self._operation, self._arguments(target, document))

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Write it again."""
        keep_identity(new, old)
        self.create(aws, new)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Leave it: the topic or queue is deleted with its policy."""

    def _arguments(self, target: str, document: str) -> dict[str, Any]:
        if self._service == "sns":
            return {"TopicArn": target, "AttributeName": "Policy", "AttributeValue": document}
        return {"QueueUrl": target, "Attributes": {"Policy": document}}


class Budget:
    """A budget; its name lies one level deeper than other names, and moto cannot update it."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the budget with its notifications."""
        given = resource.properties["Budget"].get("BudgetName")
        resource.name = resource.name or given or resource.generated_name(length=100)
        budget = {**resource.properties["Budget"], "BudgetName": resource.name}
        arguments: dict[str, Any] = {"AccountId": aws.account, "Budget": budget}
        if "NotificationsWithSubscribers" in resource.properties:
            notifications = resource.properties["NotificationsWithSubscribers"]
            arguments["NotificationsWithSubscribers"] = notifications
        aws.call("budgets", "create_budget", arguments)
        resource.physical_id = resource.name

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Create it anew under the same name; another name is another budget."""
        is_replaced = bool(new.properties["Budget"].get("BudgetName", old.name) != old.name)
        if not is_replaced:
            keep_identity(new, old)
            self.delete(aws, old)
        self.create(aws, new)
        return is_replaced

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete the budget."""
        aws.forget(
            "budgets",
            "delete_budget",
            {"AccountId": aws.account, "BudgetName": resource.physical_id},
        )


class Rule:
    """An EventBridge rule with its targets."""

    _SETTINGS = ("Description", "EventBusName", "EventPattern", "ScheduleExpression", "State")

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the rule and point it at its targets."""
        resource.name = (
            resource.name or resource.properties.get("Name") or resource.generated_name()
        )
        bus = resource.properties.get("EventBusName", "default")
        if resource.properties.get("Name") and not resource.physical_id:
            self._require_free(aws, resource, bus)
        settings = {k: resource.properties[k] for k in self._SETTINGS if k in resource.properties}
        answer = aws.call("events", "put_rule", {"Name": resource.name, **settings})
        if resource.properties.get("RoleArn"):
            resource.attributes["RoleArn"] = resource.properties["RoleArn"]
        resource.attributes["Arn"] = answer["RuleArn"]
        resource.physical_id = resource.name if bus == "default" else f"{bus}|{resource.name}"
        targets = resource.properties.get("Targets", [])
        if targets:
            where = {"Rule": resource.name, "EventBusName": bus}
            aws.call("events", "put_targets", {**where, "Targets": targets})

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Change it in place, unless its name or bus changes."""
        if changed(new, old) & {"Name", "EventBusName"}:
            refuse_named_replacement(new, "Name", old.properties)
            self.create(aws, new)
            return True
        keep_identity(new, old)
        self._remove_targets(aws, old)
        self.create(aws, new)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Remove the targets, then the rule."""
        self._remove_targets(aws, resource)
        bus = resource.properties.get("EventBusName", "default")
        aws.forget("events", "delete_rule", {"Name": resource.name, "EventBusName": bus})

    def _require_free(self, aws: Aws, resource: StackResource, bus: str) -> None:
        # PutRule would take a rule that somebody else made.
        try:
            aws.call("events", "describe_rule", {"Name": resource.name, "EventBusName": bus})
        except ClientError as error:
            if is_gone(error):
                return
            raise
        raise ResourceError(already_exists(resource, "Name"))

    def _remove_targets(self, aws: Aws, resource: StackResource) -> None:
        ids = [target["Id"] for target in resource.properties.get("Targets", [])]
        if ids:
            bus = resource.properties.get("EventBusName", "default")
            arguments = {"Rule": resource.name, "EventBusName": bus, "Ids": ids}
            aws.forget("events", "remove_targets", arguments)
