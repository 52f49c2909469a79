"""Quotas, free instances, scaling and waits: plenty and at once, unless a file says otherwise.

`capacity.json` in the sandbox's folder, read anew for every request, may hold any of:

    {"quotas": {"ml.m5.large for endpoint usage": 0},
     "unavailable": ["ml.m5.large"],
     "scaling_seconds": 5,
     "deployment_waits": true}

With the last, the waits of a deployment in steps last as long as they say, on the sandbox's clock.
A sandbox that stands for a new account has the quotas of one; the file raises them, as AWS Support
would.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError

from sandbox.servicequotas import new_account
from sandbox.state import context

if TYPE_CHECKING:
    from sandbox.sagemaker.jobs import Job
    from sandbox.state.stores import Document

FILE = "capacity.json"
_RUNNING = frozenset({"InProgress", "Stopping"})


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
    deployment_waits: bool = False
    is_new_account: bool = False

    def limit_of(self, quota: str) -> int | None:
        """Return the value of a quota by its name, None when it limits nothing."""
        if quota in self.quotas or not self.is_new_account:
            return self.quotas.get(quota)
        return new_account.instances(quota)

    def require_quota(self, wanted: Iterable[Document], live: Iterable[Document]) -> None:
        """Raise ResourceLimitExceeded when `wanted` variants beside all `live` ones are too many.

        An update counts in full: its instances run beside those they replace.
        """
        wanted, live = list(wanted), list(live)
        used, more = _count(live), _count(wanted)
        for instance_type, count in more.items():
            quota = f"{instance_type} for endpoint usage"
            self._require(quota, used.get(instance_type, 0), count)
        if more:
            self._require(new_account.INSTANCES_OF_ENDPOINTS, _total(live), _total(wanted))

    def require_job(self, job: Job, others: Iterable[Job], parallel: int = 1) -> None:
        """Raise ResourceLimitExceeded when the instances of a job beside running ones are many.

        `parallel` such jobs would run at once.
        """
        kind = _kind(job)
        running = [one for one in others if one.status in _RUNNING and _kind(one) == kind]
        used = sum(len(one.hosts) for one in running)
        self._require(
            f"Number of instances across all {kind} jobs", used, parallel * len(job.hosts)
        )

    def _require(self, quota: str, used: int, more: int) -> None:
        limit = self.limit_of(quota)
        if limit is not None and used + more > limit:
            # aws-samples/sagemaker-custom-project-templates#51
            raise JsonRESTError(
                "ResourceLimitExceeded",
                f"The account-level service limit '{quota}' is {limit} Instances, with current "
                f"utilization of {used} Instances and a request delta of {more} Instances. Please "
                "contact AWS support to request an increase for this limit.",
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
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return Capacity(
        {name: int(limit) for name, limit in found.get("quotas", {}).items()},
        tuple(found.get("unavailable", ())),
        float(found.get("scaling_seconds", 0.0)),
        bool(found.get("deployment_waits", False)),
        context.is_new_account(),
    )


def types_of(variant: Document) -> tuple[str, ...]:
    """Return the types that a variant may get, by priority; none for a serverless one."""
    pools = sorted(variant.get("InstancePools") or [], key=lambda pool: int(pool["Priority"]))
    rows = pools or ([variant] if variant.get("InstanceType") else [])
    return tuple(str(row["InstanceType"]) for row in rows)


def _kind(job: Job) -> str:
    is_spot = bool(job.request.get("EnableManagedSpotTraining"))
    return f"spot {job.kind.lower()}" if is_spot else job.kind.lower()


def _count(variants: Iterable[Document]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for variant in variants:
        for instance_type in types_of(variant):
            counted[instance_type] = counted.get(instance_type, 0) + _instances(variant)
    return counted


def _total(variants: Iterable[Document]) -> int:
    # A variant that may get one of several types has its instances once.
    return sum(_instances(variant) for variant in variants if types_of(variant))


def _instances(variant: Document) -> int:
    return int(variant.get("InstanceCount") or variant.get("InitialInstanceCount") or 1)
