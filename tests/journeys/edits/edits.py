"""At least one edit of each setting: what the file says before, and what it says then."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.state.clients import ACCOUNT

Base = Literal["managed", "private", "existing"]
MODEL = "models.<name>"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
"""A policy that is there, and allows everything."""
BUNDLE = "company.pem"
"""A file of authorities that is there."""


@dataclass(frozen=True)
class Edit:
    """One setting and its new value; `on` is what else the file has to say before and after."""

    setting: str
    value: Any
    on: dict[str, Any] = field(default_factory=dict)
    base: Base = "managed"

    @property
    def name(self) -> str:
        """The edit in a test's name and on the page."""
        return f"{self.setting} = {self.value}" + self.suffix

    @property
    def suffix(self) -> str:
        """Where the edit is tried, unless it is the usual environment."""
        return "" if self.base == "managed" else f" ({self.base} network)"

    @property
    def before(self) -> dict[str, Any]:
        """The file before the edit, by settings."""
        return {**USUAL, **BASES[self.base], **self.on}

    @property
    def after(self) -> dict[str, Any]:
        """The file after the edit, by settings."""
        return {**self.before, self.setting: self.value}


def tables(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings by their path as nested tables, of the model `churn`."""
    result: dict[str, Any] = {}
    for path, value in settings.items():
        *parents, name = path.replace("<name>", "churn").split(".")
        table = result
        for parent in parents:
            table = table.setdefault(parent, {})
        table[name] = value
    return result


def _model(path: str, value: Any, **on: Any) -> Edit:
    return Edit(f"{MODEL}.{path}", value, {f"{MODEL}.{key}": one for key, one in on.items()})


def _platform() -> Iterator[Edit]:
    yield Edit("platform.name", "other")
    yield Edit("platform.region", "eu-west-1")
    yield Edit("platform.account", ACCOUNT)
    yield Edit("platform.removal", "retain")
    yield Edit("platform.log_retention_days", 60)
    yield Edit("platform.permissions_boundary", BOUNDARY)
    yield Edit("platform.tags", {"team": "credit"})
    yield Edit("storage.old_version_days", 30)
    yield Edit("storage.checkpoint_days", 7)
    yield Edit("storage.experiment_days", 90)
    yield Edit("storage.capture_days", 7)
    yield Edit("storage.access_log_days", 90)
    yield Edit("monitoring.emails", ["a@example.com"])
    yield Edit("monitoring.monthly_budget_usd", 250)
    yield Edit("monitoring.monthly_budget_usd", 0)
    yield Edit("sharing.accounts", ["222233334444"])
    yield Edit("review.cost_rise_percent", 25)
    yield Edit("review.cost_rise_usd", 100)


def _delivery() -> Iterator[Edit]:
    yield Edit("delivery.provider", "gitlab")
    yield Edit("delivery.repository", "owner/other")
    yield Edit("delivery.environment", "production")
    yield Edit("delivery.branch", "release", {"delivery.provider": "gitlab"})
    yield Edit("delivery.creates_provider", False)


def _existing() -> Iterator[Edit]:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"
    yield Edit("existing.key_arn", key)
    yield Edit("existing.data_bucket", "corporate-data")
    yield Edit("existing.artifacts_bucket", "corporate-models")
    yield Edit("existing.repository", "ml/models")


def _workbench() -> Iterator[Edit]:
    yield Edit("workbench.instance_type", "ml.t3.large")
    yield Edit("workbench.volume_gb", 40)
    yield Edit("workbench.idle_minutes", 90)
    yield Edit("workbench.nightly_stop", "22:30")
    yield Edit("workbench.timezone", "Asia/Tokyo")


def _training() -> Iterator[Edit]:
    yield _model("training.instance_type", "ml.m5.2xlarge")
    yield _model("training.fallback_types", ["ml.m5.2xlarge"])
    yield _model("training.instance_count", 2)
    yield Edit(f"{MODEL}.training.sharded", True, {f"{MODEL}.training.instance_count": 2})
    yield _model("training.content_type", "text/csv;header=present")
    yield _model("training.input_mode", "FastFile")
    yield _model("training.volume_gb", 50)
    yield _model("training.spot", True)
    yield _model("training.max_runtime_minutes", 90)
    yield Edit(f"{MODEL}.training.max_wait_minutes", 240, {f"{MODEL}.training.spot": True})
    yield _model("training.hyperparameters", {"objective": "binary:logistic", "num_round": 50})
    yield _model("training.evaluation_instance_type", "ml.m5.xlarge")
    yield _model("training.triggers.on_data", False)
    cron = {f"{MODEL}.training.triggers.schedule.cron": "0 3 ? * SUN *"}
    yield _model("training.triggers.schedule.cron", "0 3 ? * SUN *")
    yield Edit(f"{MODEL}.training.triggers.schedule.timezone", "Asia/Tokyo", cron)
    yield _model("training.triggers.alarms", ["too-many-returns"])


def _gate() -> Iterator[Edit]:
    yield _model("gate.metric", "accuracy")
    yield _model("gate.minimum", 0.85)
    logloss = {f"{MODEL}.gate.metric": "logloss", f"{MODEL}.gate.minimum": None}
    yield Edit(f"{MODEL}.gate.maximum", 0.4, {**logloss, f"{MODEL}.gate.maximum": 0.5})
    yield _model("gate.tolerance", 0.02)
    yield _model("gate.approval", "automatic")


def _endpoint() -> Iterator[Edit]:
    scaling = f"{MODEL}.endpoint.scaling"
    deployment = f"{MODEL}.endpoint.deployment"
    several = {f"{scaling}.min_instances": 2, f"{scaling}.max_instances": 2}
    scaled = {f"{scaling}.max_instances": 2, f"{scaling}.track.target_per_minute": 6_000}
    canary = {**several, f"{deployment}.strategy": "canary", f"{deployment}.percent": 50}
    yield _model("endpoint.instance_type", "ml.m5.xlarge")
    yield _model("endpoint.fallback_types", ["ml.m5.xlarge"])
    yield Edit(f"{scaling}.min_instances", 2, {f"{scaling}.max_instances": 2, **scaled})
    yield Edit(f"{scaling}.max_instances", 3, scaled)
    yield Edit(f"{scaling}.track.target_per_minute", 3_000, scaled)
    yield Edit(f"{scaling}.scale_in_cooldown_seconds", 600, scaled)
    yield Edit(f"{scaling}.scale_out_cooldown_seconds", 120, scaled)
    yield Edit(f"{deployment}.strategy", "linear", canary)
    yield Edit(f"{deployment}.percent", 25, canary)
    yield Edit(f"{deployment}.bake_minutes", 10, canary)
    yield _model("endpoint.capture.percent", 0)
    yield _model("endpoint.alarms.latency_p99_ms", 250)
    yield _model("endpoint.alarms.errors_5xx_percent", 2.0)
    yield _model("endpoint.alarms.idle_hours", 12)


def _networks() -> Iterator[Edit]:
    yield Edit("network.pull_through", "ecr-public")
    yield Edit("network.ca_bundle", BUNDLE)
    yield Edit("network.package_index", "https://pypi.example.com/simple")
    yield Edit("network.proxy", "http://proxy.example.com:3128")
    yield Edit("network.mode", "private")
    yield Edit("network.cidr", "10.50.0.0/16", base="private")
    yield Edit("network.availability_zones", 3, base="private")
    yield Edit(f"{MODEL}.training.instance_count", 2, base="private")
    yield Edit(f"{MODEL}.endpoint.capture.percent", 0, base="private")
    inside = {
        "network.pull_through": "ecr-public",
        "network.package_index": "https://pypi.example.com/simple",
    }
    yield Edit("network.builds_inside", True, inside, base="private")
    there = {"existing.network.vpc_id": "vpc-11111111"}
    yield Edit("network.builds_inside", True, there, base="existing")
    yield Edit("existing.network.vpc_id", "vpc-11111111", base="existing")
    subnets = ["subnet-11111111", "subnet-22222222", "subnet-33333333"]
    yield Edit("existing.network.subnet_ids", subnets, base="existing")
    yield Edit("existing.network.subnet_ids", [*reversed(subnets)], base="existing")
    groups = ["sg-11111111", "sg-22222222"]
    yield Edit("existing.network.security_group_ids", groups, base="existing")


EDITS = [
    *_platform(),
    *_delivery(),
    *_existing(),
    *_workbench(),
    *_training(),
    *_gate(),
    *_endpoint(),
    *_networks(),
]
BASES: dict[Base, dict[str, Any]] = {
    "managed": {},
    "private": {"network.mode": "private"},
    "existing": {
        "existing.network.subnet_ids": ["subnet-11111111", "subnet-22222222"],
        "existing.network.security_group_ids": ["sg-11111111"],
    },
}
"""The environments that are edited, in this order: each is deployed over the one before."""

USUAL = {
    "platform.removal": "destroy",
    "delivery.provider": "github",
    "delivery.repository": "owner/name",
    f"{MODEL}.training.hyperparameters": {"objective": "binary:logistic", "num_round": 20},
    f"{MODEL}.endpoint.capture.percent": 100,
}
"""The file that is edited, beside the usual one of the tests."""
