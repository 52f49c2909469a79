"""The variants that an endpoint serves with now: their description, requests and end."""

from __future__ import annotations

import random
import re
import threading
from typing import TYPE_CHECKING

from sandbox.sagemaker import instance_counts
from sandbox.state.stores import Document, Place, now

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.sagemaker.serving.copies import Copy
    from sandbox.sagemaker.serving.variants import Variant


class LiveVariants:
    """What serves; `document` is what DescribeEndpoint returns, less the variants."""

    def __init__(self, place: Place, name: str) -> None:
        self.place, self.name = place, name
        self.arn = place.arn("endpoint", name)
        self.tags: dict[str, str] = {}
        self._lock = threading.RLock()
        self._live: tuple[Variant, ...] = ()
        self._starting: list[Variant] = []
        self._green: dict[str, Variant] = {}  # the new fleet, while it takes over in steps
        self._capture: Document | None = None
        self._gone = False
        self.document: Document = {
            "EndpointName": name,
            "EndpointStatus": "Creating",
            "EndpointArn": self.arn,
            "CreationTime": now(),
            "LastModifiedTime": now(),
        }

    def describe(self) -> Document:
        """Return the response of DescribeEndpoint."""
        with self._lock:
            response = dict(self.document)
            if self._live:
                response["ProductionVariants"] = [dict(v.document) for v in self._live]
            green = list(self._green.values()) or self._starting
            if green and "PendingDeploymentSummary" in response:
                response["PendingDeploymentSummary"] = {
                    **response["PendingDeploymentSummary"],
                    "ProductionVariants": [_describe_pending(variant) for variant in green],
                }
            if self._capture:
                response["DataCaptureConfig"] = _describe_capture(self._capture)
        return response

    def export(self) -> Document:
        """Return what a saved sandbox has of it; of variants those that serve."""
        with self._lock:
            return {
                "place": self.place,
                "name": self.name,
                "tags": self.tags,
                "document": self.document,
                "capture": self._capture,
                "variants": [(variant.row, variant.document) for variant in self._live],
            }

    @property
    def capture(self) -> Document | None:
        """The data capture configuration, when capturing is on."""
        return self._capture if self._capture and self._capture.get("EnableCapture") else None

    def _status(self, status: str) -> None:
        with self._lock:
            self.document |= {"EndpointStatus": status, "LastModifiedTime": now()}
        self._tell("SageMaker Endpoint State Change")

    def _tell(self, change: str) -> None:
        """Tell EventBridge how the endpoint is now.

        https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
        """
        # The endpoints are far up the chain of imports.
        from sandbox.eventbridge import events

        with self._lock:
            detail = {**self.describe(), "Tags": self.tags}
        status = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", detail["EndpointStatus"]).upper()
        detail["EndpointStatus"] = status
        events.put(self.place, events.Event("aws.sagemaker", change, detail, [self.arn]))

    def show(self, variants: Iterable[Variant], status: str, message: str) -> None:
        """Show a stage of a deployment.

        `message` may name the instances of a variant: {count} that serve of {copies} that run.
        """
        for variant in variants:
            count = variant.document["CurrentInstanceCount"]
            variant.show(status, message.format(count=count, copies=len(variant.copies)))
        self._tell("SageMaker Endpoint Deployment State Change")

    @property
    def fleets(self) -> tuple[dict[str, Variant], dict[str, Variant]]:
        """The variants that serve and those that will, by name."""
        return {variant.name: variant for variant in self._live}, self._green

    def take(self, target: str | None) -> Copy | None:
        """Return a copy for one request, counted in; None when no variant fits `target`."""
        with self._lock:
            offered = [v for v in self._live if target in (None, v.name)]
            if not offered:
                return None
            weights = [max(float(v.document["CurrentWeight"]), 0.0) for v in offered]
            chosen = random.choices(offered, weights)[0] if sum(weights) > 0 else offered[0]
            green = self._green.get(chosen.name)
            if green is not None and random.random() < green.share:
                return green.take() or chosen.take()
            return chosen.take()

    def copies(self) -> dict[str, tuple[Copy, ...]]:
        """Return the copies of each live variant by its name, old and new ones."""
        with self._lock:
            found = {variant.name: variant.copies for variant in self._live}
            for name, variant in self._green.items():
                found[name] = found.get(name, ()) + variant.copies
            return found

    def instances(self) -> list[Document]:
        """Return type and number of the instances of each live variant."""
        with self._lock:
            return instance_counts.count_live([*self._live, *self._green.values()])

    def end(self) -> None:
        """End every process of this endpoint, also those that are still starting."""
        with self._lock:
            self._gone = True
            ending, self._live = self._all(), ()
        for variant in ending:
            variant.end()

    def abandon(self) -> None:
        """Let go of every process at once, without waiting for requests."""
        with self._lock:
            self._gone = True
            left, self._live = self._all(), ()
        for variant in left:
            variant.abandon()

    def _all(self) -> list[Variant]:
        return [*self._live, *self._starting, *self._green.values()]


def _describe_pending(variant: Variant) -> Document:
    kind = {"InstanceType": variant.instance_type} if variant.instance_type else {}
    return {**variant.document, **kind}


def _describe_capture(rules: Document) -> Document:
    return {
        "EnableCapture": rules.get("EnableCapture", False),
        "CaptureStatus": "Started" if rules.get("EnableCapture") else "Stopped",
        "CurrentSamplingPercentage": rules["InitialSamplingPercentage"],
        "DestinationS3Uri": rules["DestinationS3Uri"],
        "KmsKeyId": rules.get("KmsKeyId", ""),
    }
