"""Each dangerous change is named, alone, and asks for a person; harmless ones do not."""

import json
from dataclasses import replace

import pytest

from reviewer.assembly import Assembly, SynthesisedStack
from reviewer.changes.finding import Finding
from reviewer.changes.judgements.judge import UNKNOWN
from reviewer.changes.revision_diff import compare
from reviewer.pricing.prices import PriceList
from tests.reviewer.conftest import edited, only
from tests.reviewer.planted import DANGEROUS as PLANTED
from tests.reviewer.planted import HARMLESS
from tests.reviewer.planted_operations import OPERATIONS

UNPRICED = PriceList("us-east-1", {})
DANGEROUS = {**PLANTED, **OPERATIONS}


def asked(before: Assembly, after: Assembly) -> list[Finding]:
    found = compare(before, after, UNPRICED).findings
    return [finding for finding in found if finding.needs_person]


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_dangerous_change_is_named_and_asks_for_a_person(name: str, prod: Assembly) -> None:
    planted = DANGEROUS[name]

    found = asked(prod, edited(prod, planted.stack, planted.change))

    named = [(finding.rule, finding.at) for finding in found]
    assert (planted.rule, planted.at) in named
    assert (UNKNOWN, planted.at) not in named


@pytest.mark.parametrize("name", DANGEROUS)
def test_the_way_back_from_danger_needs_nobody(name: str, prod: Assembly) -> None:
    # A machine, a gate or a replacement is as much of a change in the other direction.
    both_ways = {"machine-changed", "replaced", "gate-changed"}
    planted = DANGEROUS[name]
    if planted.rule in both_ways:
        return

    found = asked(edited(prod, planted.stack, planted.change), prod)

    assert [finding for finding in found if finding.rule == planted.rule] == []


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_is_said_and_asks_nobody(name: str, prod: Assembly) -> None:
    stack, change = HARMLESS[name]
    comparison = compare(prod, edited(prod, stack, change), UNPRICED)

    assert [finding for finding in comparison.findings if finding.needs_person] == []
    assert comparison.marks or comparison.findings


def test_no_change_is_no_finding(prod: Assembly) -> None:
    comparison = compare(prod, prod, UNPRICED)

    assert comparison.findings == ()
    assert comparison.marks == {}
    assert not comparison.needs_person


def test_termination_protection_switched_off_is_named(prod: Assembly) -> None:
    stacks = [
        replace(stack, is_protected=stack.label != "Storage" and stack.is_protected)
        for stack in prod.stacks
    ]

    found = asked(prod, replace(prod, stacks=tuple(stacks)))

    assert [(one.rule, one.at) for one in found] == [("termination-protection-off", "Storage")]


def test_several_changes_are_all_named(prod: Assembly) -> None:
    names = ["versioning off", "0.0.0.0/0 ingress", "alarm removed", "wider trust"]
    after = prod
    for name in names:
        after = edited(after, DANGEROUS[name].stack, DANGEROUS[name].change)

    found = {(one.rule, one.at) for one in asked(prod, after)}

    assert found == {(DANGEROUS[name].rule, DANGEROUS[name].at) for name in names}


def test_a_new_environment_shows_every_role_it_brings(prod: Assembly) -> None:
    found = asked(replace(prod, stacks=()), prod)

    roles = {role.path for role in prod.resources("AWS::IAM::Role")}
    assert roles <= {one.at for one in found if one.rule == "role-added"}
    assert not [one for one in found if one.rule in ("open-to-anybody", "open-to-internet")]


def test_a_new_bucket_for_another_account_is_named(prod: Assembly) -> None:
    def change(stack: SynthesisedStack) -> None:
        account = {"AWS": "arn:aws:iam::444455556666:root"}
        statement = {"Effect": "Allow", "Principal": account, "Action": "s3:*", "Resource": "*"}
        policy = {"Bucket": {"Ref": "New"}, "PolicyDocument": {"Statement": [statement]}}
        bucket = only(stack, "AWS::S3::Bucket", "Data").body
        stack.template["Resources"] |= {
            "New": bucket,
            "NewPolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": policy},
        }

    found = asked(prod, edited(prod, "Storage", change))

    assert [(one.rule, one.at) for one in found] == [
        ("wildcard-action", "Storage/New"),
        ("cost-added", "Storage/New"),
        ("data-store-added", "Storage/New"),
    ]


def test_a_user_with_stored_keys_is_named(prod: Assembly) -> None:
    def change(stack: SynthesisedStack) -> None:
        stack.template["Resources"]["Robot"] = {"Type": "AWS::IAM::User", "Properties": {}}

    found = asked(prod, edited(prod, "Storage", change))

    assert [(one.rule, one.at) for one in found] == [("stored-keys-added", "Storage/Robot")]


def test_a_removed_environment_names_the_data_that_goes(prod: Assembly) -> None:
    found = asked(prod, replace(prod, stacks=()))

    lost = {one.at for one in found if one.rule == "data-removed"}
    assert {item.path for item in prod.resources("AWS::S3::Bucket")} <= lost


def test_a_replaced_model_replaces_what_cannot_change_its_model(prod: Assembly) -> None:
    stack, change = "Inference-churn", DANGEROUS["model may call out"].change
    found = compare(prod, edited(prod, stack, change), UNPRICED).findings

    replaced = {one.at for one in found if one.rule == "replaced"}
    assert {"Inference-churn/Model", "Inference-churn/Endpoint/Config"} <= replaced
    assert "Inference-churn/Endpoint" not in replaced


def test_another_image_is_said_and_asks_nobody(prod: Assembly) -> None:
    tag = next(s for s in prod.stacks if s.label == "Registry").template["Outputs"]["ImageTag"]
    old, new = str(tag["Value"]), "0123456789abcdef"

    def change(stack: SynthesisedStack) -> None:
        fresh = json.loads(json.dumps(stack.template).replace(old, new))
        stack.template.update(fresh)

    for stack in ("Registry", "Training-churn"):
        comparison = compare(prod, edited(prod, stack, change), UNPRICED)
        assert not comparison.needs_person, stack
