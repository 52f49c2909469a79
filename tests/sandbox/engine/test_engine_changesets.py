from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.engine.stacks import Stacks, Template, parameter, template, text


def _plan(stacks: Stacks, body: Template, kind: str, **settings: Any) -> dict[str, Any]:
    cloudformation = stacks.aws("cloudformation")
    cloudformation.create_change_set(
        StackName="app",
        ChangeSetName="plan",
        ChangeSetType=kind,
        TemplateBody=json.dumps(body),
        **settings,
    )
    return dict(cloudformation.describe_change_set(StackName="app", ChangeSetName="plan"))


def _changes(plan: dict[str, Any]) -> set[str]:
    changes = [change["ResourceChange"] for change in plan["Changes"]]
    return {f"{change['Action']} {change['LogicalResourceId']}" for change in changes}


def test_change_set_makes_nothing_until_it_is_executed(stacks: Stacks) -> None:
    plan = _plan(stacks, template({"Only": parameter("x")}), "CREATE")

    assert (_changes(plan), stacks.status("app")) == ({"Add Only"}, "REVIEW_IN_PROGRESS")
    assert stacks.ssm("/name") is None

    stacks.aws("cloudformation").execute_change_set(StackName="app", ChangeSetName="plan")
    assert (stacks.ssm("/name"), stacks.status("app")) == ("x", "CREATE_COMPLETE")


def test_change_set_tells_what_it_adds_modifies_and_removes(stacks: Stacks) -> None:
    value = {"Ref": "Value"}
    first = {
        "Kept": parameter("same", "/kept"),
        "Changed": parameter(value, "/changed"),  # type: ignore[arg-type]
        "Follows": parameter({"Fn::GetAtt": ["Changed", "Value"]}, "/follows"),  # type: ignore[arg-type]
        "Gone": parameter("x", "/gone"),
    }
    declared = {"Value": text("one")}
    stacks.create("app", template(first, Parameters=declared))
    del first["Gone"]
    second = template({**first, "New": parameter("x", "/new")}, Parameters=declared)

    given = [{"ParameterKey": "Value", "ParameterValue": "two"}]
    plan = _plan(stacks, second, "UPDATE", Parameters=given)

    assert _changes(plan) == {"Add New", "Modify Changed", "Modify Follows", "Remove Gone"}


def test_change_set_without_changes_says_so_and_cannot_be_executed(stacks: Stacks) -> None:
    body = template({"Only": parameter("x")})
    stacks.create("app", body)

    plan = _plan(stacks, body, "UPDATE")

    assert plan["Status"] == "FAILED"
    assert "didn't contain changes" in plan["StatusReason"]
    with pytest.raises(ClientError, match="cannot be executed"):
        stacks.aws("cloudformation").execute_change_set(StackName="app", ChangeSetName="plan")


def test_new_tags_alone_are_a_change(stacks: Stacks) -> None:
    body = template({"Only": parameter("x")})
    stacks.create("app", body)
    tags = [{"Key": "team", "Value": "ml"}]

    assert _plan(stacks, body, "UPDATE", Tags=tags)["Status"] == "CREATE_COMPLETE"
    stacks.aws("cloudformation").execute_change_set(StackName="app", ChangeSetName="plan")
    assert stacks.describe("app")["Tags"] == tags


def test_unknown_change_set_is_not_found_and_deleting_it_is_fine(stacks: Stacks) -> None:
    stacks.create("app", template({"Only": parameter("x")}))
    cloudformation = stacks.aws("cloudformation")

    with pytest.raises(ClientError) as refusal:
        cloudformation.describe_change_set(StackName="app", ChangeSetName="none")
    assert refusal.value.response["Error"]["Code"] == "ChangeSetNotFound"
    cloudformation.delete_change_set(StackName="app", ChangeSetName="none")


def test_deleted_change_set_is_no_longer_listed(stacks: Stacks) -> None:
    cloudformation = stacks.aws("cloudformation")
    _plan(stacks, template({"Only": parameter("x")}), "CREATE")
    assert len(cloudformation.list_change_sets(StackName="app")["Summaries"]) == 1

    cloudformation.delete_change_set(StackName="app", ChangeSetName="plan")

    assert cloudformation.list_change_sets(StackName="app")["Summaries"] == []


def test_change_set_for_a_stack_that_does_not_exist_is_refused(stacks: Stacks) -> None:
    with pytest.raises(ClientError, match="does not exist"):
        _plan(stacks, template({"Only": parameter("x")}), "UPDATE")


def test_change_set_name_with_a_space_is_refused(stacks: Stacks) -> None:
    with pytest.raises(ClientError, match="Value 'my plan' at 'changeSetName' failed"):
        stacks.aws("cloudformation").create_change_set(
            StackName="app",
            ChangeSetName="my plan",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps(template({"Only": parameter("x")})),
        )


def test_failed_deployment_stays_to_be_looked_at_when_rollback_is_disabled(stacks: Stacks) -> None:
    broken = {"Type": "AWS::SNS::Subscription", "DependsOn": "First"}
    body = template({"First": parameter("x"), "Second": broken})
    _plan(stacks, body, "CREATE")

    stacks.aws("cloudformation").execute_change_set(
        StackName="app", ChangeSetName="plan", DisableRollback=True
    )

    assert stacks.status("app") == "CREATE_FAILED"
    assert stacks.ssm("/name") == "x"
    assert stacks.update("app", template({"First": parameter("y")})) == "UPDATE_COMPLETE"


def test_yaml_template_with_short_tags_is_read_from_a_bucket(stacks: Stacks) -> None:
    stacks.aws("s3").create_bucket(Bucket="templates")
    body = """
Parameters: {Value: {Type: String, Default: 2012-10-17}}
Resources:
  Only:
    Type: AWS::SSM::Parameter
    Properties: {Name: /name, Type: String, Value: !Join ["-", [!Ref Value, !Sub "${AWS::Region}"]]}
"""
    stacks.aws("s3").put_object(Bucket="templates", Key="app.yaml", Body=body.encode())

    stacks.aws("cloudformation").create_stack(
        StackName="app", TemplateURL=f"{stacks.sandbox.url}/templates/app.yaml"
    )

    assert stacks.ssm("/name") == "2012-10-17-us-east-1"


def test_describing_calls_agree_on_resources_and_template(stacks: Stacks) -> None:
    body = template({"Only": parameter("x")}, Description="one parameter")
    stacks.create("app", body)
    cloudformation = stacks.aws("cloudformation")

    one = cloudformation.describe_stack_resource(StackName="app", LogicalResourceId="Only")
    all_of_them = cloudformation.describe_stack_resources(StackName="app")["StackResources"]

    assert one["StackResourceDetail"]["ResourceStatus"] == "CREATE_COMPLETE"
    assert [r["PhysicalResourceId"] for r in all_of_them] == ["/name"]
    assert cloudformation.get_template(StackName="app")["TemplateBody"] == body
    summary = cloudformation.get_template_summary(StackName="app")
    assert summary["ResourceTypes"] == ["AWS::SSM::Parameter"]
    assert stacks.describe("app")["Description"] == "one parameter"
    with pytest.raises(ClientError, match="Resource None does not exist"):
        cloudformation.describe_stack_resource(StackName="app", LogicalResourceId="None")


def test_deleted_stack_is_found_by_its_id_only(stacks: Stacks) -> None:
    stacks.create("app", template({"Only": parameter("x")}))
    stack_id = stacks.describe("app")["StackId"]

    stacks.delete("app")

    assert stacks.status(stack_id) == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="Stack with id app does not exist"):
        stacks.describe("app")
    listed = stacks.aws("cloudformation").list_stacks(StackStatusFilter=["DELETE_COMPLETE"])
    assert [s["StackName"] for s in listed["StackSummaries"]] == ["app"]


def test_operation_that_is_not_emulated_answers_501_at_once(stacks: Stacks) -> None:
    with pytest.raises(ClientError, match="not emulate cloudformation:ListTypes") as refusal:
        stacks.aws("cloudformation").list_types()
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_service_that_is_not_emulated_answers_501_at_once(stacks: Stacks) -> None:
    with pytest.raises(ClientError, match="not emulate pricing:GetProducts") as refusal:
        stacks.aws("pricing").get_products(ServiceCode="AmazonS3")
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def _change(plan: dict[str, Any], name: str) -> dict[str, Any]:
    found = [change["ResourceChange"] for change in plan["Changes"]]
    return dict(next(one for one in found if one["LogicalResourceId"] == name))


def test_change_set_says_which_property_replaces_a_resource(stacks: Stacks) -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/first"}}
    kept = {**group, "UpdateReplacePolicy": "Retain"}
    stacks.create("app", template({"Group": kept}))
    renamed = {**kept, "Properties": {"LogGroupName": "/second", "RetentionInDays": 7}}

    change = _change(_plan(stacks, template({"Group": renamed}), "UPDATE"), "Group")

    assert (change["Replacement"], change["PolicyAction"]) == ("True", "ReplaceAndRetain")
    targets = [detail["Target"] for detail in change["Details"]]
    assert {one["Name"]: one["RequiresRecreation"] for one in targets} == {
        "LogGroupName": "Always",
        "RetentionInDays": "Never",
    }


def test_change_set_says_what_is_changed_in_place(stacks: Stacks) -> None:
    stacks.create("app", template({"Only": parameter("x")}))
    kind, properties = parameter("y")
    other = {"Type": kind, "Properties": properties, "DeletionPolicy": "Retain"}

    change = _change(_plan(stacks, template({"Only": other}), "UPDATE"), "Only")

    assert change["Replacement"] == "False"
    assert change["Scope"] == ["Properties", "DeletionPolicy"]


def test_change_set_leaves_open_what_a_changed_resource_may_cause(stacks: Stacks) -> None:
    first = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}
    filtered = {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": {"Ref": "Group"},
            "FilterPattern": "error",
            "MetricTransformations": [
                {"MetricName": "errors", "MetricNamespace": "app", "MetricValue": "1"}
            ],
        },
    }
    stacks.create("app", template({"Group": first, "Filter": filtered}))
    second = {**first, "Properties": {"RetentionInDays": 14}}

    plan = _plan(stacks, template({"Group": second, "Filter": filtered}), "UPDATE")

    change = _change(plan, "Filter")
    assert change["Replacement"] == "Conditional"
    detail = change["Details"][0]
    assert (detail["Evaluation"], detail["ChangeSource"]) == ("Dynamic", "ResourceReference")
    assert detail["CausingEntity"] == "Group"


def test_another_type_under_one_logical_id_is_refused(stacks: Stacks) -> None:
    stacks.create("app", template({"Only": parameter("x")}))
    other = template({"Only": {"Type": "AWS::SNS::Topic"}})
    reason = r"Update of resource type is not permitted.*\[Only\]"

    plan = _plan(stacks, other, "UPDATE")

    assert plan["Status"] == "FAILED"
    assert "modifies resource type of the following resources: [Only]" in plan["StatusReason"]
    with pytest.raises(ClientError, match=reason):
        stacks.aws("cloudformation").update_stack(StackName="app", TemplateBody=json.dumps(other))
