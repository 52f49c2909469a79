"""Readers of topics, queues, event rules, schedules and state machines."""

from typing import Any

from cfn.live.calls import Call, Properties, Reader, capitalised, chosen, document


def topic(call: Call, arn: str) -> Properties:
    """Read a topic."""
    found = call("sns", "get_topic_attributes", {"TopicArn": arn})["Attributes"]
    return {
        "KmsMasterKeyId": found.get("KmsMasterKeyId"),
        "DisplayName": found.get("DisplayName"),
    }


def topic_policy(call: Call, arn: str) -> Properties:
    """Read the policy of a topic, by the topic's ARN."""
    found = call("sns", "get_topic_attributes", {"TopicArn": arn})["Attributes"]
    return {"PolicyDocument": document(found.get("Policy"))}


def queue(call: Call, url: str) -> Properties:
    """Read a queue."""
    found = _queue(call, url)
    return chosen(found, "KmsMasterKeyId", "MessageRetentionPeriod", "RedrivePolicy")


def queue_policy(call: Call, url: str) -> Properties:
    """Read the policy of a queue, by the queue's address."""
    return {"PolicyDocument": document(_queue(call, url).get("Policy"))}


def _queue(call: Call, url: str) -> Any:
    answer = call("sqs", "get_queue_attributes", {"QueueUrl": url, "AttributeNames": ["All"]})
    return answer.get("Attributes", {})


def rule(call: Call, name: str) -> Properties:
    """Read an event rule with its targets; on another bus its id is `bus|name`."""
    bus, _, own = name.rpartition("|")
    found = call("events", "describe_rule", {"Name": own, "EventBusName": bus or "default"})
    targets = call(
        "events", "list_targets_by_rule", {"Rule": own, "EventBusName": bus or "default"}
    )
    return {
        **chosen(found, "State", "ScheduleExpression", "Description"),
        "EventPattern": document(found.get("EventPattern")),
        "Targets": targets["Targets"],
    }


def schedule(call: Call, name: str) -> Properties:
    """Read a schedule of the default group."""
    found = call("scheduler", "get_schedule", {"Name": name})
    names = ("State", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow")
    return {**chosen(found, *names), "Target": found.get("Target")}


def state_machine(call: Call, arn: str) -> Properties:
    """Read a state machine."""
    found = call("stepfunctions", "describe_state_machine", {"stateMachineArn": arn})
    return {
        "DefinitionString": document(found["definition"]),
        "RoleArn": found["roleArn"],
        "LoggingConfiguration": capitalised(found.get("loggingConfiguration")),
        "TracingConfiguration": capitalised(found.get("tracingConfiguration")),
    }


READERS: dict[str, Reader] = {
    "AWS::Events::Rule": rule,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SQS::Queue": queue,
    "AWS::SQS::QueuePolicy": queue_policy,
    "AWS::Scheduler::Schedule": schedule,
    "AWS::StepFunctions::StateMachine": state_machine,
}
