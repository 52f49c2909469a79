"""A stack takes over nothing that exists under a name of its template, and deletes none of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.engine.stacks import Stacks, template

ALARM = {
    "AlarmName": "n",
    "MetricName": "m",
    "Namespace": "x",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 1,
}
COMPOSITE = {"AlarmName": "n", "AlarmRule": "FALSE"}
RULE = {"ScheduleExpression": "rate(1 day)"}
BOARD = {"DashboardName": "n", "DashboardBody": '{"widgets":[]}'}
# Type, property of the name, properties, how it is made by hand: service, operation, parameters.
TAKEN = [
    ("CloudWatch::Alarm", "AlarmName", ALARM, "cloudwatch", "put_metric_alarm", ALARM),
    (
        "CloudWatch::CompositeAlarm",
        "AlarmName",
        COMPOSITE,
        "cloudwatch",
        "put_composite_alarm",
        COMPOSITE,
    ),
    ("CloudWatch::Dashboard", "DashboardName", BOARD, "cloudwatch", "put_dashboard", BOARD),
    ("Events::Rule", "Name", {"Name": "n", **RULE}, "events", "put_rule", {"Name": "n", **RULE}),
    ("SNS::Topic", "TopicName", {"TopicName": "n"}, "sns", "create_topic", {"Name": "n"}),
    ("SQS::Queue", "QueueName", {"QueueName": "n"}, "sqs", "create_queue", {"QueueName": "n"}),
]


def found(stacks: Stacks) -> list[Any]:
    watch = stacks.aws("cloudwatch")
    alarms = watch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return [
        [
            alarm["AlarmName"]
            for kind in ("MetricAlarms", "CompositeAlarms")
            for alarm in alarms[kind]
        ],
        [one["DashboardName"] for one in watch.list_dashboards()["DashboardEntries"]],
        [one["Name"] for one in stacks.aws("events").list_rules()["Rules"]],
        [one["TopicArn"] for one in stacks.aws("sns").list_topics()["Topics"]],
        stacks.aws("sqs").list_queues().get("QueueUrls", []),
    ]


@pytest.mark.parametrize(("kind", "named_by", "properties", "service", "operation", "made"), TAKEN)
def test_a_stack_does_not_take_what_somebody_made(
    stacks: Stacks,
    kind: str,
    named_by: str,
    properties: dict[str, Any],
    service: str,
    operation: str,
    made: dict[str, Any],
) -> None:
    getattr(stacks.aws(service), operation)(**made)
    before = found(stacks)

    status = stacks.create("app", template({"It": (f"AWS::{kind}", properties)}))

    identifier = f'{{"/properties/{named_by}":"n"}}'
    words = f"Resource of type 'AWS::{kind}' with identifier '{identifier}' already exists."
    assert status == "ROLLBACK_COMPLETE"
    assert words in stacks.reason("app")
    assert found(stacks) == before


@pytest.mark.parametrize(("kind", "named_by", "properties", "service", "operation", "made"), TAKEN)
def test_a_stack_changes_and_removes_what_it_made_itself(
    stacks: Stacks,
    kind: str,
    named_by: str,
    properties: dict[str, Any],
    service: str,
    operation: str,
    made: dict[str, Any],
) -> None:
    one = {"It": (f"AWS::{kind}", properties)}
    changed = {"It": (f"AWS::{kind}", {**properties, "Tags": [{"Key": "a", "Value": "b"}]})}
    before = found(stacks)

    assert stacks.create("app", template(one)) == "CREATE_COMPLETE"
    assert stacks.update("app", template(changed)) == "UPDATE_COMPLETE"
    stacks.delete("app")
    assert found(stacks) == before
