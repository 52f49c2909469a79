"""No template has what cdk-preflight's rules saw AWS refuse, and the rules would see it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from cdk_preflight import Preflight

from app import add_stacks
from config.loader import environment_names, load_environment
from config.schema import EnvironmentConfig
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from tests.templates.environments import ACCOUNT, EXISTING, make_environment
from tests.templates.synthesis import feature_flags

# Its rules are compiled anew in every process, which takes five seconds of processor time.
pytestmark = pytest.mark.acceptance

MODEL_WITH_EVERYTHING = {
    "training": {
        "spot": True,
        "instance_count": 2,
        "sharded": True,
        "fallback_types": ["ml.m5.2xlarge"],
        "triggers": {
            "schedule": {"cron": "0/15 3 ? * MON-FRI *", "timezone": "Asia/Tokyo"},
            "alarms": ["too-many-returns"],
        },
    },
    "endpoint": {
        "fallback_types": ["ml.m5.xlarge"],
        "capture": {"percent": 50},
        "scaling": {
            "min_instances": 2,
            "max_instances": 4,
            "track": {"target_per_minute": 6_000},
        },
        "deployment": {"strategy": "canary", "percent": 50},
        "alarms": {"latency_p99_ms": 250, "idle_hours": 12},
    },
}
# A resource of ours, and what its service refuses at the deployment only.
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "pf-scheduler-schedule-expression": (
        "AWS::Scheduler::Schedule",
        {
            "ScheduleExpression": "cron(99 3 ? * SUN *)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:churn",
                "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/churn",
            },
        },
    ),
    "pf-sfn-asl-missing-state": (
        "AWS::StepFunctions::StateMachine",
        {
            "DefinitionString": json.dumps(
                {"StartAt": "Train", "States": {"Train": {"Type": "Pass", "Next": "Gate"}}}
            ),
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/churn",
        },
    ),
}


def environments() -> Iterator[EnvironmentConfig]:
    """Every shipped environment, and two with everything that a file may have."""
    yield from map(load_environment, environment_names())
    yield make_environment(
        platform={"account": ACCOUNT, "removal": "retain", "tags": {"team": "credit"}},
        network={"mode": "private"},
        delivery={"repository": "team/kiban", "provider": "github"},
        monitoring={"emails": ["a@example.com"]},
        sharing={"accounts": ["222233334444"]},
        models={"churn": MODEL_WITH_EVERYTHING},
    )
    yield make_environment(
        platform={"name": "other", "account": ACCOUNT},
        existing=EXISTING,
        delivery={"repository": "team/kiban", "provider": "gitlab", "creates_provider": False},
        models={
            "churn": {
                "endpoint": {
                    "deployment": {"strategy": "rolling", "percent": 50},
                    "scaling": {"min_instances": 2, "max_instances": 2},
                }
            }
        },
    )


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The constructs that each rule reports, in one synthesis of every environment."""
    folder = tmp_path_factory.mktemp("preflight")
    quiet = {"@aws-cdk/core:failSynthOnValidationErrors": False}
    app = cdk.App(
        context=feature_flags() | quiet,
        builtin_cloud_formation_validation=False,
        outdir=str(folder),
    )
    for config in environments():
        add_stacks(EnvironmentStage(app, config=config), config)
    careless = cdk.Stack(app, "Careless", env=cdk.Environment(region="us-east-1"))
    for rule, (kind, properties) in REFUSED.items():
        cdk.CfnResource(careless, rule, type=kind, properties=properties)
    Preflight.apply(app)
    app.synth()
    return by_rule(json.loads((folder / "validation-report.json").read_text())["pluginReports"])


def by_rule(reports: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for violation in (one for report in reports for one in report["violations"]):
        places = [str(place["constructPath"]) for place in violation["violatingConstructs"]]
        found.setdefault(violation["ruleName"], []).extend(places)
    return found


def test_aws_is_not_known_to_refuse_anything_in_a_template(reported: dict[str, list[str]]) -> None:
    ours = {
        f"{rule}: {place}"
        for rule, places in reported.items()
        for place in places
        if not place.startswith("Careless/")
    }

    assert ours == set()


@pytest.mark.parametrize("rule", REFUSED)
def test_the_rules_would_notice_what_aws_refuses(rule: str, reported: dict[str, list[str]]) -> None:
    assert reported[rule] == [f"Careless/{rule}"]
