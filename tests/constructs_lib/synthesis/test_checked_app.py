import json
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.synthesis.checked_app import _report, register_security_checks
from reviewer.rules.custom_rules import RULES, RuleViolation
from stacks.inference import InferenceStack
from stacks.training import TrainingStack
from tests.templates.environments import EXISTING, add_platform, add_stage, make_environment
from tests.templates.synthesis import feature_flags

NVME = {
    "training": {"instance_type": "ml.g5.xlarge"},
    "endpoint": {"instance_type": "ml.m5d.large"},
}
EVERYTHING = {
    "training": {
        "instance_count": 3,
        "sharded": True,
        "spot": True,
        "triggers": {"alarms": ["drift"], "schedule": {"cron": "0 3 ? * SUN *"}},
    },
    "endpoint": {
        "capture": {"percent": 5},
        "deployment": {"strategy": "rolling", "percent": 25},
        "scaling": {"min_instances": 2, "max_instances": 4, "track": {"target_per_minute": 60}},
    },
}


@pytest.mark.parametrize(
    ("churn", "changes"),
    [
        (NVME, {}),
        (EVERYTHING, {"network": {"mode": "private"}}),
        (EVERYTHING, {"platform": {"account": "111122223333", "removal": "retain"}}),
        ({}, {"sharing": {"accounts": ["222233334444"]}}),
        (EVERYTHING, {"existing": EXISTING}),
    ],
    ids=["disks of their own", "everything private", "pinned account", "shared", "existing"],
)
def test_no_shape_of_a_model_leaves_a_finding_open(
    churn: dict[str, Any], changes: dict[str, Any]
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kiban-synth-"))
    app = cdk.App(
        context=feature_flags() | {"@aws-cdk/core:failSynthOnValidationErrors": False},
        outdir=str(folder),
        analytics_reporting=False,
    )
    register_security_checks(app)
    config = make_environment(models={"churn": churn}, **changes)
    stage = add_stage(app, config)
    shared = add_platform(stage, config)
    inference = InferenceStack(
        stage, "Inference-churn", config=config, model="churn", platform=shared
    )
    TrainingStack(
        stage,
        "Training-churn",
        config=config,
        model="churn",
        platform=shared,
        inference=inference,
    )

    app.synth()

    reports = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    assert len(reports) >= 4
    assert [v["ruleName"] for report in reports for v in report["violations"]] == []


def test_a_broken_rule_of_ours_is_an_error_with_its_place_and_what_to_do() -> None:
    resource: Any = SimpleNamespace(logical_id="RoleA1B2", path="Storage/Role")
    rule = RULES[0]

    told = _report(
        "kiban-dev", RuleViolation(rule.name, resource, "Policies", "names nothing", "name it")
    )

    assert (told.rule_name, told.severity, told.fix) == (rule.name, "error", "name it")
    assert told.description == f"{rule.said}: names nothing"
    (place,) = told.violating_resources
    assert place.locations == ["Properties/Policies"]
    assert place.resource_logical_id == "RoleA1B2"
    assert place.construct_path == "kiban-dev/Storage/Role"
