"""SageMaker endpoints: create, update without losing requests, roll back, delete."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import capacity, hosting, instance_counts, scaled_variants
from sandbox.sagemaker.deployments import policies
from sandbox.sagemaker.deployments.baking import Watch
from sandbox.sagemaker.deployments.fleet_updates import MOST_CHARACTERS, FleetUpdates, reason_of
from sandbox.sagemaker.serving.copies import Copy
from sandbox.sagemaker.serving.variants import Variant, require_room
from sandbox.state.stores import Document, Place, Store, check_name, now

_RETAINABLE = {
    "DesiredInstanceCount": "InstanceCount",
    "DesiredWeight": "Weight",
}

_CHANGEABLE = ("InService", "UpdateRollbackFailed")
"""After a failed rollback another update is the way out.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
"""


def kept_properties(request: Document) -> set[str]:
    """Return which properties of its variants an UpdateEndpoint keeps: InstanceCount, Weight."""
    if not request.get("RetainAllVariantProperties"):
        return set()
    excluded = request.get("ExcludeRetainedVariantProperties") or []
    names = {each["VariantPropertyType"] for each in excluded}
    return {short for name, short in _RETAINABLE.items() if name not in names}


class Endpoint(FleetUpdates):
    """One endpoint: how it is created, changed and deleted."""

    def __init__(self, place: Place, name: str, packages: Any) -> None:
        super().__init__(place, name)
        self._packages = packages

    def create(self, configuration: Document) -> None:
        """Start the first variants in the background."""
        self.document["EndpointConfigName"] = configuration["EndpointConfigName"]
        self._status("Creating")
        self._begin(configuration, set())

    def update(self, request: Document, configuration: Document) -> None:
        """Replace the variants in the background; refused while another change runs."""
        with self._lock:
            status = self.document["EndpointStatus"]
            if status == "Failed":
                raise ValidationError(message=f'Cannot update failed endpoint "{self.arn}".')
            if status not in _CHANGEABLE:
                raise ValidationError(message=f'Cannot update in-progress endpoint "{self.arn}".')
            types = {variant.name: capacity.types_of(variant.row) for variant in self._live}
            scaled_variants.refuse_retype(self.place, self.name, types, configuration)
            kept = kept_properties(request)
            wanted = self.count_new(configuration, kept)
            require_room(wanted, "InitialInstanceCount")
            policy = policies.read(self.deployment_of(request), wanted)
            limits = capacity.current()
            limits.require_quota(policies.more_at_once(policy, wanted), live_instances(self.place))
            self._remember_deployment(request)
            self.document.pop("FailureReason", None)
            self.document["PendingDeploymentSummary"] = {
                "EndpointConfigName": configuration["EndpointConfigName"],
                "StartTime": now(),
            }
            if self._green:  # old and new instances, since a rollback failed
                policy = None
            if policy is not None:
                self._watch = Watch(self.place, policy, on_the_clock=limits.deployment_waits)
                self._watch.begin()
        self._status("Updating")
        self._begin(configuration, kept, policy)

    def count_new(self, configuration: Document, kept: set[str]) -> list[Document]:
        """Return the variants of a configuration with the instances that they will have."""
        return instance_counts.count_new(configuration["ProductionVariants"], self._live, kept)

    def resume(self) -> None:
        """Start the variants that were saved, in the background and without an event."""
        if self._saved:
            threading.Thread(target=self._resume, daemon=True).start()

    def _resume(self) -> None:
        live = {"EndpointConfigName": self.document.get("EndpointConfigName")}
        self._start_saved(lambda model_name: self._maker(model_name, live))

    def deployment_of(self, request: Document) -> Document:
        """Return the DeploymentConfig that an UpdateEndpoint has, or keeps."""
        last = self.document.get("LastDeploymentConfig") or {}
        kept: Document = last if request.get("RetainDeploymentConfig") else {}
        return request.get("DeploymentConfig") or kept

    def _remember_deployment(self, request: Document) -> None:
        deployment = self.deployment_of(request)
        self.document.pop("LastDeploymentConfig", None)
        if deployment:
            self.document["LastDeploymentConfig"] = deployment

    def _begin(
        self, configuration: Document, kept: set[str], policy: policies.Policy | None = None
    ) -> None:
        given = (configuration, kept, policy)
        threading.Thread(target=self._deploy, args=given, daemon=True).start()

    def _deploy(
        self, configuration: Document, kept: set[str], policy: policies.Policy | None = None
    ) -> None:
        fresh: list[Variant] = []
        try:
            limits = capacity.current()
            before = {variant.name: variant.document for variant in self._live}
            for row in map(limits.assign_type, self.count_new(configuration, kept)):
                variant = Variant(row, self._maker(row["ModelName"], configuration))
                variant.retain(before.get(variant.name, {}), kept)
                fresh.append(variant)
            self._starting = fresh
            self._launch(fresh, policy)
        except Exception as error:  # whatever it is, what is live stays live
            self._fail(fresh, reason_of(error))
        else:
            if policy is None:
                self._switch(configuration, tuple(fresh))
            else:
                self._take_over(configuration, tuple(fresh), policy)
        finally:
            if self._watch is not None:
                self._watch.end()

    def _maker(self, model_name: str, configuration: Document) -> Callable[[Document], Copy]:
        container = hosting.container_of(self.place, model_name, self._packages)

        def make(row: Document) -> Copy:
            copy = Copy(self.place, self.name, row, container)
            copy.configuration = str(configuration["EndpointConfigName"])
            return copy

        return make

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
        self._show_scaling()
        self._later(limits.scaling_seconds, self._reach_desired, limits, on_end)

    def _show_scaling(self) -> None:
        for variant in self._live:
            desired = variant.document.get("DesiredInstanceCount", 0)
            more = desired - variant.document.get("CurrentInstanceCount", 0)
            if more:
                way = "out" if more > 0 else "in"
                message = f"Scaling {way} desired instance count to {desired}."
                self.show([variant], "Updating", message)

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
            reason = reason_of(error)[:MOST_CHARACTERS]
        with self._lock:
            instance_counts.reach_desired(self._live)
            for variant in self._live:
                variant.show("", "")
            if reason:
                self.document["FailureReason"] = reason
        if not self._gone:
            self._status("InService")
        on_end(reason)

    def delete(self) -> None:
        """End everything; raises ValidationException while it is being created or updated."""
        with self._lock:
            if self.document["EndpointStatus"] in ("Creating", "Updating", "RollingBack"):
                raise ValidationError(message=f'Cannot update in-progress endpoint "{self.arn}".')
        self.end()
        with contextlib.suppress(KeyError):
            self._status("Deleting")


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
