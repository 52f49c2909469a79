"""Who hears about trouble, what is too expensive, and what a model's dashboard shows."""

import json
from typing import Any

import pytest

from tests.constructs_lib.conftest import Stacks


def topic_statements(stacks: Stacks) -> list[dict[str, Any]]:
    (policy,) = stacks.resources("Monitoring", "AWS::SNS::TopicPolicy")
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


def dashboard_of(stacks: Stacks, model: str) -> str:
    """The text of the dashboard that shows `kiban-test-<model>`."""
    texts = [
        json.dumps(body["DashboardBody"])
        for body in stacks.resources("Monitoring", "AWS::CloudWatch::Dashboard")
    ]
    (found,) = (text for text in texts if f"kiban-test-{model}" in text)
    return found


def test_notices_are_encrypted(usual: Stacks) -> None:
    (topic,) = usual.resources("Monitoring", "AWS::SNS::Topic")

    assert "Fn::ImportValue" in topic["KmsMasterKeyId"]


def test_notices_travel_over_tls_only(usual: Stacks) -> None:
    denied = [one for one in topic_statements(usual) if one["Effect"] == "Deny"]

    assert [one["Condition"] for one in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_alarms_rules_and_budgets_of_this_account_may_publish(usual: Stacks) -> None:
    (allowed,) = (one for one in topic_statements(usual) if one["Effect"] == "Allow")

    assert set(allowed["Principal"]["Service"]) == {
        "budgets.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
    }
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_everybody_named_in_the_file_is_told(usual: Stacks) -> None:
    subscriptions = usual.resources("Monitoring", "AWS::SNS::Subscription")

    assert [(one["Protocol"], one["Endpoint"]) for one in subscriptions] == [
        ("email", "a@example.com"),
        ("email", "b@example.com"),
    ]


def test_nobody_is_told_when_nobody_is_named(kept: Stacks) -> None:
    with pytest.raises(AssertionError, match="has no AWS::SNS::Subscription"):
        kept.resources("Monitoring", "AWS::SNS::Subscription")


def test_the_budget_counts_what_carries_the_environments_tag(usual: Stacks) -> None:
    (budget,) = usual.resources("Monitoring", "AWS::Budgets::Budget")

    assert budget["Budget"]["BudgetLimit"] == {"Amount": 250, "Unit": "USD"}
    assert budget["Budget"]["TimeUnit"] == "MONTHLY"
    assert budget["Budget"]["CostFilters"] == {"TagKeyValue": ["user:kiban:environment$kiban-test"]}


def test_the_budget_warns_before_and_at_the_limit(usual: Stacks) -> None:
    (budget,) = usual.resources("Monitoring", "AWS::Budgets::Budget")
    warnings = [one["Notification"] for one in budget["NotificationsWithSubscribers"]]

    assert [(one["Threshold"], one["ThresholdType"]) for one in warnings] == [
        (80, "PERCENTAGE"),
        (100, "PERCENTAGE"),
    ]
    for one in budget["NotificationsWithSubscribers"]:
        assert [subscriber["SubscriptionType"] for subscriber in one["Subscribers"]] == ["SNS"]


@pytest.mark.parametrize("model", ["churn", "fraud"])
@pytest.mark.parametrize(
    "shown",
    [
        "Invocations",
        "Invocation4XXErrors",
        "Invocation5XXErrors",
        "ModelLatency",
        "CPUUtilization",
        "MemoryUtilization",
        "ExecutionsFailed",
        "p50",
        "p90",
        "p99",
    ],
)
def test_every_model_has_a_dashboard_of_its_own(usual: Stacks, model: str, shown: str) -> None:
    assert shown in dashboard_of(usual, model)


def test_a_dashboard_knows_an_endpoint_before_it_exists(usual: Stacks) -> None:
    # By name: a reference would tie this stack to one that is empty until the first approval.
    text = dashboard_of(usual, "churn")

    assert "ImportValue" not in text
    assert "stateMachine:kiban-test-churn-workflow" in text
    assert "stateMachine:kiban-test-churn-rollout" in text
