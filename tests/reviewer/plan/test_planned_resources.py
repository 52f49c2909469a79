"""The verdict on one resource that changes, comes or goes, by hand-made environments."""

from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.resource_diff import Revision, diff_resources
from reviewer.plan.deployment_plan import DeploymentPlan, plan
from reviewer.plan.recipes import Recipes
from reviewer.plan.resource_refusals import resource_refusals
from reviewer.plan.verdict import Deployed
from tests.reviewer.handmade import UNPRICED, one

TOPIC, BUCKET, LOGS = "AWS::SNS::Topic", "AWS::S3::Bucket", "AWS::Logs::LogGroup"
KEY, NOTEBOOK = "AWS::KMS::Key", "AWS::SageMaker::NotebookInstance"


def planned(old: Assembly, new: Assembly, **deployed: Any) -> DeploymentPlan:
    return plan(Deployed(old, **deployed), new, UNPRICED)


def told(old: Assembly, new: Assembly, **deployed: Any) -> list[tuple[str, str, str]]:
    """Kind, place and words of each verdict."""
    return [(it.kind, it.at, it.said) for it in planned(old, new, **deployed).verdicts]


def change(kind: str, old: dict[str, Any], new: dict[str, Any], **body: Any) -> tuple[str, str]:
    """Kind and words of the only verdict when the properties of a resource change."""
    ((verdict, at, said),) = told(one(kind, old, **body), one(kind, new, **body))
    assert at == "Storage/It"
    return verdict, said


@pytest.mark.parametrize(
    ("kind", "old", "new", "verdict", "said"),
    [
        (TOPIC, {"DisplayName": "a"}, {"DisplayName": "b"}, "in place", "DisplayName"),
        (TOPIC, {"DisplayName": "a"}, {"Tags": []}, "in place", "DisplayName and Tags"),
        (TOPIC, {"TopicName": "a"}, {"TopicName": "b"}, "replaced", "because of TopicName"),
        (
            BUCKET,
            {"BucketName": "a"},
            {"BucketName": "b"},
            "data lost",
            "replaced because of BucketName; what it holds is deleted",
        ),
        (
            "AWS::SSM::Parameter",
            {"Type": "String", "Value": "a", "Description": "x"},
            {"Type": "String", "Value": "a", "Description": "y"},
            "look",
            "Description: any update writes the template's Value over the live one",
        ),
        (
            "Custom::Thing",
            {"ServiceToken": "t", "A": 1},
            {"ServiceToken": "t", "A": 2},
            "look",
            "A: what a custom resource does with it only its code knows",
        ),
        (
            "AWS::CloudFormation::CustomResource",
            {"ServiceToken": "t", "A": 1},
            {"ServiceToken": "t", "A": 2},
            "look",
            "A: what a custom resource does with it only its code knows",
        ),
        (
            "AWS::No::Such",
            {"A": 1},
            {"A": 2},
            "look",
            "A: nothing is known of the type AWS::No::Such in us-east-1",
        ),
        (
            TOPIC,
            {"Colour": 1},
            {"Colour": 2},
            "look",
            "Colour: the schema of AWS::SNS::Topic has no such property",
        ),
        *(
            (
                KEY,
                {name: "a"},
                {name: "b"},
                "refused",
                f"{name}: KMS never changes it, and the update fails",
            )
            for name in ("KeySpec", "KeyUsage", "MultiRegion", "Origin")
        ),
    ],
)
def test_a_changed_resource_has_one_verdict(
    kind: str, old: dict[str, Any], new: dict[str, Any], verdict: str, said: str
) -> None:
    assert change(kind, old, new) == (verdict, said)


@pytest.mark.parametrize(
    ("old", "new", "is_refused"),
    [(20, 19, True), (20, 20, False), (19, 20, False), (6, None, True), (5, None, False)],
)
def test_the_disk_of_a_notebook_never_becomes_smaller(
    old: int, new: int | None, is_refused: bool
) -> None:
    def with_disk(size: int | None) -> Assembly:
        return one(NOTEBOOK, {"Tags": [size]} if size is None else {"VolumeSizeInGB": size})

    before, after = with_disk(old), with_disk(new)
    found = diff_resources(Revision(before), Revision(after))

    told_ = [*resource_refusals(found, "us-east-1", Recipes(after))]

    assert [it.kind for it in told_] == (["refused"] if is_refused else [])
    assert all(it.said.startswith(f"VolumeSizeInGB {old} becomes {new or 5}: ") for it in told_)


def test_what_is_replaced_leaves_its_data_where_the_template_says_so() -> None:
    verdict, said = change(
        BUCKET, {"BucketName": "a"}, {"BucketName": "b"}, UpdateReplacePolicy="Retain"
    )

    assert verdict == "data lost"
    assert said.endswith("; the old one stays behind with its data")


@pytest.mark.parametrize(
    ("kind", "policy", "expected"),
    [
        (TOPIC, {}, ("removed", "it goes away")),
        (LOGS, {}, ("data lost", "it goes away; what it holds: deleted with it")),
        (
            LOGS,
            {"DeletionPolicy": "Retain"},
            ("data lost", "it goes away; what it holds: stays"),
        ),
    ],
)
def test_what_goes_away_loses_what_it_holds(
    kind: str, policy: dict[str, str], expected: tuple[str, str]
) -> None:
    there = one(kind, {}, **policy)

    assert told(there, one(kind, None)) == [(expected[0], "Storage/It", expected[1])]
    assert told(one(kind, None), there) == [("added", "Storage/It", "it is made")]


def test_the_first_property_of_a_resource_is_named_alone() -> None:
    assert change(TOPIC, {}, {"DisplayName": "a"}) == ("in place", "DisplayName")
    assert change(TOPIC, {"DisplayName": "a"}, {}) == ("in place", "DisplayName")


def test_metadata_changes_nothing_and_an_attribute_does() -> None:
    def with_body(**body: Any) -> Assembly:
        return one(TOPIC, {"DisplayName": "a"}, **body)

    assert told(with_body(Metadata={"a": 1}), with_body(Metadata={"a": 2})) == []
    assert told(with_body(), with_body(DependsOn=["X"])) == [
        ("in place", "Storage/It", "DependsOn")
    ]


def test_another_type_under_the_same_id_is_refused() -> None:
    ((kind, at, said),) = told(one(TOPIC, {}), one("AWS::SQS::Queue", {}))

    assert (kind, at) == ("refused", "Storage/It")
    assert said.endswith(f"not permitted: {TOPIC} becomes AWS::SQS::Queue under one logical id")


CONFIG = "AWS::SageMaker::EndpointConfig"


@pytest.mark.parametrize(
    ("old", "new", "is_refused"),
    [
        (
            {"EndpointConfigName": "c", "Tags": 1},
            {"EndpointConfigName": "c", "KmsKeyId": "k"},
            True,
        ),
        ({"EndpointConfigName": "c"}, {"EndpointConfigName": "d"}, False),
        ({"KmsKeyId": "j"}, {"KmsKeyId": "k"}, False),
        ({"EndpointConfigName": "c", "KmsKeyId": "j"}, {"KmsKeyId": "k"}, False),
    ],
)
def test_a_replacement_under_the_same_given_name_is_refused(
    old: dict[str, Any], new: dict[str, Any], is_refused: bool
) -> None:
    variants: dict[str, Any] = {"ProductionVariants": []}

    ((kind, _, said),) = told(one(CONFIG, {**variants, **old}), one(CONFIG, {**variants, **new}))

    assert (kind == "refused") is is_refused
    assert ("a custom-named resource (c) requires replacing" in said) is is_refused
