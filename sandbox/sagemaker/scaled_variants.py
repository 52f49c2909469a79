"""Variants registered with Application Auto Scaling: they keep their type, and go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker.capacity import types_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.state.stores import Document, Place

_DIMENSION = "sagemaker:variant:DesiredInstanceCount"


def refuse_retype(
    place: Place, endpoint: str, live: Mapping[str, tuple[str, ...]], configuration: Document
) -> None:
    """Raise ValidationException when a scaled variant would get another type, or vanish.

    `live` is the instance types by variant. The rule and its words are those of
    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html; what the API
    answers to the letter was found nowhere, so nothing may read this text.
    """
    new = {row["VariantName"]: types_of(row) for row in configuration["ProductionVariants"]}
    for variant, types in live.items():
        if new.get(variant) != types and _is_scaled(place, endpoint, variant):
            raise ValidationError(
                message=f"The update would change the instance type of variant {variant} from "
                f"{', '.join(types)} to {', '.join(new.get(variant, ()))}, and it is a target for "
                "auto scaling. "
                "Before you update the endpoint, delete any scaling policies configured for it and "
                "deregister the variant as a scalable target by calling the "
                "DeregisterScalableTarget Application Auto Scaling API action."
            )


def _is_scaled(place: Place, endpoint: str, variant: str) -> bool:
    backend = applicationautoscaling_backends[place.account][place.region]
    resource = f"endpoint/{endpoint}/variant/{variant}"
    return bool(backend.describe_scalable_targets("sagemaker", [resource], _DIMENSION))


def deregister(place: Place, endpoint: str) -> None:
    """Deregister the variants of an endpoint that is deleted, with policies and schedules, as AWS.

    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html
    """
    backend = applicationautoscaling_backends[place.account][place.region]
    prefix = f"endpoint/{endpoint}/variant/"
    for targets in backend.targets.values():
        for resource_id in [one for one in targets if one.startswith(prefix)]:
            del targets[resource_id]
    drop_rules(backend, lambda resource_id: resource_id.startswith(prefix))


def drop_rules(backend: Any, is_of: Callable[[str], bool]) -> None:
    """Delete the policies, with their alarms, and the scheduled actions of resources."""
    for key, policy in list(backend.policies.items()):
        if is_of(policy.resource_id):
            policy.delete_alarms(backend.account_id, backend.region_name)
            del backend.policies[key]
    kept = [one for one in backend.scheduled_actions if not is_of(one.resource_id)]
    backend.scheduled_actions = kept
