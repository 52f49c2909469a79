"""A new model that equals an existing one asks nobody; what it has that the other has not does."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from reviewer.assembly import Assembly, SynthesisedStack
from reviewer.changes.finding import Finding
from reviewer.changes.revision_diff import compare
from tests.reviewer.conftest import only
from tests.reviewer.handmade import UNPRICED, environment, stack

Change = Callable[[SynthesisedStack], object]


def _second(one: SynthesisedStack) -> SynthesisedStack:
    """The same stack for another model."""

    def renamed(value: Any) -> Any:
        return json.loads(json.dumps(value).replace("churn", "fraud"))

    acknowledged = tuple(
        replace(item, path=item.path.replace("churn", "fraud")) for item in one.acknowledged
    )
    return replace(
        one,
        name=one.name.replace("churn", "fraud"),
        label=one.label.replace("churn", "fraud"),
        template=renamed(one.template),
        acknowledged=acknowledged,
        names=renamed(one.names),
        model="fraud",
    )


def asked(prod: Assembly, label: str = "", change: Change | None = None) -> list[Finding]:
    """What asks, but for the cost, when prod gets a second model that `change` is applied to."""
    added = [_second(one) for one in prod.stacks if one.model == "churn"]
    for one in added:
        if change is not None and one.label == label:
            change(one)
    after = replace(prod, stacks=(*prod.stacks, *(replace(one) for one in added)))
    found = compare(prod, after, UNPRICED).findings
    return [item for item in found if item.needs_person and item.area != "cost"]


def test_a_model_like_another_asks_nobody_and_says_in_one_line_what_it_was_compared_with(
    prod: Assembly,
) -> None:
    added = [_second(one) for one in prod.stacks if one.model == "churn"]
    found = compare(prod, replace(prod, stacks=(*prod.stacks, *added)), UNPRICED).findings

    assert asked(prod) == []
    (told,) = [item.said for item in found if item.rule == "model-added"]
    assert told.startswith("the model `fraud` is added; its ")
    assert "compared with those of `churn`" in told


def _wide(one: SynthesisedStack) -> None:
    policy = only(one, "AWS::IAM::ManagedPolicy", "JobRole").properties["PolicyDocument"]
    policy["Statement"].append(
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::elsewhere/*"}
    )


def _set(kind: str, part: str, name: str, value: Any) -> Change:
    return lambda one: only(one, kind, part).properties.__setitem__(name, value)


@pytest.mark.parametrize(
    ("label", "change", "rule", "at"),
    [
        ("Training-fraud", _wide, "permission-added", "Training-fraud/JobRole"),
        (
            "Inference-fraud",
            _set("AWS::SageMaker::Model", "", "EnableNetworkIsolation", False),
            "isolation-off",
            "Inference-fraud/Model",
        ),
        (
            "Inference-fraud",
            _set("AWS::Logs::LogGroup", "Model", "RetentionInDays", 1),
            "log-retention-shortened",
            "Inference-fraud/Model/Logs",
        ),
        (
            "Inference-fraud",
            lambda one: only(one, "AWS::Logs::LogGroup", "Model").body.pop("DeletionPolicy"),
            "retention-removed",
            "Inference-fraud/Model/Logs",
        ),
        (
            "Inference-fraud",
            lambda one: one.template.update({"Transform": "Macro"}),
            "template-section-changed",
            "Inference-fraud/Transform",
        ),
        (
            "Inference-fraud",
            lambda one: one.template["Outputs"].update({"More": {"Value": "hunter2"}}),
            "output-added",
            "Inference-fraud/Outputs/More",
        ),
        (
            "Training-fraud",
            lambda one: one.template["Resources"].update(
                {"More": {"Type": "AWS::SQS::Queue", "Properties": {}}}
            ),
            "data-store-added",
            "Training-fraud/More",
        ),
    ],
    ids=["permission", "isolation", "retention", "deletion", "macro", "output", "resource"],
)
def test_what_the_other_model_has_not_asks(
    label: str, change: Change, rule: str, at: str, prod: Assembly
) -> None:
    assert (rule, at) in [(item.rule, item.at) for item in asked(prod, label, change)]


def _shared(*models: str, extra: dict[str, Any] | None = None) -> Assembly:
    """A bucket with a rule for each model, and the stack of each."""
    rules = [{"Id": f"Old-{m}", "Prefix": f"{m}/", "Status": "Enabled"} for m in models]
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "InventoryConfigurations": [*rules, *([extra] if extra else [])],
            "AnalyticsConfigurations": {"Of": ",".join(models)},
        },
    }
    own = [replace(stack({}, f"Training-{m}"), model=m) for m in models]
    return environment(stack({"Data": bucket}), *own)


def test_what_all_models_share_asks_only_for_what_no_other_model_has() -> None:
    def asks(after: Assembly) -> list[str]:
        found = compare(_shared("a"), after, UNPRICED).findings
        return [item.said for item in found if item.needs_person]

    assert asks(_shared("a", "b")) == []
    more = {"Id": "Old-b-too", "Prefix": "b/", "Status": "Disabled"}
    assert asks(_shared("a", "b", extra=more)) == [
        "lists of what it holds are written somewhere: InventoryConfigurations"
    ]


def test_a_word_that_only_begins_with_the_name_of_a_model_is_another() -> None:
    before, after = _shared("a"), _shared("a", "b")
    bucket = after.stacks[0].template["Resources"]["Data"]["Properties"]
    bucket["AnalyticsConfigurations"]["Of"] = "a,bb"

    found = compare(before, after, UNPRICED).findings

    assert [item.said for item in found if item.needs_person] == [
        "lists of what it holds are written somewhere: AnalyticsConfigurations"
    ]
