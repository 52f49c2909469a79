"""Events that start the rollout of a model."""

import json
from typing import Any

import pytest

from tests.templates.event_rules import matches, rules
from tests.templates.model_stacks import model_stacks


def approval_event(group: str, status: str) -> dict[str, Any]:
    return {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Model Package State Change",
        "detail": {"ModelPackageGroupName": group, "ModelApprovalStatus": status},
    }


@pytest.mark.parametrize("status", ["Approved", "Rejected"])
def test_an_approval_or_a_rejection_starts_the_rollout(status: str) -> None:
    assert matches(
        rules(model_stacks())["aws.sagemaker"], approval_event("kiban-test-churn", status)
    )


@pytest.mark.parametrize(
    "event",
    [
        approval_event("kiban-test-churn", "PendingManualApproval"),
        approval_event("kiban-prod-churn", "Approved"),
        approval_event("kiban-test-churn", "Approved") | {"detail-type": "SageMaker Model"},
        approval_event("kiban-test-churn", "Approved") | {"source": "aws.other"},
    ],
)
def test_other_groups_kinds_and_pending_versions_do_not_start_it(event: dict[str, Any]) -> None:
    assert not matches(rules(model_stacks())["aws.sagemaker"], event)


def test_the_hourly_look_says_that_it_is_one() -> None:
    (sweep,) = model_stacks(training={"triggers": {"on_data": False}}).trained(
        "AWS::Scheduler::Schedule"
    )

    assert json.loads(sweep["Properties"]["Target"]["Input"]) == {"Reason": "sweep"}
