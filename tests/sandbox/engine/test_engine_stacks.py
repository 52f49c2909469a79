from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.engine.stacks import Declared, Stacks, parameter, template, text

QUEUE: Declared = ("AWS::SQS::Queue", {})
BROKEN: Declared = (
    "AWS::SNS::Subscription",
    {"TopicArn": "arn:aws:sns:us-east-1:123456789012:none"},
)


def _switch(wanted: str) -> dict[str, object]:
    return {
        "Parameters": {"Wanted": text("no")},
        "Conditions": {"IsWanted": {"Fn::Equals": [{"Ref": "Wanted"}, wanted]}},
    }


@pytest.mark.aws_row("R36")
def test_condition_that_becomes_true_creates_and_one_that_becomes_false_deletes(
    stacks: Stacks,
) -> None:
    kind, properties = parameter("there")
    body = template(
        {
            "Always": QUEUE,
            "Sometimes": {"Type": kind, "Properties": properties, "Condition": "IsWanted"},
        },
        Outputs={"Name": {"Value": {"Ref": "Sometimes"}, "Condition": "IsWanted"}},
        **_switch("yes"),
    )

    assert stacks.create("app", body) == "CREATE_COMPLETE"
    assert (stacks.ssm("/name"), stacks.outputs("app")) == (None, {})

    assert stacks.update("app", body, Wanted="yes") == "UPDATE_COMPLETE"
    assert (stacks.ssm("/name"), stacks.outputs("app")) == ("there", {"Name": "/name"})

    assert stacks.update("app", body, Wanted="no") == "UPDATE_COMPLETE"
    assert (stacks.ssm("/name"), stacks.outputs("app")) == (None, {})
    assert set(stacks.resources("app")) == {"Always"}


def test_reference_to_a_resource_whose_condition_is_false_fails_the_stack(stacks: Stacks) -> None:
    kind, properties = parameter("there")
    body = template(
        {
            "Sometimes": {"Type": kind, "Properties": properties, "Condition": "IsWanted"},
            "User": parameter({"Ref": "Sometimes"}, "/other"),  # type: ignore[arg-type]
        },
        **_switch("yes"),
    )

    assert stacks.create("app", body) == "ROLLBACK_COMPLETE"
    assert "unresolved reference Sometimes" in stacks.reason("app")


def test_replacement_reaches_every_dependant_before_the_old_resource_goes(stacks: Stacks) -> None:
    body = template(
        {
            "Topic": ("AWS::SNS::Topic", {"TopicName": {"Ref": "Name"}}),
            "User": parameter({"Ref": "Topic"}),  # type: ignore[arg-type]
        },
        Parameters={"Name": text("first")},
    )
    stacks.create("app", body)
    before = len(stacks.history("app"))

    assert stacks.update("app", body, Name="second") == "UPDATE_COMPLETE"
    assert stacks.ssm("/name") == "arn:aws:sns:us-east-1:123456789012:second"
    assert stacks.history("app")[before:] == [
        "Topic UPDATE_IN_PROGRESS",
        "Topic UPDATE_COMPLETE",
        "User UPDATE_IN_PROGRESS",
        "User UPDATE_COMPLETE",
        "Topic DELETE_IN_PROGRESS",
        "Topic DELETE_COMPLETE",
    ]


def test_failed_create_leaves_nothing_and_says_why(stacks: Stacks) -> None:
    broken = {"Type": BROKEN[0], "Properties": BROKEN[1], "DependsOn": "First"}

    status = stacks.create("app", template({"First": parameter("there"), "Second": broken}))

    assert status == "ROLLBACK_COMPLETE"
    assert stacks.ssm("/name") is None
    assert stacks.reason("app").startswith("Second (AWS::SNS::Subscription): ")


def test_failed_update_brings_back_the_old_values(stacks: Stacks) -> None:
    stacks.create("app", template({"First": parameter("old")}))
    broken = {"Type": BROKEN[0], "Properties": BROKEN[1], "DependsOn": ["First", "Third"]}
    body = template({"First": parameter("new"), "Second": broken, "Third": parameter("x", "/x")})

    assert stacks.update("app", body) == "UPDATE_ROLLBACK_COMPLETE"
    assert (stacks.ssm("/name"), stacks.ssm("/x")) == ("old", None)
    assert set(stacks.resources("app")) == {"First"}
    assert stacks.update("app", template({"First": parameter("next")})) == "UPDATE_COMPLETE"
    assert stacks.ssm("/name") == "next"


def test_failed_replacement_leaves_the_old_resource_alone(stacks: Stacks) -> None:
    body = template(
        {"Machine": ("AWS::SageMaker::EndpointConfig", {"ProductionVariants": {"Ref": "Bad"}})},
        Parameters={"Bad": text("x")},
    )
    good = template({"Topic": ("AWS::SNS::Topic", {"TopicName": "one"})})
    stacks.create("app", good)
    before = stacks.resources("app")

    body["Resources"]["Topic"] = good["Resources"]["Topic"]
    assert stacks.update("app", body) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.resources("app") == before
    assert len(stacks.aws("sns").list_topics()["Topics"]) == 1


@pytest.mark.aws_row("R13")
def test_stack_that_never_worked_cannot_be_updated(stacks: Stacks) -> None:
    stacks.create("app", template({"Only": BROKEN}))

    with pytest.raises(ClientError, match="ROLLBACK_COMPLETE state and can not be updated"):
        stacks.update("app", template({"Only": parameter("x")}))


@pytest.mark.aws_row("R11")
def test_equal_template_and_values_are_no_update(stacks: Stacks) -> None:
    body = template({"Only": parameter("same")}, Parameters={"Unused": text("a")})
    stacks.create("app", body)

    with pytest.raises(ClientError, match=r"No updates are to be performed\."):
        stacks.update("app", body)
    assert stacks.update("app", body, Unused="b") == "UPDATE_COMPLETE"


@pytest.mark.aws_row("R9", "R119")
def test_custom_named_resource_is_not_replaced(stacks: Stacks) -> None:
    named = {"ModelPackageGroupName": "fixed", "ModelPackageGroupDescription": "one"}
    stacks.create("app", template({"Group": ("AWS::SageMaker::ModelPackageGroup", named)}))
    other = {**named, "ModelPackageGroupDescription": "two"}

    status = stacks.update("app", template({"Group": ("AWS::SageMaker::ModelPackageGroup", other)}))

    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Rename fixed" in stacks.reason("app")


def test_retain_keeps_a_resource_that_leaves_the_template_or_the_stack(stacks: Stacks) -> None:
    kept = [
        {"Type": kind, "Properties": properties, "DeletionPolicy": "Retain"}
        for kind, properties in (parameter("1", "/1"), parameter("2", "/2"))
    ]
    stacks.create("app", template({"A": kept[0], "B": kept[1], "C": parameter("3", "/3")}))

    stacks.update("app", template({"B": kept[1], "C": parameter("3", "/3")}))
    stacks.delete("app")

    assert [stacks.ssm(name) for name in ("/1", "/2", "/3")] == ["1", "2", None]
    assert "app" not in stacks.names()


def test_replaced_resource_stays_when_its_replace_policy_says_so(stacks: Stacks) -> None:
    def body(name: str) -> dict[str, object]:
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
        return template({"Topic": {**topic, "UpdateReplacePolicy": "Retain"}})

    stacks.create("app", body("one"))
    stacks.update("app", body("two"))

    arns = {topic["TopicArn"].split(":")[-1] for topic in stacks.aws("sns").list_topics()["Topics"]}
    assert arns == {"one", "two"}


@pytest.mark.aws_row("R17")
def test_protected_stack_is_not_deleted_until_the_protection_is_lifted(stacks: Stacks) -> None:
    stacks.create("app", template({"Only": parameter("x")}))
    protect = stacks.aws("cloudformation").update_termination_protection

    protect(StackName="app", EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        stacks.delete("app")
    assert stacks.ssm("/name") == "x"

    protect(StackName="app", EnableTerminationProtection=False)
    stacks.delete("app")
    assert stacks.ssm("/name") is None


@pytest.mark.aws_row("R19")
def test_resource_that_cannot_be_deleted_leaves_the_stack_to_try_again(stacks: Stacks) -> None:
    stacks.create("app", template({"Bucket": ("AWS::S3::Bucket", {"BucketName": "full"})}))
    stacks.aws("s3").put_object(Bucket="full", Key="key", Body=b"x")

    stacks.delete("app")
    assert stacks.status("app") == "DELETE_FAILED"
    assert "not empty" in stacks.reason("app")

    stacks.aws("s3").delete_object(Bucket="full", Key="key")
    stacks.delete("app")
    assert stacks.names() == set()


def test_second_stack_of_the_same_name_is_refused(stacks: Stacks) -> None:
    stacks.create("app", template({"Only": parameter("x")}))

    with pytest.raises(ClientError, match="already exists") as refusal:
        stacks.create("app", template({"Only": parameter("x")}))
    assert refusal.value.response["Error"]["Code"] == "AlreadyExistsException"


@pytest.mark.aws_row("R30")
def test_iam_resources_need_the_callers_acknowledgement(stacks: Stacks) -> None:
    role: Declared = ("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": []}})

    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_IAM\]"):
        stacks.aws("cloudformation").create_stack(
            StackName="app", TemplateBody=json.dumps(template({"Role": role}))
        )
    assert stacks.names() == set()
