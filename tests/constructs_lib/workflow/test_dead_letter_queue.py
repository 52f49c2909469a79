"""The dead-letter queue of a model's triggers."""

from tests.templates.event_rules import ALARMS
from tests.templates.model_stacks import model_stacks


def test_an_event_that_could_not_be_delivered_is_kept_and_noticed() -> None:
    stacks = model_stacks(training=ALARMS)
    (queue,) = stacks.trained("AWS::SQS::Queue")
    names = [k for k, v in stacks.training["Resources"].items() if v["Type"] == "AWS::SQS::Queue"]
    letters = [
        rule["Properties"]["Targets"][0]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
        for rule in stacks.trained("AWS::Events::Rule")
    ] + [
        item["Properties"]["Target"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
        for item in stacks.trained("AWS::Scheduler::Schedule")
    ]

    assert set(letters) == set(names)
    assert "KmsMasterKeyId" in queue["Properties"]
    watched = [a["Properties"]["MetricName"] for a in stacks.trained("AWS::CloudWatch::Alarm")]
    assert "ApproximateNumberOfMessagesVisible" in watched


def test_only_the_models_own_rules_may_send_to_the_queue() -> None:
    stacks = model_stacks(training=ALARMS)
    (policy,) = stacks.trained("AWS::SQS::QueuePolicy")
    rule_ids = {
        k for k, v in stacks.training["Resources"].items() if v["Type"] == "AWS::Events::Rule"
    }

    allowed = [
        s for s in policy["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"
    ]
    sources = {s["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::GetAtt"][0] for s in allowed}
    assert sources == rule_ids


def test_an_event_in_the_queue_stays_two_weeks_and_the_first_one_alarms() -> None:
    stacks = model_stacks()
    (queue,) = stacks.trained("AWS::SQS::Queue")
    (policy,) = stacks.trained("AWS::SQS::QueuePolicy")
    (alarm,) = [
        body["Properties"]
        for body in stacks.trained("AWS::CloudWatch::Alarm")
        if body["Properties"]["Namespace"] == "AWS/SQS"
    ]

    assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 86_400
    (named,) = policy["Properties"]["Queues"]
    assert named["Ref"].startswith("Undelivered")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Maximum", 300, 1)
    (dimension,) = alarm["Dimensions"]
    assert dimension["Value"]["Fn::GetAtt"][0] == named["Ref"]


def test_the_queue_takes_nothing_over_plain_http() -> None:
    (policy,) = model_stacks().trained("AWS::SQS::QueuePolicy")
    denied = [
        one
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
        if one["Effect"] == "Deny"
    ]

    assert [one["Condition"] for one in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]
    assert [one["Action"] for one in denied] == ["sqs:*"]
