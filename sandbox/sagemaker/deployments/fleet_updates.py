"""How the new fleet of an endpoint takes over from the old one, or ends without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import capacity
from sandbox.sagemaker.deployments.baking import Abandoned, RolledBack
from sandbox.sagemaker.deployments.steps import Deployment
from sandbox.sagemaker.serving.failures import Unhealthy
from sandbox.sagemaker.serving.live_variants import LiveVariants
from sandbox.sagemaker.serving.variants import Variant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sandbox.sagemaker.deployments.baking import Watch
    from sandbox.sagemaker.deployments.policies import Policy
    from sandbox.sagemaker.serving.copies import Copy
    from sandbox.state.stores import Document

MOST_CHARACTERS = 1_024
"""Of a FailureReason: model sagemaker.FailureReason."""


class FleetUpdates(LiveVariants):
    """What serves, and what will serve once no alarm has gone off."""

    _watch: Watch | None = None
    _saved: Sequence[tuple[Document, Document]] = ()  # rows and documents of a saved endpoint

    def take_over(self, saved: Document) -> None:
        """Become an endpoint that `export` returned, which does not serve yet."""
        self.document, self.tags = saved["document"], saved["tags"]
        self._capture, self._saved = saved["capture"], saved["variants"]
        if self._saved:
            self.document["EndpointStatus"] = "Updating"

    def _start_saved(self, maker: Callable[[str], Callable[[Document], Copy]]) -> None:
        """Start what was saved; `maker` makes copies of a model."""
        fresh: list[Variant] = []
        try:
            for row, document in self._saved:
                variant = Variant(row, maker(row["ModelName"]))
                variant.document = dict(document)
                fresh.append(variant)
            self._starting = fresh
            for variant in fresh:
                variant.start()
        except Exception as error:  # whatever it is, it is told as the reason
            self._fail(fresh, reason_of(error))
            return
        with self._lock:
            for variant, (_, document) in zip(fresh, self._saved, strict=True):
                variant.document = document
            self._starting, self._saved = [], ()
            self._live = () if self._gone else tuple(fresh)
            self.document["EndpointStatus"] = "InService"
        if self._gone:
            for variant in fresh:
                variant.abandon()

    def _launch(self, fresh: Iterable[Variant], policy: Policy | None) -> None:
        """Start the new instances; those of a rolling update start batch by batch later."""
        for variant in fresh:
            if policy is not None:
                desired = variant.document["DesiredInstanceCount"]
                variant.document["CurrentInstanceCount"] = 0
                variant.turn_on(0)
                if policy.is_rolling:
                    continue
                self.show([variant], "Creating", f"Launching {desired} instance(s).")
            variant.start()

    def _take_over(
        self, configuration: Document, fresh: tuple[Variant, ...], policy: Policy
    ) -> None:
        """Shift the traffic to the new fleet, or return it to the old one."""
        with self._lock:
            self._green = {} if self._gone else {variant.name: variant for variant in fresh}
            self._starting = []
            watch = self._watch
        if not self._green or watch is None:
            _end(fresh)
            return
        deployment = Deployment(self, policy, lambda row: capacity.current().assign_type(row))
        try:
            deployment.shift(watch)
        except Abandoned:
            _end(fresh)
        except Exception as error:  # whatever it is, what was live is live again
            self._roll_back(deployment, reason_of(error))
        else:
            self._switch(configuration, fresh)

    def _switch(self, configuration: Document, fresh: tuple[Variant, ...]) -> None:
        """Make the new fleet the one that serves, and end what served before."""
        with self._lock:
            old: Iterable[Variant]
            if self._gone:
                old, self._live = fresh, ()
            else:
                mixed = [one for one in self._green.values() if one not in fresh]
                old, self._live = [*self._live, *mixed], fresh
                for variant in fresh:
                    variant.turn_on(None)
                self._capture = configuration.get("DataCaptureConfig")
                self.document["EndpointConfigName"] = configuration["EndpointConfigName"]
                self.document.pop("PendingDeploymentSummary", None)
            self._starting, self._green = [], {}
        _end(old)
        if not self._gone:
            for variant in fresh:
                variant.show("", "")
            self._status("InService")

    def _roll_back(self, deployment: Deployment, reason: str) -> None:
        deployment.return_traffic()
        self._status("RollingBack")
        status = "InService"
        try:
            deployment.restore_blue()
        except Exception as error:  # old and new instances serve side by side
            status, reason = "UpdateRollbackFailed", f"{reason} {reason_of(error)}"
        self._give_up(reason, status)

    def _give_up(self, reason: str, status: str) -> None:
        """End the new fleet, unless it has to go on beside what is left of the old one."""
        green = list(self._green.values())
        if status == "InService":
            self.show(green, "Deleting", "Terminating {copies} instance(s).")
            with self._lock:
                self._green = {}
            _end(green)
        with self._lock:
            self.document["FailureReason"] = reason[:MOST_CHARACTERS]
            self.document.pop("PendingDeploymentSummary", None)
            for variant in self._live:
                variant.turn_on(None)
                variant.show("", "")
        if not self._gone:
            self._status(status)

    def _fail(self, fresh: Iterable[Variant], reason: str) -> None:
        _end(fresh)
        with self._lock:
            self._starting = []
            self.document["FailureReason"] = reason[:MOST_CHARACTERS]
            self.document.pop("PendingDeploymentSummary", None)
            first = not self._live
        self._status("Failed" if first else "InService")

    def end(self) -> None:
        """End every process of this endpoint, also those that are still starting."""
        self._stop_watching()
        super().end()

    def abandon(self) -> None:
        """Let go of every process at once, without waiting for requests."""
        self._stop_watching()
        super().abandon()

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.stop()


def _end(variants: Iterable[Variant]) -> None:
    for variant in variants:
        variant.end()


def reason_of(error: Exception) -> str:
    """Return the FailureReason for what keeps a fleet from serving."""
    if isinstance(error, RolledBack | Unhealthy | ValidationError | capacity.InsufficientCapacity):
        return str(error)
    return f"InternalServerError: sandbox: {type(error).__name__}: {error}"
