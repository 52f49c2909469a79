"""Quotas, free instances and scaling activities: plenty, unless a file says otherwise.

`capacity.json` in the sandbox's folder, read anew for every request, may hold any of:

    {"quotas": {"ml.m5.large for endpoint usage": 0},
     "unavailable": ["ml.m5.large"],
     "scaling_seconds": 5}
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError

from sandbox.state import context

if TYPE_CHECKING:
    from sandbox.state.stores import Document

FILE = "capacity.json"


class InsufficientCapacity(Exception):
    """No free instance of a type; the text is the endpoint's FailureReason."""

    def __init__(self, instance_type: str) -> None:
        # As endpoints had it in 2026: aws/deep-learning-containers#6673.
        super().__init__(
            "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity "
            "error. Please retry using a different ML instance type or after some time."
        )
        self.instance_type = instance_type


@dataclass(frozen=True)
class Capacity:
    """What of SageMaker's capacity is limited; nothing, without a file."""

    quotas: dict[str, int] = field(default_factory=dict)
    unavailable: tuple[str, ...] = ()
    scaling_seconds: float = 0.0

    def require_quota(self, wanted: Iterable[Document], live: Iterable[Document]) -> None:
        """Raise ResourceLimitExceeded when `wanted` variants beside all `live` ones are too many.

        An update counts in full: its instances run beside those they replace.
        """
        used = _count(live)
        for instance_type, more in _count(wanted).items():
            quota = f"{instance_type} for endpoint usage"
            limit = self.quotas.get(quota)
            if limit is not None and used.get(instance_type, 0) + more > limit:
                # aws-samples/sagemaker-custom-project-templates#51
                raise JsonRESTError(
                    "ResourceLimitExceeded",
                    f"The account-level service limit '{quota}' is {limit} Instances, with current "
                    f"utilization of {used.get(instance_type, 0)} Instances and a request delta of "
                    f"{more} Instances. Please contact AWS support to request an increase for this "
                    "limit.",
                )

    def job_refusal(self, instance_type: str) -> str | None:
        """Return the FailureReason of a job on a type of which none is free; None when one is."""
        if instance_type not in self.unavailable:
            return None
        # As aws-samples and grand-challenge meet it.
        return (
            "CapacityError: Unable to provision requested ML compute capacity. Please retry "
            "using a different ML instance type."
        )

    def assign_type(self, variant: Document) -> Document:
        """Return a variant with the type it gets; raises InsufficientCapacity when none is free.

        Of several types it is the free one of the highest priority.
        """
        types = types_of(variant)
        free = [one for one in types if one not in self.unavailable]
        if types and not free:
            raise InsufficientCapacity(types[0])
        return {**variant, "InstanceType": free[0]} if free else variant


def current() -> Capacity:
    """Return the capacity as the sandbox's folder says it now."""
    path = context.current().folder / FILE
    if not path.exists():
        return Capacity()
    found: dict[str, Any] = json.loads(path.read_text())
    return Capacity(
        {name: int(limit) for name, limit in found.get("quotas", {}).items()},
        tuple(found.get("unavailable", ())),
        float(found.get("scaling_seconds", 0.0)),
    )


def types_of(variant: Document) -> tuple[str, ...]:
    """Return the types that a variant may get, by priority; none for a serverless one."""
    pools = sorted(variant.get("InstancePools") or [], key=lambda pool: int(pool["Priority"]))
    rows = pools or ([variant] if variant.get("InstanceType") else [])
    return tuple(str(row["InstanceType"]) for row in rows)


def _count(variants: Iterable[Document]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for variant in variants:
        count = int(variant.get("InstanceCount") or variant.get("InitialInstanceCount") or 1)
        for instance_type in types_of(variant):
            counted[instance_type] = counted.get(instance_type, 0) + count
    return counted
