"""Verdicts about whole stacks, exports and scaled variants, by hand-made environments."""

from dataclasses import replace
from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.plan.deployment_plan import plan
from reviewer.plan.verdict import Deployed, Verdict
from tests.reviewer.handmade import UNPRICED, environment, stack

TOPIC = "AWS::SNS::Topic"


def verdicts(old: Assembly, new: Assembly, **deployed: Any) -> list[Verdict]:
    return [*plan(Deployed(old, **deployed), new, UNPRICED).verdicts]


def of(**sections: Any) -> Assembly:
    """An environment of one stack of one topic."""
    one = stack({"It": {"Type": TOPIC, "Properties": {}}})
    one.template.update(sections)
    return environment(one)


SAME = of()


@pytest.mark.parametrize(
    ("state", "way"),
    [
        ("UPDATE_IN_PROGRESS", "wait until it is over: ./kiban status --env x"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "wait until it is over"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name kiban-x-Storage"),
        ("ROLLBACK_FAILED", "delete-stack --stack-name kiban-x-Storage"),
        ("DELETE_FAILED", "delete-stack --stack-name kiban-x-Storage"),
        ("UPDATE_FAILED", "rollback-stack --stack-name kiban-x-Storage"),
        ("CREATE_FAILED", "rollback-stack --stack-name kiban-x-Storage"),
        ("REVIEW_IN_PROGRESS", None),
        ("UPDATE_COMPLETE", None),
        ("ROLLBACK_COMPLETE", None),
    ],
)
def test_a_stack_that_refuses_an_update_says_how_it_takes_one_again(
    state: str, way: str | None
) -> None:
    found = verdicts(SAME, SAME, states={"Storage": state})
    if way is None:
        assert found == []
        return
    (refused,) = found
    assert (refused.kind, refused.at) == ("refused", "Storage")
    assert refused.said == f"Stack kiban-x-Storage is in {state} state and can not be updated"
    assert any(way in step for step in refused.recipe)
    assert refused.recipe[-1] == "./kiban deploy --env x"


@pytest.mark.parametrize(
    "section", ["Conditions", "Mappings", "Parameters", "Rules", "Transform", "Hooks"]
)
def test_a_section_that_decides_which_resources_there_are_needs_an_eye(section: str) -> None:
    (found,) = verdicts(SAME, of(**{section: {"A": {"Type": "String"}}}))

    assert (found.kind, found.at) == ("look", "Storage")
    assert found.said == f"{section}: they decide which resources there are"


def test_a_description_decides_nothing() -> None:
    assert verdicts(SAME, of(Description="new")) == []


def test_a_stack_that_the_file_no_longer_has_stays_and_bills() -> None:
    (found,) = verdicts(SAME, SAME, strays=("kiban-x-Training-old",))

    assert (found.kind, found.at) == ("look", "kiban-x-Training-old")
    assert any("deploy --prune" in step for step in found.recipe)


def test_another_name_of_the_platform_would_make_everything_anew() -> None:
    nothing = replace(SAME, stacks=())

    (refused, added) = verdicts(nothing, SAME, other_stages=("old-x",))

    assert (refused.kind, refused.at, added.kind) == ("refused", "kiban-x", "added")
    assert 'to keep it: write platform name = "old"' in refused.recipe
    assert verdicts(SAME, SAME, other_stages=("old-x",)) == []


def exporting(value: Any = None, *, name: str = "kiban:It", user: bool = True) -> Assembly:
    """A stack that exports its topic, and one that may import it."""
    one = stack({"It": {"Type": TOPIC, "Properties": {"TopicName": "t"}}})
    one.template["Outputs"] = {
        "Out": {"Value": value or {"Ref": "It"}, "Export": {"Name": name}},
        "Plain": {"Value": "x"},
    }
    shown = {"Fn::ImportValue": "kiban:It"} if user else "x"
    two = stack({"User": {"Type": TOPIC, "Properties": {"DisplayName": shown}}}, "Other")
    return environment(one, two)


def refusals(old: Assembly, new: Assembly, **deployed: Any) -> list[str]:
    return [it.said for it in verdicts(old, new, **deployed) if it.type == "CloudFormation::Export"]


def test_an_export_in_use_is_neither_dropped_nor_changed() -> None:
    assert refusals(exporting(), exporting(name="kiban:New")) == [
        "Export kiban:It cannot be deleted as it is in use by kiban-x-Other"
    ]
    assert refusals(exporting(), exporting("fixed")) == [
        "Export kiban:It cannot be updated as it is in use by kiban-x-Other ({Storage/It} becomes "
        "fixed)"
    ]
    assert refusals(exporting(), exporting(user=False)) == []
    assert refusals(exporting(user=False), exporting(name="kiban:New", user=False)) == []


def test_a_stack_elsewhere_may_use_an_export_too() -> None:
    (said,) = refusals(
        exporting(user=False),
        exporting(name="kiban:New", user=False),
        importers={"kiban:It": ("theirs",), "other": ("nobody",)},
    )

    assert said == "Export kiban:It cannot be deleted as it is in use by theirs"


def test_an_export_of_what_is_replaced_changes_with_it() -> None:
    after = exporting()
    after.stacks[0].template["Resources"]["It"]["Properties"] = {"TopicName": "another"}

    (said,) = refusals(exporting(), after)

    assert said.endswith("(Storage/It is replaced: TopicName)")


def test_an_output_that_only_a_stack_to_come_imports_is_free() -> None:
    before, after = exporting(user=False), exporting("fixed")

    assert refusals(before, after) == []
    gone = replace(after, stacks=after.stacks[1:])
    assert refusals(exporting(), gone) == []


CONFIG, TARGET = "AWS::SageMaker::EndpointConfig", "AWS::ApplicationAutoScaling::ScalableTarget"


def scaled(machine: str = "ml.m5.large", name: str = "All", *, target: bool = True) -> Assembly:
    variants = [{"VariantName": name, "InstanceType": machine, "InitialInstanceCount": 1}]
    resources = {"Config": {"Type": CONFIG, "Properties": {"ProductionVariants": variants}}}
    if target:
        resource = {"ResourceId": "endpoint/e/variant/All", "MinCapacity": 1, "MaxCapacity": 2}
        resources["Target"] = {"Type": TARGET, "Properties": resource}
    return environment(stack(resources, "Inference-churn"))


def on_config(old: Assembly, new: Assembly, **deployed: Any) -> list[tuple[str, str]]:
    return [
        (it.kind, it.said)
        for it in verdicts(old, new, **deployed)
        if it.at == "Inference-churn/Config"
    ]


def test_a_scaled_variant_gets_another_machine_in_three_steps() -> None:
    ((kind, said),) = on_config(scaled(), scaled("ml.m5.xlarge"))

    assert kind == "look"
    assert said.startswith("InstanceType ml.m5.large becomes ml.m5.xlarge while the variant All")
    ((kind, said),) = on_config(scaled(), scaled("ml.m5.xlarge", target=False))
    assert said.startswith("InstanceType ml.m5.large becomes")


def test_a_scaled_variant_does_not_go_away() -> None:
    ((kind, said),) = on_config(scaled(), scaled(name="New"))

    assert (kind, said) == (
        "refused",
        "the variant All goes away while it is a target of auto scaling",
    )


@pytest.mark.parametrize(
    ("old", "deployed"),
    [
        (scaled(target=False), {}),
        (scaled(), {"absent": frozenset({("Inference-churn", "Target")})}),
        (scaled(name="Other"), {}),
    ],
)
def test_a_variant_that_is_not_scaled_is_simply_replaced(
    old: Assembly, deployed: dict[str, Any]
) -> None:
    found = on_config(old, scaled("ml.m5.xlarge", target=False), **deployed)

    assert all("auto scaling" not in said for _, said in found)
    assert [kind for kind, _ in found] == ["replaced"]
