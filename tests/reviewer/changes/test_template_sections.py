"""Conditions of a template that nothing depends on are quiet; one that something names asks."""

from typing import Any

import pytest

from reviewer.assembly import Assembly, SynthesisedStack
from tests.reviewer.handmade import environment, findings

_QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {}}
_NOTES = {"Type": "AWS::CDK::Metadata", "Properties": {}, "Condition": "Europe"}


def _with(*, resources: dict[str, Any] | None = None, **sections: Any) -> Assembly:
    template = {"Resources": {"It": _QUEUE, **(resources or {})}, **sections}
    return environment(SynthesisedStack("kiban-x-S", "S", True, (), template, (), {}))


@pytest.mark.parametrize(
    ("more", "asks"),
    [
        ({}, False),
        ({"resources": {"CDKMetadata": _NOTES}}, False),
        ({"Outputs": {"A": {"Value": "a", "Condition": "Europe"}}}, True),
        ({"Rules": {"R": {"RuleCondition": {"Condition": "Europe"}}}}, True),
        ({"Transform": "AWS::LanguageExtensions"}, True),
    ],
)
def test_a_new_condition_asks_where_something_may_depend_on_it(
    more: dict[str, Any], asks: bool
) -> None:
    found = findings(
        _with(**more), _with(**more, Conditions={"Europe": {"Fn::Equals": ["a", "b"]}})
    )

    assert [one.rule for one in found if one.needs_person] == ["condition-added"] * asks


def test_a_resource_that_begins_to_depend_on_an_unused_condition_asks() -> None:
    never = {"Never": {"Fn::Equals": ["a", "b"]}}

    found = findings(
        _with(Conditions=never),
        _with(Conditions=never, resources={"It": {**_QUEUE, "Condition": "Never"}}),
    )

    assert [(one.rule, one.at) for one in found if one.needs_person] == [
        ("condition-changed", "S/It")
    ]
