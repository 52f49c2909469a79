"""Handlers of Application Auto Scaling: a target's id is three names in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.handlers.resource import StackResource, changed, keep_identity

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws

_NAMES = ("ResourceId", "ScalableDimension", "ServiceNamespace")


class ScalableTarget:
    """Something that can be scaled, with its scheduled actions."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Register the target and schedule its actions."""
        properties = resource.properties
        arguments = {k: v for k, v in properties.items() if k != "ScheduledActions"}
        aws.call("application-autoscaling", "register_scalable_target", arguments)
        resource.physical_id = "|".join(str(properties[name]) for name in _NAMES)
        resource.attributes["Id"] = resource.physical_id
        for action in properties.get("ScheduledActions", []):
            settings = {**action, **self._where(resource)}
            aws.call("application-autoscaling", "put_scheduled_action", settings)

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Register it again; another resource or dimension is another target."""
        if changed(new, old) & set(_NAMES):
            self.create(aws, new)
            return True
        keep_identity(new, old)
        self._unschedule(aws, old)
        self.create(aws, new)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Remove the actions and deregister the target."""
        self._unschedule(aws, resource)
        where = self._where(resource)
        aws.forget("application-autoscaling", "deregister_scalable_target", where)

    def _where(self, resource: StackResource) -> dict[str, Any]:
        return {name: resource.properties[name] for name in _NAMES}

    def _unschedule(self, aws: Aws, resource: StackResource) -> None:
        for action in resource.properties.get("ScheduledActions", []):
            name = {"ScheduledActionName": action["ScheduledActionName"]}
            arguments = {**name, **self._where(resource)}
            aws.forget("application-autoscaling", "delete_scheduled_action", arguments)


class ScalingPolicy:
    """How a target scales."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Write the policy."""
        settings = {k: v for k, v in resource.properties.items() if k != "ScalingTargetId"}
        arguments = {**settings, **_target(resource)}
        answer = aws.call("application-autoscaling", "put_scaling_policy", arguments)
        resource.name = resource.properties["PolicyName"]
        resource.physical_id = answer["PolicyARN"]
        resource.attributes["Arn"] = resource.physical_id

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Write it again; another name or target is another policy."""
        replaced = new.properties["PolicyName"] != old.name or _target(new) != _target(old)
        self.create(aws, new)
        if not replaced:
            # AWS keeps the ARN of a policy that is written again; moto makes a new one.
            keep_identity(new, old)
        return replaced

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete the policy; it is gone already when its target went first."""
        arguments = {"PolicyName": resource.name, **_target(resource)}
        aws.forget("application-autoscaling", "delete_scaling_policy", arguments)


def _target(resource: StackResource) -> dict[str, str]:
    target = resource.properties.get("ScalingTargetId")
    if target:
        return dict(zip(_NAMES, str(target).split("|"), strict=True))
    return {name: resource.properties[name] for name in _NAMES}
