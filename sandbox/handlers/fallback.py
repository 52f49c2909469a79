"""Handler of types that only moto's CloudFormation models know."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from moto.cloudformation.parsing import get_model_map

from sandbox.handlers.resource import StackResource, changed, keep_identity

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws


def is_known(resource_type: str) -> bool:
    """Return whether moto has a model for this type."""
    return resource_type in get_model_map()


class MotoHandler:
    """Creates, changes and deletes through one of moto's CloudFormation models."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create moto's object and take its id."""
        model = get_model_map()[resource.type]
        name_property = model.cloudformation_name_type()
        resource.name = resource.properties.get(name_property) or resource.generated_name()
        resource.handle = model.create_from_cloudformation_json(
            resource.name,
            _json(resource),
            aws.account,
            aws.region,
            LogicalId=resource.logical_id,
            StackId=resource.stack_id,
            ResourceType=resource.type,
        )
        resource.physical_id = str(resource.handle.physical_resource_id)

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Let moto update it; a model that cannot is created a second time."""
        if changed(new, old) <= {"Tags"}:
            keep_identity(new, old)
            return False
        model = get_model_map()[new.type]
        if getattr(model.update_from_cloudformation_json, "__isabstractmethod__", False):
            self.create(aws, new)
            return True
        keep_identity(new, old)
        new.handle = model.update_from_cloudformation_json(
            original_resource=old.handle,
            new_resource_name=new.properties.get(model.cloudformation_name_type()) or old.name,
            cloudformation_json=_json(new),
            account_id=aws.account,
            region_name=aws.region,
        )
        new.physical_id = str(new.handle.physical_resource_id)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete through whichever of moto's two ways the model has."""
        model = get_model_map()[resource.type]
        if not getattr(model.delete_from_cloudformation_json, "__isabstractmethod__", False):
            model.delete_from_cloudformation_json(
                resource.physical_id, _json(resource), aws.account, aws.region
            )
        elif hasattr(resource.handle, "delete"):
            resource.handle.delete(aws.account, aws.region)


def _json(resource: StackResource) -> dict[str, Any]:
    # moto changes what it is given
    return {"Type": resource.type, "Properties": copy.deepcopy(resource.properties)}
