"""Settings of a training: job, triggers and quality gate."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.aws_names.alarms import check_alarm_names
from config.cron import check_cron
from config.hyperparameters.metric_ranges import check_gate_numbers
from config.instances import (
    INSTANCE_TYPE,
    MOST_FALLBACK_TYPES,
    check_fallback_types,
    check_type,
)
from config.places.time_zones import check_time_zone
from config.section import Section, shown_value

TrainingType = Annotated[
    str, AfterValidator(lambda value: check_type(value, "training")), INSTANCE_TYPE
]
ProcessingType = Annotated[
    str, AfterValidator(lambda value: check_type(value, "processing")), INSTANCE_TYPE
]
HyperparameterValue = bool | int | float | str
ContentType = Literal[
    "text/csv",
    "text/csv;header=present",
    "text/libsvm",
    "application/x-parquet",
    "application/x-recordio-protobuf",
    "application/x-npy",
]

MOST_HYPERPARAMETERS = 100
"""SageMaker takes no more of one job."""

MINIMISED_METRICS = frozenset({"logloss", "mlogloss", "error", "merror", "rmse", "mae", "mape"})
MAXIMISED_METRICS = frozenset({"auc", "aucpr", "accuracy", "f1", "r2"})


class ScheduleConfig(Section):
    """Schedule that trains again, on the newest data version."""

    cron: Annotated[str, AfterValidator(check_cron)] = Field(
        description="Six AWS cron fields: minutes hours day-of-month month day-of-week year."
    )
    timezone: Annotated[str, AfterValidator(check_time_zone)] = Field(
        default="UTC", description="IANA time zone of the cron fields."
    )


class TriggersConfig(Section):
    """Events and schedules that start a training."""

    on_data: bool = Field(
        default=True, description="Train when a data version's _READY marker arrives."
    )
    schedule: ScheduleConfig | None = Field(default=None, description="Train at fixed times.")
    alarms: Annotated[tuple[str, ...], AfterValidator(check_alarm_names)] = Field(
        default=(),
        strict=False,
        description="Names of CloudWatch alarms that start a training when they change to ALARM.",
    )


class TrainingConfig(Section):
    """Instances of a training job, and its time limits."""

    instance_type: TrainingType = Field(
        default="ml.m5.xlarge", description="Instance type of a training job."
    )
    fallback_types: tuple[TrainingType, ...] = Field(
        default=(),
        strict=False,
        max_length=MOST_FALLBACK_TYPES,
        description="Instance types tried in this order where `instance_type` has none free.",
    )
    instance_count: int = Field(
        default=1, ge=1, le=20, description="Number of instances that train one model together."
    )
    sharded: bool = Field(
        default=False,
        description="Each instance downloads its share of the files instead of all of them.",
    )
    content_type: ContentType = Field(
        default="text/csv", description="Format of the training, validation and test rows."
    )
    input_mode: Literal["File", "FastFile"] = Field(
        default="File", description="FastFile streams from S3 instead of downloading first."
    )
    volume_gb: int = Field(
        default=30, ge=1, le=16_384, description="EBS volume of each instance, in GB."
    )
    spot: bool = Field(
        default=False, description="Use managed spot training; it resumes from checkpoints."
    )
    max_runtime_minutes: int = Field(
        default=60, ge=1, le=40_320, description="A job is stopped after this time."
    )
    max_wait_minutes: int | None = Field(
        default=None,
        ge=1,
        le=40_320,
        description="Spot only: running and waiting together; default twice the runtime.",
    )
    hyperparameters: dict[str, HyperparameterValue] = Field(
        default_factory=dict,
        description="Hyperparameters, by the built-in XGBoost's names and values.",
    )
    evaluation_instance_type: ProcessingType = Field(
        default="ml.m5.large",
        description="Instance type of the processing job that evaluates a candidate.",
    )
    triggers: TriggersConfig = Field(
        default=TriggersConfig(), description="Triggers of a training."
    )

    @model_validator(mode="after")
    def _fallback_types_fit_together(self) -> Self:
        check_fallback_types(self.instance_types)
        return self

    @model_validator(mode="after")
    def _wait_covers_runtime(self) -> Self:
        if self.max_wait_minutes is not None and not self.spot:
            raise ValueError("max_wait_minutes is for spot = true; remove it or set spot = true")
        if self.max_wait_minutes is not None and self.max_wait_minutes < self.max_runtime_minutes:
            raise ValueError(
                f"max_wait_minutes is {self.max_wait_minutes} but max_runtime_minutes is "
                f"{self.max_runtime_minutes}; raise it to {self.max_runtime_minutes} or more"
            )
        return self

    @model_validator(mode="after")
    def _several_machines_can_share(self) -> Self:
        if self.sharded and self.instance_count == 1:
            raise ValueError(
                "sharded = true is for several instances; remove it or set instance_count to 2 or "
                "more"
            )
        if self.instance_count > 1 and "_kfold" in self.hyperparameters:
            raise ValueError(
                f"hyperparameter _kfold needs one instance, and instance_count is "
                f"{self.instance_count}; remove _kfold or set instance_count to 1"
            )
        return self

    @model_validator(mode="after")
    def _hyperparameters_fit_sagemaker(self) -> Self:
        if len(self.hyperparameters) > MOST_HYPERPARAMETERS:
            raise ValueError(
                f"{len(self.hyperparameters)} hyperparameters are too many; SageMaker takes "
                f"{MOST_HYPERPARAMETERS}"
            )
        for key, value in self.hyperparameters.items():
            lines = f"{key}{value}".splitlines()
            if not 1 <= len(key) <= 256 or len(str(value)) > 2_500 or value != value:
                raise ValueError(
                    f"hyperparameter {shown_value(key)} does not fit SageMaker: a name has 1 to "
                    "256 characters, a value at most 2500 and no nan; shorten it"
                )
            if len(lines) > 1 or f"{key}{value}" != lines[0]:
                raise ValueError(
                    f"hyperparameter {shown_value(key)} holds a line break, which SageMaker takes "
                    "in none; write it on one line"
                )
        return self

    @property
    def instance_types(self) -> tuple[str, ...]:
        """`instance_type` and its fallbacks, by priority."""
        return (self.instance_type, *self.fallback_types)

    @property
    def wait_minutes(self) -> int:
        """`max_wait_minutes`, by default twice the runtime."""
        return (
            self.max_wait_minutes
            if self.max_wait_minutes is not None
            else 2 * self.max_runtime_minutes
        )


class GateConfig(Section):
    """Quality gate: what a candidate must reach before it is offered for approval."""

    metric: str = Field(
        default="auc",
        description="Metric of the held-out rows that decides; `f1` is the mean over classes.",
        json_schema_extra={"enum": [*sorted(MINIMISED_METRICS | MAXIMISED_METRICS)]},
    )
    minimum: float | None = Field(
        default=None, allow_inf_nan=False, description="A candidate below it is rejected."
    )
    maximum: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="A candidate above it is rejected; for metrics that count errors.",
    )
    tolerance: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="How much worse than the live model is still accepted.",
    )
    approval: Literal["manual", "automatic"] = Field(
        default="manual", description="Who approves what passed the gate."
    )

    @model_validator(mode="after")
    def _bound_matches_metric(self) -> Self:
        if self.metric not in MINIMISED_METRICS | MAXIMISED_METRICS:
            known = ", ".join(sorted(MINIMISED_METRICS | MAXIMISED_METRICS))
            raise ValueError(f"unknown metric {self.metric!r}; choose one of {known}")
        wanted, other = ("maximum", "minimum") if self.is_minimised else ("minimum", "maximum")
        if getattr(self, other) is not None:
            raise ValueError(
                f"{self.metric} needs {wanted}, not {other}; rename {other} to {wanted}"
            )
        if getattr(self, wanted) is None:
            raise ValueError(f"{self.metric} needs {wanted}; add it")
        check_gate_numbers(self.metric, wanted, self.bound, self.tolerance)
        return self

    @property
    def is_minimised(self) -> bool:
        """True when a smaller value of the metric is better."""
        return self.metric in MINIMISED_METRICS

    @property
    def bound(self) -> float:
        """The bound of the metric: `maximum` where smaller is better, else `minimum`."""
        bound = self.maximum if self.is_minimised else self.minimum
        assert bound is not None, "checked when the file was read"
        return bound
