"""Settings of an endpoint: instances, scaling, deployment of new versions, capture and alarms."""

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.instances import (
    INSTANCE_TYPE,
    MOST_FALLBACK_TYPES,
    check_fallback_types,
    check_type,
    is_burstable,
)
from config.section import Section

MOST_DEPLOYMENT_SECONDS = 28_800
"""SageMaker ends a deployment after eight hours and rolls it back."""

# Time for new instances to start, in addition to the bake time: all of them, and a rolling batch.
_START_SECONDS = 3_600
_BATCH_START_SECONDS = 600

EndpointType = Annotated[
    str, AfterValidator(lambda value: check_type(value, "endpoint")), INSTANCE_TYPE
]


class TrackConfig(Section):
    """Target tracking: requests a minute and instance."""

    target_per_minute: int = Field(
        ge=1, le=1_000_000, description="Target value: requests a minute and instance."
    )


class ScalingConfig(Section):
    """Number of instances, and the target it tracks."""

    min_instances: int = Field(
        default=1, ge=1, le=1_000, description="Minimum number of instances."
    )
    max_instances: int = Field(
        default=1, ge=1, le=1_000, description="Maximum number of instances."
    )
    track: TrackConfig | None = Field(default=None, description="Target tracking.")
    scale_in_cooldown_seconds: int = Field(
        default=300, ge=0, le=86_400, description="Cooldown after a scale-in."
    )
    scale_out_cooldown_seconds: int = Field(
        default=60, ge=0, le=86_400, description="Cooldown after a scale-out."
    )

    @model_validator(mode="after")
    def _max_covers_min(self) -> Self:
        if self.max_instances < self.min_instances:
            raise ValueError(
                f"max_instances is {self.max_instances} but min_instances is {self.min_instances}; "
                f"raise max_instances to {self.min_instances} or more"
            )
        if self.max_instances > self.min_instances and self.track is None:
            raise ValueError(
                "max_instances is above min_instances but nothing is tracked; "
                "add track = { target_per_minute = … }"
            )
        return self


class DeploymentConfig(Section):
    """Deployment of a new model version."""

    strategy: Literal["all_at_once", "canary", "linear", "rolling"] = Field(
        default="all_at_once", description="Traffic shifting or rolling update."
    )
    percent: int | None = Field(
        default=None,
        ge=5,
        le=50,
        description="Share of instances in the canary, a linear step or a rolling batch.",
    )
    bake_minutes: int = Field(
        default=5,
        ge=0,
        le=60,
        description="Minutes the alarms watch a step before the next.",
    )

    @model_validator(mode="after")
    def _percent_fits_strategy(self) -> Self:
        if self.strategy == "all_at_once" and self.percent is not None:
            raise ValueError("all_at_once moves every instance; remove percent")
        if self.strategy != "all_at_once" and self.percent is None:
            raise ValueError(f"{self.strategy} needs percent (5 to 50); add it")
        if self.strategy == "linear" and self.percent is not None and self.percent < 10:
            raise ValueError("a linear step is 10 to 50 percent; raise percent to 10 or more")
        return self

    @model_validator(mode="after")
    def _it_ends_before_sagemaker_ends_it(self) -> Self:
        if self.longest_seconds > MOST_DEPLOYMENT_SECONDS:
            left = MOST_DEPLOYMENT_SECONDS - self._start_seconds
            most = left // (60 * (self._steps + 1))
            raise ValueError(
                f"{self._steps} steps of {self.bake_minutes} bake_minutes may take "
                f"{self.longest_seconds} seconds with starting the instances, and SageMaker ends a "
                f"deployment after {MOST_DEPLOYMENT_SECONDS}; lower bake_minutes to {most} or "
                "raise percent"
            )
        return self

    @property
    def longest_seconds(self) -> int:
        """Longest deployment: all wait intervals, the final bake, the start of instances."""
        return (self._steps + 1) * 60 * self.bake_minutes + self._start_seconds

    @property
    def _steps(self) -> int:
        """Number of traffic shifts that are followed by a bake."""
        if self.strategy in ("all_at_once", "canary") or self.percent is None:
            return int(self.strategy == "canary")
        return math.ceil(100 / self.percent)

    @property
    def _start_seconds(self) -> int:
        """A rolling update starts its instances batch by batch, others all at once."""
        batches = self._steps if self.strategy == "rolling" else 0
        return max(_START_SECONDS, batches * _BATCH_START_SECONDS)


class CaptureConfig(Section):
    """Data capture of requests and responses."""

    percent: int = Field(
        default=0, ge=0, le=100, description="Share of requests captured; 0 captures none."
    )


class AlarmsConfig(Section):
    """Thresholds of the alarms sent to `monitoring.emails`."""

    latency_p99_ms: int = Field(
        default=500, ge=1, le=60_000, description="Threshold of the model latency's p99."
    )
    errors_5xx_percent: float = Field(
        default=1.0,
        gt=0,
        le=100,
        description="Share of requests the model failed on.",
    )
    idle_hours: int = Field(
        default=24,
        ge=1,
        le=24,
        description="Hours without a request before the endpoint counts as idle.",
    )


class EndpointConfig(Section):
    """Instances of the endpoint, scaling, deployments and alarms."""

    instance_type: EndpointType = Field(
        default="ml.m5.large", description="Instance type of the endpoint."
    )
    fallback_types: tuple[EndpointType, ...] = Field(
        default=(),
        strict=False,
        max_length=MOST_FALLBACK_TYPES,
        description="Instance types tried in this order where `instance_type` has none free.",
    )
    scaling: ScalingConfig = Field(default=ScalingConfig(), description="Number of instances.")
    deployment: DeploymentConfig = Field(
        default=DeploymentConfig(), description="Deployment of a new version."
    )
    capture: CaptureConfig = Field(default=CaptureConfig(), description="Data capture.")
    alarms: AlarmsConfig = Field(default=AlarmsConfig(), description="Alarm thresholds.")

    @model_validator(mode="after")
    def _fallback_types_fit_together(self) -> Self:
        check_fallback_types(self.instance_types)
        return self

    @model_validator(mode="after")
    def _machines_fit_scaling_and_deployment(self) -> Self:
        scaled = self.scaling.max_instances > self.scaling.min_instances
        burstable = [one for one in self.instance_types if is_burstable(one)]
        if scaled and burstable:
            raise ValueError(
                f"{burstable[0]} cannot be scaled by Application Auto Scaling; "
                "choose a type that is not burstable, or set max_instances to min_instances"
            )
        if self.deployment.strategy != "all_at_once" and self.scaling.min_instances < 2:
            raise ValueError(
                f"{self.deployment.strategy} needs at least 2 instances, one of each version; "
                "raise scaling.min_instances to 2 or use all_at_once"
            )
        return self

    @property
    def instance_types(self) -> tuple[str, ...]:
        """`instance_type` and its fallbacks, by priority."""
        return (self.instance_type, *self.fallback_types)

    @property
    def is_scaled(self) -> bool:
        """True when Application Auto Scaling changes the number of instances."""
        return (
            self.scaling.track is not None
            and self.scaling.max_instances > self.scaling.min_instances
        )
