"""A queue keeps its policy when something else of it changes, as in SQS."""

import json

from sandbox.server.server import Sandbox

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    ],
}


def test_an_attribute_that_is_not_given_stays_and_an_empty_policy_takes_it_away(
    running: Sandbox,
) -> None:
    sqs = running.client("sqs")
    url = sqs.create_queue(QueueName="kept", Attributes={"Policy": json.dumps(POLICY)})["QueueUrl"]

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"})
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    gone = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    assert json.loads(kept["Policy"])["Statement"] == POLICY["Statement"]
    assert kept["MessageRetentionPeriod"] == "60"
    assert "Policy" not in gone
    assert gone["MessageRetentionPeriod"] == "60"
    sqs.delete_queue(QueueUrl=url)
