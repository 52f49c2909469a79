"""Schema of an environment file, as pydantic models.

Every file in `config/*.toml` must fit these models. They are checked before the first construct
exists, so no validator sees an unresolved CDK token.
"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.aws_names.tags import check_tags
from config.delivery import DeliveryConfig, SharingConfig
from config.endpoint import EndpointConfig
from config.existing import ExistingConfig
from config.instances import INSTANCE_TYPE, check_type
from config.network import NetworkConfig, build_problems
from config.places.regions import check_region, partition_of
from config.places.time_zones import check_time_zone
from config.review.review_config import ReviewConfig
from config.section import ModelName, Name, Section
from config.training import GateConfig, TrainingConfig

NotebookType = Annotated[
    str, AfterValidator(lambda value: check_type(value, "notebook")), INSTANCE_TYPE
]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Region = Annotated[str, AfterValidator(check_region)]
TimeZone = Annotated[str, AfterValidator(check_time_zone)]
LogDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653]

MOST_MODELS = 100
"""Most models whose resources the ten policies of the workbench's role can name."""


class PlatformConfig(Section):
    """Region, account, names and tags of the environment, and what outlives it."""

    name: Name = Field(default="kiban", description="First part of every name.")
    region: Region = Field(description="AWS region that has SageMaker, as in ap-northeast-1.")
    account: str | None = Field(
        default=None, pattern=r"^\d{12}$", description="Pins the environment to one AWS account."
    )
    removal: Literal["destroy", "retain"] = Field(
        default="retain",
        description="Fate of data when a stack is deleted; retain also protects the stacks.",
    )
    log_retention_days: LogDays = Field(
        default=365, description="Days logs in CloudWatch are kept."
    )
    permissions_boundary: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:iam::(aws|\d{12}):policy/([a-zA-Z0-9_+=,.@-]{1,128}/)*"
        r"[a-zA-Z0-9_+=,.@-]{1,128}$",
        description="ARN of the managed policy that bounds what every role may do.",
    )
    tags: dict[str, str] = Field(
        default_factory=dict, description="Tags on every resource, in addition to the platform's."
    )

    @model_validator(mode="after")
    def _tags_are_allowed(self) -> Self:
        check_tags(self.tags)
        return self

    @model_validator(mode="after")
    def _boundary_is_of_the_account(self) -> Self:
        _, partition, _, _, owner, *_ = (self.permissions_boundary or ":::::").split(":")
        if partition not in ("", partition_of(self.region)):
            raise ValueError(
                f"permissions_boundary is a policy in {partition} but region is {self.region}, "
                f"which is in {partition_of(self.region)}; name a policy there"
            )
        if self.account is not None and owner not in ("", "aws", self.account):
            raise ValueError(
                f"permissions_boundary is a policy of account {owner} but account is "
                f"{self.account}; IAM takes a policy of the role's own account only"
            )
        return self


class StorageConfig(Section):
    """Retention of objects in S3."""

    old_version_days: int = Field(
        default=90,
        ge=1,
        le=3_650,
        description="Days an overwritten object (noncurrent version) is kept.",
    )
    checkpoint_days: int = Field(
        default=14, ge=1, le=3_650, description="Days a training job's checkpoints are kept."
    )
    experiment_days: int | None = Field(
        default=None,
        ge=1,
        le=3_650,
        description="Days what trainings from a notebook wrote is kept; default: for ever.",
    )
    capture_days: int = Field(
        default=30, ge=1, le=3_650, description="Days captured requests and responses are kept."
    )
    access_log_days: int = Field(
        default=365, ge=1, le=3_650, description="Days the buckets' access logs are kept."
    )


class WorkbenchConfig(Section):
    """The notebook instance where models are developed."""

    instance_type: NotebookType = Field(
        default="ml.t3.medium", description="Instance type of the notebook."
    )
    volume_gb: int = Field(
        default=20, ge=5, le=16_384, description="Volume that outlives a stop, in GB."
    )
    idle_minutes: int = Field(
        default=60, ge=10, le=1_440, description="Minutes without activity before it stops itself."
    )
    nightly_stop: str = Field(
        default="20:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Time of day it is stopped, idle or not.",
    )
    timezone: TimeZone = Field(default="UTC", description="IANA time zone of nightly_stop.")


class MonitoringConfig(Section):
    """Recipients of alerts, and the monthly budget."""

    emails: tuple[Email, ...] = Field(
        default=(),
        strict=False,
        description="Email addresses that receive alarms and notifications.",
    )
    monthly_budget_usd: int = Field(
        default=100,
        ge=0,
        le=10_000_000,
        description="Budget that alerts at 80 % and 100 %; 0: no budget.",
    )


class ModelConfig(Section):
    """One model: how it is trained, gated and served."""

    training: TrainingConfig = Field(default=TrainingConfig(), description="Training.")
    gate: GateConfig = Field(description="Quality gate.")
    endpoint: EndpointConfig = Field(default=EndpointConfig(), description="Endpoint.")


class EnvironmentConfig(Section):
    """One environment file."""

    environment: Name = Field(description="The file's own name; not written in the file.")
    platform: PlatformConfig = Field(description="Region, account, names and tags.")
    storage: StorageConfig = Field(default=StorageConfig(), description="Retention of objects.")
    network: NetworkConfig = Field(
        default=NetworkConfig(), description="Network of jobs and endpoints."
    )
    workbench: WorkbenchConfig = Field(default=WorkbenchConfig(), description="Notebook instance.")
    monitoring: MonitoringConfig = Field(
        default=MonitoringConfig(), description="Alerts and budget."
    )
    delivery: DeliveryConfig | None = Field(
        default=None, description="Repository that deploys it; without it only people deploy."
    )
    existing: ExistingConfig = Field(
        default=ExistingConfig(), description="Existing resources to use."
    )
    sharing: SharingConfig = Field(
        default=SharingConfig(), description="Accounts that may deploy its models."
    )
    review: ReviewConfig = Field(default=ReviewConfig(), description="Bounds of a review.")
    models: dict[ModelName, ModelConfig] = Field(
        min_length=1, description="One table for each model."
    )

    @model_validator(mode="after")
    def _the_workbench_can_hold_every_model(self) -> Self:
        if len(self.models) > MOST_MODELS:
            raise ValueError(
                f"{len(self.models)} models are too many: the workbench's role can name at most "
                f"{MOST_MODELS}; move some models to another environment"
            )
        return self

    @model_validator(mode="after")
    def _sharing_is_with_others(self) -> Self:
        if self.platform.account in self.sharing.accounts:
            raise ValueError(
                f"sharing.accounts names {self.platform.account}, which is the environment's own "
                "account; remove it there"
            )
        if self.sharing.accounts and self.existing.shareable:
            name = next(iter(self.existing.shareable))
            raise ValueError(
                f"sharing.accounts needs a policy on what existing.{name} names, and that is its "
                "owner's; remove one of them and let the owner share it"
            )
        return self

    @model_validator(mode="after")
    def _what_exists_is_where_we_are(self) -> Self:
        key, region = self.existing.key_arn, self.platform.region
        if key is not None and key.split(":")[1] != partition_of(region):
            raise ValueError(
                f"existing.key_arn is a key in {key.split(':')[1]} but platform.region, {region}, "
                f"is in {partition_of(region)}; name a key there"
            )
        if key is not None and key.split(":")[3] != region:
            raise ValueError(
                f"existing.key_arn is a key in {key.split(':')[3]} but platform.region is {region};"
                " name a key of that region"
            )
        if (self.existing.repository or "").startswith(f"{self.network.pull_through}/"):
            raise ValueError(
                f"existing.repository lies below network.pull_through ({self.network.pull_through})"
                ", whose repositories ECR alone fills; name another repository"
            )
        if self.existing.network is not None and self.is_private:
            raise ValueError(
                "existing.network names subnets but network.mode is private, which makes new ones; "
                "remove network.mode or existing.network"
            )
        return self

    @model_validator(mode="after")
    def _a_build_inside_has_what_it_needs(self) -> Self:
        if self.network.builds_inside:
            for problem in build_problems(self.network, self.existing.network):
                raise ValueError(f"network.builds_inside: {problem}")
        return self

    @property
    def stage(self) -> str:
        """First part of every stack and physical name, as in `kiban-dev`."""
        return f"{self.platform.name}-{self.environment}"

    @property
    def is_private(self) -> bool:
        """True when jobs and endpoints run in private subnets of the environment."""
        return self.network.mode == "private"

    @property
    def keeps_data(self) -> bool:
        """True when data outlives its stack."""
        return self.platform.removal == "retain"
