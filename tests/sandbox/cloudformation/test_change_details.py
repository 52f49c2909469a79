"""The details of a change: which property differs, why, and whether that replaces a resource."""

from typing import Any

import pytest

from sandbox.cloudformation import change_details
from sandbox.handlers.resource import StackResource

BUCKET, RDS = "AWS::S3::Bucket", "AWS::RDS::DBInstance"
REGION = "us-east-1"


def resource(kind: str = BUCKET, **policies: str) -> StackResource:
    return StackResource("stack", "id", "A", kind, {}, physical_id="a", **policies)  # type: ignore[arg-type]


def properties(**given: Any) -> dict[str, Any]:
    return {"Properties": given}


def modified(
    old: dict[str, Any],
    new: dict[str, Any],
    moved: dict[str, str] | None = None,
    one: StackResource | None = None,
) -> dict[str, Any]:
    return change_details.modified(one or resource(), old, new, moved or {}, REGION)


@pytest.mark.parametrize(
    ("old", "new", "scope", "replacement"),
    [
        (properties(BucketName="a"), properties(BucketName="b"), ["Properties"], "True"),
        (properties(VersioningConfiguration=1), properties(), ["Properties"], "False"),
        (properties(Tags=[1]), properties(Tags=[2]), ["Tags"], "False"),
        (properties(), {**properties(), "DeletionPolicy": "Retain"}, ["DeletionPolicy"], "False"),
        ({}, {"Metadata": {"a": 1}}, ["Metadata"], "False"),
        ({}, {"CreationPolicy": {}}, ["CreationPolicy"], "False"),
        ({}, {"UpdatePolicy": {}}, ["UpdatePolicy"], "False"),
        ({}, {"UpdateReplacePolicy": "Retain"}, ["UpdateReplacePolicy"], "False"),
        ({}, {"DependsOn": "B"}, [], "False"),
    ],
)
def test_a_change_names_its_scope_and_whether_it_replaces(
    old: dict[str, Any], new: dict[str, Any], scope: list[str], replacement: str
) -> None:
    change = modified(old, new)

    assert (change["Scope"], change["Replacement"]) == (scope, replacement)


def test_a_detail_names_its_property_but_for_tags() -> None:
    change = modified(properties(BucketName="a", Tags=[1]), properties(BucketName="b", Tags=[2]))

    targets = [one["Target"] for one in change["Details"]]
    assert targets == [
        {"Attribute": "Properties", "RequiresRecreation": "Always", "Name": "BucketName"},
        {"Attribute": "Tags", "RequiresRecreation": "Never"},
    ]


@pytest.mark.parametrize(
    ("source", "evaluation", "replacement"),
    [
        ("ParameterReference", "Static", "True"),
        ("ResourceReference", "Dynamic", "Conditional"),
    ],
)
def test_a_value_that_is_known_at_execution_replaces_perhaps(
    source: str, evaluation: str, replacement: str
) -> None:
    same = properties(BucketName={"Ref": "P"}, Tags=[{"Ref": "Q"}])

    change = modified(same, same, {"P": source})

    (detail,) = change["Details"]
    assert (detail["Evaluation"], detail["ChangeSource"]) == (evaluation, source)
    assert detail["CausingEntity"] == "P"
    assert change["Replacement"] == replacement


def test_a_property_that_replaces_in_some_cases_says_so() -> None:
    one = resource("AWS::Budgets::Budget")
    old, new = (properties(Budget={"BudgetName": name, "Limit": 1}) for name in ("a", "b"))
    assert modified(old, new, one=one)["Replacement"] == "True"

    new = properties(Budget={"BudgetName": "a", "Limit": 2})
    assert modified(old, new, one=one)["Replacement"] == "False"


@pytest.mark.parametrize(
    ("policy", "removed", "replaced"),
    [
        ("Delete", "Delete", "ReplaceAndDelete"),
        ("Retain", "Retain", "ReplaceAndRetain"),
        ("Snapshot", "Snapshot", "ReplaceAndSnapshot"),
        ("RetainExceptOnCreate", "Delete", "ReplaceAndDelete"),
    ],
)
def test_a_policy_says_what_becomes_of_the_old_one(
    policy: str, removed: str, replaced: str
) -> None:
    one = resource(deletion_policy=policy, replace_policy=policy)

    assert change_details.removed(one)["PolicyAction"] == removed
    change = modified(properties(BucketName="a"), properties(BucketName="b"), one=one)
    assert change["PolicyAction"] == replaced
    assert "PolicyAction" not in modified(properties(), properties(Tags=[1]), one=one)
