"""SageMaker endpoints: create, update without losing requests, roll back, delete."""

from __future__ import annotations

import contextlib
import random
import re
import threading
from collections.abc import Iterable
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from sandbox.eventbridge import events
from sandbox.sagemaker import capacity, hosting, instance_counts, scaled_variants
from sandbox.sagemaker.variants import Unhealthy, Variant
from sandbox.state.stores import Document, Place, Store, check_name, now

_RETAINABLE = {
    "DesiredInstanceCount": "InstanceCount",
    "DesiredWeight": "Weight",
}


class Endpoint:
    """One endpoint; `document` is what DescribeEndpoint returns, less its variants."""

    def __init__(self, place: Place, name: str, packages: Any) -> None:
        self.place, self.name, self._packages = place, name, packages
        self.arn = place.arn("endpoint", name)
        self.tags: dict[str, str] = {}
        self._lock = threading.RLock()
        self._live: tuple[Variant, ...] = ()
        self._starting: list[Variant] = []
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
            if self._capture:
                response["DataCaptureConfig"] = _describe_capture(self._capture)
        return response

    @property
    def capture(self) -> Document | None:
        """The data capture configuration, when capturing is on."""
        return self._capture if self._capture and self._capture.get("EnableCapture") else None

    def create(self, configuration: Document) -> None:
        """Start the first variants in the background."""
        self.document["EndpointConfigName"] = configuration["EndpointConfigName"]
        self._status("Creating")
        self._begin(configuration, set())

    def update(self, request: Document, configuration: Document) -> None:
        """Replace the variants in the background; refused while another change runs."""
        with self._lock:
            status = self.document["EndpointStatus"]
            if status not in ("InService", "Failed"):
                raise ValidationError(message=f'Cannot update in-progress endpoint "{self.arn}".')
            if status == "Failed":
                raise ValidationError(message=f'Cannot update failed endpoint "{self.arn}".')
            types = {variant.name: capacity.types_of(variant.row) for variant in self._live}
            scaled_variants.refuse_retype(self.place, self.name, types, configuration)
            kept: set[str] = set()
            if request.get("RetainAllVariantProperties"):
                excluded = request.get("ExcludeRetainedVariantProperties") or []
                names = {each["VariantPropertyType"] for each in excluded}
                kept = {short for name, short in _RETAINABLE.items() if name not in names}
            wanted = instance_counts.count_new(
                configuration["ProductionVariants"], self._live, kept
            )
            capacity.current().require_quota(wanted, live_instances(self.place))
            if not request.get("RetainDeploymentConfig"):
                self.document.pop("LastDeploymentConfig", None)
            if request.get("DeploymentConfig"):
                self.document["LastDeploymentConfig"] = request["DeploymentConfig"]
            self.document.pop("FailureReason", None)
            self.document["PendingDeploymentSummary"] = {
                "EndpointConfigName": configuration["EndpointConfigName"],
                "StartTime": now(),
            }
        self._status("Updating")
        self._begin(configuration, kept)

    def _begin(self, configuration: Document, kept: set[str]) -> None:
        target = self._deploy
        threading.Thread(target=target, args=(configuration, kept), daemon=True).start()

    def _deploy(self, configuration: Document, kept: set[str]) -> None:
        fresh: list[Variant] = []
        try:
            limits = capacity.current()
            for row in map(limits.assign_type, configuration["ProductionVariants"]):
                container = hosting.container_of(self.place, row["ModelName"], self._packages)
                fresh.append(Variant(self.place, self.name, row, container))
            self._starting = fresh
            for variant in fresh:
                variant.start()
        except Exception as error:  # whatever it is, what is live stays live
            reason = str(error)
            if not isinstance(error, Unhealthy | ValidationError | capacity.InsufficientCapacity):
                reason = f"InternalServerError: sandbox: {type(error).__name__}: {error}"
            self._fail(fresh, reason)
            return
        self._switch(configuration, tuple(fresh), kept)

    def _fail(self, fresh: Iterable[Variant], reason: str) -> None:
        for variant in fresh:
            variant.end()
        with self._lock:
            self._starting = []
            self.document["FailureReason"] = reason[:1024]
            self.document.pop("PendingDeploymentSummary", None)
            first = not self._live
        self._status("Failed" if first else "InService")

    def _switch(self, configuration: Document, fresh: tuple[Variant, ...], kept: set[str]) -> None:
        with self._lock:
            if self._gone:
                old, self._live = fresh, ()
            else:
                before = {variant.name: variant.document for variant in self._live}
                for variant in fresh:
                    variant.retain(before.get(variant.name, {}), kept)
                old, self._live = self._live, fresh
                self._capture = configuration.get("DataCaptureConfig")
                self.document["EndpointConfigName"] = configuration["EndpointConfigName"]
                self.document.pop("PendingDeploymentSummary", None)
            self._starting = []
        for variant in old:
            variant.end()
        if not self._gone:
            self._status("InService")

    def _status(self, status: str) -> None:
        with self._lock:
            self.document |= {"EndpointStatus": status, "LastModifiedTime": now()}
            detail = {**self.describe(), "Tags": self.tags}
        detail["EndpointStatus"] = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", status).upper()
        change = "SageMaker Endpoint State Change"
        events.put(self.place, events.Event("aws.sagemaker", change, detail, [self.arn]))

    def take(self, target: str | None) -> Variant | None:
        """Return a variant for one request, counted in; None when none fits `target`."""
        with self._lock:
            offered = [v for v in self._live if target in (None, v.name)]
            if not offered:
                return None
            weights = [max(float(v.document["CurrentWeight"]), 0.0) for v in offered]
            chosen = random.choices(offered, weights)[0] if sum(weights) > 0 else offered[0]
            chosen.acquire()
            return chosen

    def set_weights(self, wanted: list[Document]) -> None:
        """Set weights and instance counts, as scaling does; refused while another change runs."""
        limits = capacity.current()
        with self._lock:
            if self.document["EndpointStatus"] != "InService":
                raise ValidationError(message=f'Cannot update in-progress endpoint "{self.arn}".')
            added = instance_counts.count_added(wanted, self._live)
            limits.require_quota(added, live_instances(self.place))
            instance_counts.set_desired(self.arn, wanted, self._live)
        self._status("Updating")
        if limits.scaling_seconds:
            threading.Timer(limits.scaling_seconds, self._reach_desired).start()
        else:
            self._reach_desired()

    def _reach_desired(self) -> None:
        with self._lock:
            instance_counts.reach_desired(self._live)
            if not self._gone:
                self._status("InService")

    def instances(self) -> list[Document]:
        """Return type and number of the instances of each live variant."""
        with self._lock:
            return instance_counts.count_live(self._live)

    def delete(self) -> None:
        """End everything; raises ValidationException while it is being created or updated."""
        with self._lock:
            if self.document["EndpointStatus"] in ("Creating", "Updating"):
                raise ValidationError(message=f'Cannot update in-progress endpoint "{self.arn}".')
        self.end()
        with contextlib.suppress(KeyError):
            self._status("Deleting")

    def end(self) -> None:
        """End every process of this endpoint, also those that are still starting."""
        with self._lock:
            self._gone = True
            ending, self._live = [*self._live, *self._starting], ()
        for variant in ending:
            variant.end()

    def abandon(self) -> None:
        """Let go of every process at once, without waiting for requests."""
        with self._lock:
            self._gone = True
            left, self._live = [*self._live, *self._starting], ()
        for variant in left:
            variant.abandon()


ENDPOINTS: Store[Endpoint] = Store("endpoint", "endpoint")


def live_instances(place: Place) -> list[Document]:
    """Return type and number of the instances of every live variant of an account and region."""
    return [row for endpoint in ENDPOINTS.all(place) for row in endpoint.instances()]


def create(place: Place, request: Document, packages: Any) -> Endpoint:
    """Create an endpoint; raises ValidationException for a taken name, an unknown configuration."""
    name = str(request["EndpointName"])
    check_name("endpointName", name)
    configuration = hosting.CONFIGURATIONS.get(place, request["EndpointConfigName"]).document
    capacity.current().require_quota(configuration["ProductionVariants"], live_instances(place))
    endpoint = ENDPOINTS.add(place, name, lambda: Endpoint(place, name, packages))
    if endpoint is None:
        taken = place.arn("endpoint", name)
        raise ValidationError(message=f'Cannot create already existing endpoint "{taken}".')
    endpoint.tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags") or []}
    if request.get("DeploymentConfig"):
        endpoint.document["LastDeploymentConfig"] = request["DeploymentConfig"]
    endpoint.create(configuration)
    return endpoint


def _describe_capture(capture: Document) -> Document:
    return {
        "EnableCapture": capture.get("EnableCapture", False),
        "CaptureStatus": "Started" if capture.get("EnableCapture") else "Stopped",
        "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
        "DestinationS3Uri": capture["DestinationS3Uri"],
        "KmsKeyId": capture.get("KmsKeyId", ""),
    }
