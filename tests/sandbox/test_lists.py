"""What the sandbox does otherwise than AWS, and where it reaches into moto: nothing is left out."""

from collections import Counter

import pytest

from sandbox.contract import HOOKS
from sandbox.gaps import GAPS

SUBJECTS = (
    *("accounts", "access logs", "alarms", "audit", "autoscaling"),
    *("budgets", "capacity", "Cloud Control", "CloudFormation limits"),
    *("deployment strategies", "encryption", "endpoint kinds", "event delivery", "flow logs"),
    *(
        "HTTP API",
        "image builds",
        "input modes",
        "instances",
        "mail",
        "model monitor",
        "network",
        "paths",
    ),
    *("network isolation", "notebook instances", "permissions", "persistence"),
    *("operations", "ports of containers", "resource types", "search", "web identity tokens"),
    *(
        "quotas",
        "refusals",
        "retention",
        "schedules",
        "spot",
        "state machine logs",
        "streams",
        "studio",
    ),
    *("tag changes", "transform jobs", "tuning", "waiting"),
)
HOOKED = {
    "applicationautoscaling/api": 2,
    "cloudformation/api": 5,
    "cloudformation/operations": 1,
    "cloudwatch/alarms": 1,
    "cloudwatch/api": 2,
    "cloudwatch/state_changes": 1,
    "ecr/codebuild": 2,
    "eventbridge/events": 2,
    "handlers/fallback": 1,
    "s3/bucket_policies": 1,
    "logs/stream_filters": 1,
    "requests/called_actions": 2,
    "s3/bucket_settings": 2,
    "s3/object_events": 1,
    "sagemaker/api": 1,
    "sagemaker/invocations": 1,
    "sagemaker/model_packages": 2,
    "server/dispatching": 3,
    "server/server": 3,
    "servicequotas/quotas": 2,
    "sqs/queue_attributes": 1,
    "stepfunctions/integrations": 8,
    "stepfunctions/queries": 4,
    "stepfunctions/steps": 6,
}
"""How many attributes of moto each module replaces, extends or fills."""


def test_whoever_asks_is_told_of_each_subject_that_the_sandbox_treats_otherwise() -> None:
    assert sorted(gap.name for gap in GAPS) == sorted(SUBJECTS)
    assert all(gap.on_aws and gap.here for gap in GAPS)


@pytest.mark.parametrize(("module", "number"), HOOKED.items())
def test_a_new_moto_is_checked_at_every_place_that_a_module_touches(
    module: str, number: int
) -> None:
    assert Counter(hook.used_by for hook in HOOKS)[module] == number
    assert sum(HOOKED.values()) == len(HOOKS) == len({(h.module, h.attribute) for h in HOOKS})
