"""What exists already becomes part of a stack by a change set of type IMPORT, as on AWS."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cfn.catalogue import rows
from tests.sandbox.engine.stacks import Stacks, Template, template

KEPT: dict[str, Any] = {
    "Logs": {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": "/kept"},
        "DeletionPolicy": "RetainExceptOnCreate",
    },
    "Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
    "Key": {
        "Type": "AWS::KMS::Key",
        "Properties": {
            "KeyPolicy": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": {"Ref": "AWS::AccountId"}},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            }
        },
        "DeletionPolicy": "Retain",
    },
    "Images": {"Type": "AWS::ECR::Repository", "DeletionPolicy": "Retain"},
    "Versions": {
        "Type": "AWS::SageMaker::ModelPackageGroup",
        "Properties": {"ModelPackageGroupName": "churn"},
        "DeletionPolicy": "Retain",
    },
}


def plan(
    stacks: Stacks, body: Template, imported: dict[str, str], name: str = "app", **more: Any
) -> dict[str, Any]:
    """Create a change set of type IMPORT and describe it."""
    formation = stacks.aws("cloudformation")
    to_import = [
        {
            "ResourceType": body["Resources"].get(logical_id, {}).get("Type", "AWS::S3::Bucket"),
            "LogicalResourceId": logical_id,
            "ResourceIdentifier": {"Id": identifier},
        }
        for logical_id, identifier in imported.items()
    ]
    which = {"StackName": name, "ChangeSetName": "import"}
    formation.create_change_set(
        **which,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(body),
        ResourcesToImport=to_import,
        **more,
    )
    return dict(formation.describe_change_set(**which))


def execute(stacks: Stacks, name: str = "app") -> str:
    formation = stacks.aws("cloudformation")
    formation.execute_change_set(StackName=name, ChangeSetName="import")
    return stacks.settled(name)


@pytest.fixture
def kept(stacks: Stacks) -> dict[str, str]:
    """Physical ids of what a deleted stack left, by logical id."""
    assert stacks.create("app", template(KEPT)) == "CREATE_COMPLETE", stacks.reason("app")
    ids = stacks.resources("app")
    stacks.aws("sagemaker").create_model_package(ModelPackageGroupName="churn")
    stacks.aws("s3").put_object(Bucket=ids["Bucket"], Key="rows.csv", Body=b"1,2")
    stacks.delete("app")
    return ids


def test_a_deleted_stack_tells_what_it_left(stacks: Stacks, kept: dict[str, str]) -> None:
    formation = stacks.aws("cloudformation")
    (gone,) = formation.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]

    left = formation.list_stack_resources(StackName=gone["StackId"])["StackResourceSummaries"]

    assert {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in left} == kept
    assert {one["ResourceStatus"] for one in left} == {"DELETE_SKIPPED"}


@pytest.mark.aws_row("R7")
def test_a_stack_does_not_take_a_bucket_that_somebody_made(stacks: Stacks) -> None:
    stacks.aws("s3").create_bucket(Bucket="by-hand")

    status = stacks.create(
        "app", template({"Data": ("AWS::S3::Bucket", {"BucketName": "by-hand"})})
    )

    assert status == "ROLLBACK_COMPLETE"
    assert (
        "Resource of type 'AWS::S3::Bucket' with identifier 'by-hand' already exists."
        in stacks.reason("app")
    )
    assert stacks.aws("s3").head_bucket(Bucket="by-hand")


@pytest.mark.aws_row("R10")
@pytest.mark.parametrize(
    ("policy", "content", "status"),
    [
        ("Delete", b"x", "FAILED"),
        ("Retain", b"x", "CREATE_COMPLETE"),
        ("Delete", None, "CREATE_COMPLETE"),
    ],
)
def test_a_change_set_that_deletes_a_bucket_with_objects_fails(
    stacks: Stacks, policy: str, content: bytes | None, status: str
) -> None:
    full = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": "full"},
        "DeletionPolicy": policy,
    }
    queue = {"Type": "AWS::SQS::Queue"}
    stacks.create("app", template({"Queue": queue, "Full": full}))
    if content is not None:
        stacks.aws("s3").put_object(Bucket="full", Key="k", Body=content)
    formation, which = stacks.aws("cloudformation"), {"StackName": "app", "ChangeSetName": "less"}

    body = json.dumps(template({"Queue": queue}))
    formation.create_change_set(**which, TemplateBody=body, ChangeSetType="UPDATE")

    assert formation.describe_change_set(**which)["Status"] == status
    events = formation.describe_events(**which)["OperationEvents"]
    assert [(one["ValidationName"], one["ValidationStatusReason"]) for one in events] == [
        (
            "BUCKET_EMPTINESS_VALIDATION",
            "The bucket 'full' is not empty. You must either delete all objects and versions or "
            "use the deletion policy to retain it, otherwise the delete operation will fail.",
        )
    ] * (status == "FAILED")


@pytest.mark.aws_row("R7")
def test_creating_what_was_left_is_refused(stacks: Stacks, kept: dict[str, str]) -> None:
    assert stacks.create("app", template({"Logs": KEPT["Logs"]})) == "ROLLBACK_COMPLETE"
    assert "The specified log group already exists" in stacks.reason("app")


def test_an_import_takes_it_all_back_with_what_it_holds(
    stacks: Stacks, kept: dict[str, str]
) -> None:
    described = plan(stacks, template(KEPT), kept)
    actions = {one["ResourceChange"]["Action"] for one in described["Changes"]}
    assert (described["Status"], actions) == ("CREATE_COMPLETE", {"Import"})

    assert execute(stacks) == "IMPORT_COMPLETE", stacks.reason("app")

    assert stacks.resources("app") == kept
    found = {"Arn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}}}
    assert stacks.update("app", template(KEPT, Outputs=found)) == "UPDATE_COMPLETE"
    assert stacks.outputs("app")["Arn"].endswith(kept["Key"])
    assert stacks.resources("app") == kept
    assert stacks.aws("s3").get_object(Bucket=kept["Bucket"], Key="rows.csv")
    versions = stacks.aws("sagemaker").list_model_packages(ModelPackageGroupName="churn")
    assert len(versions["ModelPackageSummaryList"]) == 1


def test_every_type_that_can_be_imported_has_a_case() -> None:
    importable = {kind for kind, facts in rows().items() if facts.import_id}

    assert importable == {body["Type"] for body in KEPT.values()}


def _without(key: str) -> Template:
    return template({"Logs": {k: v for k, v in KEPT["Logs"].items() if k != key}})


REFUSED: dict[str, tuple[Template, dict[str, str], dict[str, Any], str]] = {
    "no policy": (
        _without("DeletionPolicy"),
        {"Logs": "/kept"},
        {},
        "The following resources to import [Logs] must have DeletionPolicy attribute",
    ),
    "outputs": (
        template({"Logs": KEPT["Logs"]}, Outputs={"Name": {"Value": {"Ref": "Logs"}}}),
        {"Logs": "/kept"},
        {},
        "As part of the import operation, you cannot modify or add [Outputs]",
    ),
    "tags": (
        template({"Logs": KEPT["Logs"]}),
        {"Logs": "/kept"},
        {"Tags": [{"Key": "team", "Value": "fraud"}]},
        "As part of the import operation, you cannot modify or add [Tags]",
    ),
    "type": (
        template({"Rule": {"Type": "AWS::Events::Rule", "DeletionPolicy": "Retain"}}),
        {"Rule": "arn"},
        {},
        "ResourceTypes [AWS::Events::Rule] are not supported for Import",
    ),
    "others": (
        template({"Logs": KEPT["Logs"], "Queue": ("AWS::SQS::Queue", {})}),
        {"Logs": "/kept"},
        {},
        "You have modified resources [Queue] in your template that are not being imported",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.aws_row("R33", "R34", "R35")
def test_an_import_is_refused_at_the_change_set(
    stacks: Stacks, kept: dict[str, str], case: str
) -> None:
    body, imported, more, reason = REFUSED[case]

    described = plan(stacks, body, imported, **more)

    assert described["Status"] == "FAILED"
    assert reason in described["StatusReason"]
    with pytest.raises(ClientError, match="cannot be executed in its current status"):
        execute(stacks)


def test_what_does_not_exist_or_belongs_to_another_stack_is_not_imported(stacks: Stacks) -> None:
    body = template({"Logs": KEPT["Logs"]})
    plan(stacks, body, {"Logs": "/kept"}, "first")
    assert execute(stacks, "first") == "IMPORT_ROLLBACK_COMPLETE"
    assert "'/kept' was not found" in stacks.reason("first")

    stacks.create("owner", body)
    refused = plan(stacks, body, {"Logs": "/kept"}, "second")
    assert "already exists in stack" in refused["StatusReason"]
    assert stacks.resources("owner") == {"Logs": "/kept"}


def named(ids: dict[str, str]) -> Template:
    """The kept resources under the names they have, but for the key, which has none."""
    body = copy.deepcopy(KEPT)
    body["Bucket"]["Properties"] = {"BucketName": ids["Bucket"]}
    body["Images"]["Properties"] = {"RepositoryName": {"Fn::Sub": ids["Images"]}}
    return template(body)


@pytest.mark.aws_row("R6")
def test_a_change_set_that_gives_a_taken_name_fails_and_its_events_say_which(
    stacks: Stacks, kept: dict[str, str]
) -> None:
    formation = stacks.aws("cloudformation")
    which = {"StackName": "again", "ChangeSetName": "new"}
    formation.create_change_set(
        **which, TemplateBody=json.dumps(named(kept)), ChangeSetType="CREATE"
    )

    described = formation.describe_change_set(**which)
    events = formation.describe_events(**which)["OperationEvents"]

    assert (described["Status"], described["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "AWS::EarlyValidation::ResourceExistenceCheck" in described["StatusReason"]
    assert {one["ValidationPath"]: one["ValidationStatusReason"] for one in events} == {
        f"/Resources/{logical_id}/Properties/{name}": (
            f"Resource of type '{KEPT[logical_id]['Type']}' with identifier '{taken}' "
            "already exists."
        )
        for logical_id, name, taken in [
            ("Logs", "LogGroupName", "/kept"),
            ("Bucket", "BucketName", kept["Bucket"]),
            ("Images", "RepositoryName", kept["Images"]),
            ("Versions", "ModelPackageGroupName", "churn"),
        ]
    }
    assert {one["EventType"] for one in events} == {"VALIDATION_ERROR"}


def test_names_that_nobody_has_fail_no_change_set(stacks: Stacks) -> None:
    formation = stacks.aws("cloudformation")
    which = {"StackName": "fresh", "ChangeSetName": "new"}
    free = dict.fromkeys(KEPT, "nobodys-name")
    formation.create_change_set(
        **which, TemplateBody=json.dumps(named(free)), ChangeSetType="CREATE"
    )

    assert formation.describe_change_set(**which)["Status"] == "CREATE_COMPLETE"
    assert formation.describe_events(**which)["OperationEvents"] == []


def test_events_of_anything_but_a_change_set_are_not_emulated(stacks: Stacks) -> None:
    with pytest.raises(ClientError, match="with ChangeSetName only"):
        stacks.aws("cloudformation").describe_events(StackName="app")
