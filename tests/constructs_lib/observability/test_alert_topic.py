"""The SNS topic for alerts: encrypted, TLS only, open to this account's services."""

from typing import Any

import pytest

from tests.constructs_lib.conftest import Stacks


def topic_statements(stacks: Stacks) -> list[dict[str, Any]]:
    (policy,) = stacks.resources("Monitoring", "AWS::SNS::TopicPolicy")
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


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


def test_every_address_of_the_file_is_subscribed(usual: Stacks) -> None:
    subscriptions = usual.resources("Monitoring", "AWS::SNS::Subscription")

    assert [(one["Protocol"], one["Endpoint"]) for one in subscriptions] == [
        ("email", "a@example.com"),
        ("email", "b@example.com"),
    ]


def test_without_an_address_there_is_no_subscription(kept: Stacks) -> None:
    with pytest.raises(AssertionError, match="has no AWS::SNS::Subscription"):
        kept.resources("Monitoring", "AWS::SNS::Subscription")


def test_the_policy_about_publishing_is_the_topics(usual: Stacks) -> None:
    (policy,) = usual.resources("Monitoring", "AWS::SNS::TopicPolicy")

    (named,) = policy["Topics"]
    assert named["Ref"].startswith("Topic")
    assert {one["Action"] for one in topic_statements(usual)} == {"sns:Publish"}
