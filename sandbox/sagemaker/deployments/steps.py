"""Traffic shifting from the old fleet of an endpoint (blue) to the new one (green), and back.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
The messages are those of
https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.sagemaker.deployments.baking import Watch
    from sandbox.sagemaker.deployments.policies import Policy
    from sandbox.sagemaker.serving.live_variants import LiveVariants
    from sandbox.sagemaker.serving.variants import Variant
    from sandbox.state.stores import Document

_BETWEEN, _FINAL = "WaitIntervalInSeconds", "TerminationWaitInSeconds"


class Deployment:
    """The two fleets of an endpoint during one update."""

    def __init__(
        self,
        endpoint: LiveVariants,
        policy: Policy,
        assign_type: Callable[[Document], Document],
    ) -> None:
        self._endpoint, self._policy, self._assign_type = endpoint, policy, assign_type
        self._blue, self._green = endpoint.fleets
        self._blue_counts, self._green_counts = _desired(self._blue), _desired(self._green)

    def shift(self, watch: Watch) -> None:
        """Give green every request, step by step; raises RolledBack, or what a copy fails for."""
        # An alarm that is in ALARM already ends the deployment before it begins.
        watch.look()
        steps = self._policy.steps(self._green_counts)
        for number, counts in enumerate(steps, 1):
            is_last = number == len(steps)
            if self._policy.is_rolling:
                self._launch(counts)
            self._turn_on(counts, is_last)
            if self._policy.is_rolling:
                self._bake(watch, _BETWEEN, self._policy.wait_seconds, is_last)
                self._shrink_blue(counts)
            elif not is_last:
                self._bake(watch, _BETWEEN, self._policy.wait_seconds, is_last)
        if not self._policy.is_rolling:
            self._bake(watch, _FINAL, self._policy.termination_wait_seconds, is_full=True)
        self._endpoint.show(self._blue.values(), "Deleting", "Terminating {copies} instance(s).")

    def _launch(self, counts: Mapping[str, int]) -> None:
        for name, count in counts.items():
            green = self._green[name]
            message = f"Launching {count - len(green.copies)} instance(s)."
            self._endpoint.show([green], "Creating", message)
            green.scale(count, self._assign_type)

    def _turn_on(self, counts: Mapping[str, int], is_full: bool) -> None:
        for name, count in counts.items():
            green = self._green[name]
            green.document["CurrentInstanceCount"] = count
            green.turn_on(count)
            if name in self._blue:
                self._blue[name].turn_on(self._left_of_blue(name, count))
        self._show_green("ActivatingTraffic", f"Activating traffic on {_capacity(is_full)}.")

    def _left_of_blue(self, name: str, count: int) -> int:
        """Return how many old instances serve beside `count` new ones: as large a part is off."""
        left = 1 - count / self._green_counts[name]
        return max(1, round(left * self._blue_counts[name])) if left > 0 else 0

    def _bake(self, watch: Watch, name: str, seconds: int, is_full: bool) -> None:
        if seconds:
            message = (
                f"Baking for {seconds} seconds ({name}) with traffic enabled on "
                f"{_capacity(is_full)}."
            )
            self._show_green("Baking", message)
        watch.bake(seconds)

    def _show_green(self, status: str, message: str) -> None:
        self._endpoint.show(self._green.values(), status, message)

    def _shrink_blue(self, counts: Mapping[str, int]) -> None:
        for name, count in counts.items():
            self._scale(self._blue[name], self._left_of_blue(name, count))

    def _scale(self, variant: Variant, count: int) -> None:
        """Have `count` instances of a variant, and say so while they come or go."""
        more = count - len(variant.copies)
        if more:
            status, word = ("Creating", "Launching") if more > 0 else ("Deleting", "Terminating")
            self._endpoint.show([variant], status, f"{word} {abs(more)} instance(s).")
            variant.scale(count, self._assign_type)
            variant.document["CurrentInstanceCount"] = count
            self._endpoint.show([variant], "", "")

    def return_traffic(self) -> None:
        """Give the old instances that are there every request again, as far as they suffice."""
        for name in self._green:
            self._balance(name)

    def _balance(self, name: str) -> None:
        blue, green = self._blue.get(name), self._green[name]
        if blue is None:
            return
        lost = self._blue_counts[name] - len(blue.copies)
        left = round(lost / self._blue_counts[name] * self._green_counts[name])
        blue.turn_on(None)
        green.turn_on(min(left, len(green.copies)))

    def restore_blue(self) -> None:
        """Start old instances that are gone, batch by batch; raises what keeps one from serving."""
        for counts in self._policy.steps_back(self._blue_counts):
            for name, count in counts.items():
                if count > len(self._blue[name].copies):
                    self._scale(self._blue[name], count)
                    self._balance(name)


def _desired(fleet: Mapping[str, Variant]) -> dict[str, int]:
    return {name: int(one.document["DesiredInstanceCount"]) for name, one in fleet.items()}


def _capacity(is_full: bool) -> str:
    # AWS's words for the steps of linear and rolling deployments were found nowhere.
    return f"{'full' if is_full else 'canary'} capacity of {{count}} instance(s)"
