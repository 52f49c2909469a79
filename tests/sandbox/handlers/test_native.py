"""Which calls make and change policies of topics and queues, budgets and event rules."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.handlers.native import AttributePolicy, Budget, Recorded, Rule
from sandbox.handlers.resource import ResourceError
from tests.sandbox.handlers.recorder import ACCOUNT, Recorder, made, resource

DOCUMENT: dict[str, Any] = {"Statement": []}
GONE = ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeRule")
PUT = {"put_rule": {"RuleArn": "arn:rule"}, "describe_rule": GONE}


@pytest.mark.parametrize("name", ["Name", "DomainName", "AlarmName", "JobDefinitionName"])
def test_what_is_only_recorded_is_called_as_its_template_says(name: str) -> None:
    one = resource("AWS::SageMaker::Domain", **{name: "lab"})

    Recorded().create(Recorder(), one)

    arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:domain/lab"
    assert one.physical_id == "lab"
    assert one.attributes == {"Arn": arn, "DomainArn": arn, "DomainId": "lab", "Id": "lab"}


def test_what_is_only_recorded_keeps_its_identity() -> None:
    new = resource(A=2)

    assert Recorded().update(Recorder(), new, made(A=1)) is False
    assert new.physical_id == "physical"


SNS = AttributePolicy("sns", "Topics", "set_topic_attributes")
SQS = AttributePolicy("sqs", "Queues", "set_queue_attributes")


@pytest.mark.parametrize(
    ("handler", "targets", "operation", "arguments"),
    [
        (SNS, "Topics", "set_topic_attributes", {"TopicArn": "t", "AttributeName": "Policy"}),
        (SQS, "Queues", "set_queue_attributes", {"QueueUrl": "t"}),
    ],
)
def test_a_policy_is_written_to_each_target_and_written_again_when_it_changes(
    handler: AttributePolicy, targets: str, operation: str, arguments: dict[str, str]
) -> None:
    aws, new = Recorder(), resource(PolicyDocument=DOCUMENT, **{targets: ["t", "u"]})

    assert handler.update(aws, new, made(PolicyDocument={}, **{targets: ["t", "u"]})) is False
    assert aws.operations() == [operation, operation]
    (_, first), _ = aws.calls
    text = json.dumps(DOCUMENT)
    value = {"AttributeValue": text} if handler is SNS else {"Attributes": {"Policy": text}}
    assert first == {**arguments, **value}
    assert new.physical_id == "physical"


@pytest.mark.parametrize("told", [{}, {"NotificationsWithSubscribers": [1]}])
def test_a_budget_is_made_with_its_notifications_if_it_has_some(told: dict[str, Any]) -> None:
    aws, one = Recorder(), resource(Budget={"BudgetName": "month", "TimeUnit": "MONTHLY"}, **told)

    Budget().create(aws, one)

    budget = {"BudgetName": "month", "TimeUnit": "MONTHLY"}
    assert aws.named("create_budget") == [{"AccountId": ACCOUNT, "Budget": budget, **told}]
    assert one.physical_id == "month"


@pytest.mark.parametrize(
    ("named", "replaced", "operations"),
    [
        ({}, False, ["delete_budget", "create_budget"]),
        ({"BudgetName": "name"}, False, ["delete_budget", "create_budget"]),
        ({"BudgetName": "other"}, True, ["create_budget"]),
    ],
)
def test_a_budget_of_another_name_is_another_budget(
    named: dict[str, str], replaced: bool, operations: list[str]
) -> None:
    aws, new = Recorder(), resource(Budget={"TimeUnit": "YEARLY", **named})

    assert Budget().update(aws, new, made(Budget={})) is replaced
    assert aws.operations() == operations


@pytest.mark.parametrize(
    ("bus", "physical", "called"),
    [
        ({}, "nightly", "default"),
        ({"EventBusName": "default"}, "nightly", "default"),
        ({"EventBusName": "own"}, "own|nightly", "own"),
    ],
)
def test_a_rule_is_made_on_its_bus_and_pointed_at_its_targets(
    bus: dict[str, str], physical: str, called: str
) -> None:
    aws = Recorder(**PUT)
    one = resource(Name="nightly", State="ENABLED", Targets=[{"Id": "t"}], Other=1, **bus)

    Rule().create(aws, one)

    assert aws.calls == [
        ("describe_rule", {"Name": "nightly", "EventBusName": called}),
        ("put_rule", {"Name": "nightly", "State": "ENABLED", **bus}),
        (
            "put_targets",
            {"Rule": "nightly", "EventBusName": called, "Targets": [{"Id": "t"}]},
        ),
    ]
    assert (one.physical_id, one.attributes) == (physical, {"Arn": "arn:rule"})


def test_a_rule_changes_in_place_with_its_targets() -> None:
    aws, new = Recorder(**PUT), resource(Name="n", State="DISABLED", RoleArn="r")

    assert Rule().update(aws, new, made(Name="n", Targets=[{"Id": "t"}])) is False
    assert aws.operations() == ["remove_targets", "put_rule"]
    assert aws.named("put_rule")[0]["Name"] == "name"
    assert new.attributes == {"Arn": "arn:rule", "RoleArn": "r"}


@pytest.mark.parametrize("change", [{"Name": "other"}, {"EventBusName": "own"}])
def test_a_rule_of_another_name_or_bus_is_another_rule(change: dict[str, str]) -> None:
    aws, new = Recorder(**PUT), resource(**change)

    assert Rule().update(aws, new, made(Targets=[{"Id": "t"}])) is True
    assert aws.operations()[-1] == "put_rule"


def test_a_rule_with_a_typed_name_is_in_the_way_of_the_one_on_another_bus() -> None:
    with pytest.raises(ResourceError, match="Rename n and update the stack again"):
        Rule().update(Recorder(**PUT), resource(Name="n", EventBusName="own"), made(Name="n"))
