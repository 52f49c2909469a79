"""DeploymentConfig of UpdateEndpoint: how many instances get requests in each step, and waits.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.sagemaker.capacity import types_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.state.stores import Document

ALL_AT_ONCE, CANARY, LINEAR, ROLLING = "ALL_AT_ONCE", "CANARY", "LINEAR", "ROLLING"
_FULL: Document = {"Type": "CAPACITY_PERCENT", "Value": 100}
_SIZES = {CANARY: "CanarySize", LINEAR: "LinearStepSize"}


@dataclass(frozen=True)
class Policy:
    """How the new fleet takes over; without a configuration at once, and nobody watches."""

    kind: str = ALL_AT_ONCE
    size: Document | None = None
    wait_seconds: int = 0
    termination_wait_seconds: int = 0
    longest_seconds: int | None = None
    rollback_size: Document | None = None
    alarms: tuple[str, ...] = ()

    @property
    def is_rolling(self) -> bool:
        """True when the old fleet ends batch by batch, and the new one starts so."""
        return self.kind == ROLLING

    def steps(self, counts: Mapping[str, int]) -> list[dict[str, int]]:
        """Return how many instances of each variant are turned on after each step."""
        return steps(self.kind, self.size or _FULL, counts)

    def steps_back(self, counts: Mapping[str, int]) -> list[dict[str, int]]:
        """Return how many old instances of each variant serve after each step of a rollback."""
        return steps(ROLLING, self.rollback_size or _FULL, counts)


def steps(kind: str, size: Document, counts: Mapping[str, int]) -> list[dict[str, int]]:
    """Return the instances that are turned on after each step: a canary has two steps."""
    batches = {name: batch(size, count) for name, count in counts.items()}
    if kind in (ALL_AT_ONCE, CANARY):
        first = [batches] if kind == CANARY else []
        return [*first, dict(counts)]
    number = max(-(-count // batches[name]) for name, count in counts.items())
    return [
        {name: min(count, batches[name] * step) for name, count in counts.items()}
        for step in range(1, number + 1)
    ]


def batch(size: Document, count: int) -> int:
    """Return how many of `count` instances a CapacitySize is: one at least.

    How AWS rounds is documented nowhere. A share that is rounded up would pass the 50 % that it
    may be at most; in AWS's example 33 percent of three instances are one:
    https://github.com/aws/amazon-sagemaker-examples, sagemaker-inference-deployment-guardrails.
    """
    wanted = int(size["Value"])
    if size["Type"] != "INSTANCE_COUNT":
        wanted = count * wanted // 100
    return max(1, min(wanted, count))


def more_at_once(policy: Policy | None, variants: Sequence[Document]) -> list[Document]:
    """Return the variants with the instances that an update needs beside those that serve."""
    if policy is None or not policy.is_rolling:
        return [*variants]
    return [
        row
        | {"InitialInstanceCount": batch(policy.size or _FULL, int(row["InitialInstanceCount"]))}
        for row in variants
    ]


def read(deployment: Document, variants: Sequence[Document]) -> Policy | None:
    """Return the policy of a DeploymentConfig for the variants of the new configuration.

    None stands for variants that AWS deploys all at once, whatever it is told.
    """
    if any(map(_is_excluded, variants)):
        return None
    rollback = deployment.get("AutoRollbackConfiguration") or {}
    alarms = tuple(str(one["AlarmName"]) for one in rollback.get("Alarms") or [])
    rolling = deployment.get("RollingUpdatePolicy")
    if rolling:
        return Policy(
            kind=ROLLING,
            size=rolling["MaximumBatchSize"],
            wait_seconds=int(rolling["WaitIntervalInSeconds"]),
            longest_seconds=rolling.get("MaximumExecutionTimeoutInSeconds"),
            rollback_size=rolling.get("RollbackMaximumBatchSize"),
            alarms=alarms,
        )
    blue_green = deployment.get("BlueGreenUpdatePolicy") or {}
    routing = blue_green.get("TrafficRoutingConfiguration") or {}
    kind = str(routing.get("Type", ALL_AT_ONCE))
    return Policy(
        kind=kind,
        size=routing.get(_SIZES.get(kind, "")),
        wait_seconds=int(routing.get("WaitIntervalInSeconds", 0)),
        termination_wait_seconds=int(blue_green.get("TerminationWaitInSeconds", 0)),
        longest_seconds=blue_green.get("MaximumExecutionTimeoutInSeconds"),
        alarms=alarms,
    )


def _is_excluded(variant: Document) -> bool:
    """Return whether deployment guardrails are not for a variant: a serverless one, or Inferentia.

    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
    """
    types = types_of(variant)
    return not types or any(one.startswith("ml.inf1.") for one in types)
