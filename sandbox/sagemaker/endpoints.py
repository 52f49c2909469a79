"""SageMaker endpoints: create, update without losing requests, roll back, delete."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import capacity, hosting, instance_counts, scaled_variants
from sandbox.sagemaker.serving.copies import Copy, Unhealthy
from sandbox.sagemaker.serving.live_variants import LiveVariants
from sandbox.sagemaker.serving.variants import Variant, require_room
from sandbox.state.stores import Document, Place, Store, check_name, now

_RETAINABLE = {
    "DesiredInstanceCount": "InstanceCount",
    "DesiredWeight": "Weight",
}


class Endpoint(LiveVariants):
    """One endpoint: how it is created, changed and deleted."""

    def __init__(self, place: Place, name: str, packages: Any) -> None:
        super().__init__(place, name)
        self._packages = packages
        self._saved: list[tuple[Document, Document]] = []

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
            require_room(wanted, "InitialInstanceCount")
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

    def take_over(self, saved: Document) -> None:
        """Become an endpoint that `export` returned; `resume` starts what it serves with."""
        self.document, self.tags = saved["document"], saved["tags"]
        self._capture, self._saved = saved["capture"], saved["variants"]
        if self._saved:
            self.document["EndpointStatus"] = "Updating"

    def resume(self) -> None:
        """Start the variants that were saved, in the background and without an event."""
        if self._saved:
            threading.Thread(target=self._resume, daemon=True).start()

    def _resume(self) -> None:
        fresh: list[Variant] = []
        try:
            for row, document in self._saved:
                variant = Variant(row, self._maker(row["ModelName"]))
                variant.document = dict(document)
                fresh.append(variant)
            self._starting = fresh
            for variant in fresh:
                variant.start()
        except Exception as error:  # whatever it is, it is told as the reason
            self._fail(fresh, _reason(error))
            return
        with self._lock:
            for variant, (_, document) in zip(fresh, self._saved, strict=True):
                variant.document = document
            self._starting, self._saved = [], []
            self._live = () if self._gone else tuple(fresh)
            self.document["EndpointStatus"] = "InService"
        if self._gone:
            for variant in fresh:
                variant.abandon()

    def _begin(self, configuration: Document, kept: set[str]) -> None:
        target = self._deploy
        threading.Thread(target=target, args=(configuration, kept), daemon=True).start()

    def _deploy(self, configuration: Document, kept: set[str]) -> None:
        fresh: list[Variant] = []
        try:
            limits = capacity.current()
            rows = instance_counts.count_new(configuration["ProductionVariants"], self._live, kept)
            for row in map(limits.assign_type, rows):
                fresh.append(Variant(row, self._maker(row["ModelName"])))
            self._starting = fresh
            for variant in fresh:
                variant.start()
        except Exception as error:  # whatever it is, what is live stays live
            self._fail(fresh, _reason(error))
            return
        self._switch(configuration, tuple(fresh), kept)

    def _maker(self, model_name: str) -> Callable[[Document], Copy]:
        container = hosting.container_of(self.place, model_name, self._packages)
        return lambda row: Copy(self.place, self.name, row, container)

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

    def set_weights(
        self, wanted: list[Document], on_end: Callable[[str], None] = lambda reason: None
    ) -> None:
        """Set weights and instance counts, as scaling does; refused while another change runs.

        `on_end` is told when the endpoint is in service again: "", or why it has not what it
        should.
        """
        limits = capacity.current()
        with self._lock:
            if self.document["EndpointStatus"] != "InService":
                raise ValidationError(message=f'Cannot update in-progress endpoint "{self.arn}".')
            require_room(wanted, "DesiredInstanceCount")
            added = instance_counts.count_added(wanted, self._live)
            limits.require_quota(added, live_instances(self.place))
            instance_counts.set_desired(self.arn, wanted, self._live)
            self.document.pop("FailureReason", None)
        self._status("Updating")
        self._later(limits.scaling_seconds, self._reach_desired, limits, on_end)

    @staticmethod
    def _later(seconds: float, call: Callable[..., None], *given: Any) -> None:
        timer = threading.Timer(seconds, call, given)
        timer.daemon = True
        timer.start()

    def _reach_desired(self, limits: capacity.Capacity, on_end: Callable[[str], None]) -> None:
        reason = ""
        try:
            instance_counts.scale_copies(self._live, limits.assign_type)
        except Exception as error:  # whatever it is, what is live stays live
            reason = _reason(error)[:1024]
        with self._lock:
            instance_counts.reach_desired(self._live)
            if reason:
                self.document["FailureReason"] = reason
        if not self._gone:
            self._status("InService")
        on_end(reason)

    def delete(self) -> None:
        """End everything; raises ValidationException while it is being created or updated."""
        with self._lock:
            if self.document["EndpointStatus"] in ("Creating", "Updating"):
                raise ValidationError(message=f'Cannot update in-progress endpoint "{self.arn}".')
        self.end()
        with contextlib.suppress(KeyError):
            self._status("Deleting")


def _reason(error: Exception) -> str:
    if isinstance(error, Unhealthy | ValidationError | capacity.InsufficientCapacity):
        return str(error)
    return f"InternalServerError: sandbox: {type(error).__name__}: {error}"


ENDPOINTS: Store[Endpoint] = Store("endpoint", "endpoint")


def live_instances(place: Place) -> list[Document]:
    """Return type and number of the instances of every live variant of an account and region."""
    return [row for endpoint in ENDPOINTS.all(place) for row in endpoint.instances()]


def create(place: Place, request: Document, packages: Any) -> Endpoint:
    """Create an endpoint; raises ValidationException for a taken name, an unknown configuration."""
    name = str(request["EndpointName"])
    check_name("endpointName", name)
    configuration = hosting.CONFIGURATIONS.get(place, request["EndpointConfigName"]).document
    require_room(configuration["ProductionVariants"], "InitialInstanceCount")
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
