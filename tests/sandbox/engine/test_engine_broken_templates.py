"""A broken template is a ValidationError at the request, and the sandbox goes on."""

from __future__ import annotations

import copy
import json
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.server.server import Sandbox

WHOLE: dict[str, Any] = {
    "Parameters": {"P": {"Type": "String", "Default": "a", "AllowedPattern": "[a-z]*"}},
    "Mappings": {"M": {"a": {"b": "c"}}},
    "Conditions": {
        "C": {"Fn::Equals": [{"Ref": "P"}, "a"]},
        "D": {"Fn::Not": [{"Condition": "C"}]},
    },
    "Resources": {
        "T": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Sub": "${P}-x"}}},
        "S": {
            "Type": "AWS::SSM::Parameter",
            "Condition": "C",
            "DependsOn": ["T"],
            "Properties": {
                "Type": "String",
                "Value": {"Fn::Join": ["-", ["a", {"Fn::FindInMap": ["M", "a", "b"]}]]},
                "Description": {"Fn::If": ["D", {"Fn::GetAtt": ["T", "TopicName"]}, "x"]},
            },
        },
    },
    "Outputs": {"O": {"Value": {"Ref": "T"}, "Export": {"Name": {"Fn::Sub": "${P}-out"}}}},
}
TOPIC = {"T": {"Type": "AWS::SNS::Topic"}}
TWO = {
    one: {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": other}}}
    for one, other in (("A", "B"), ("B", "A"))
}
BROKEN: dict[str, tuple[Any, str]] = {
    "no type": ({"Resources": {"T": {}}}, "must contain a Type member"),
    "null": ({"Resources": {"T": {**TOPIC["T"], "Properties": None}}}, "'null' values"),
    "no mapping": ({"Resources": {"T": ["a"]}}, "must be an object"),
    "type of a type": ({"Resources": {"T": {"Type": 1}}}, "Unrecognized resource type: 1"),
    "resources": ({"Resources": ["T"]}, "Resources must be an object"),
    "section": ({"Resources": TOPIC, "Resourses": {}}, "Invalid template property"),
    "name": ({"Resources": {"T-1": TOPIC["T"]}}, "name 'T-1' is non alphanumeric"),
    "circle": ({"Resources": TWO}, r"Circular dependency between resources: \[A, B\]"),
    "parameter": (
        {"Resources": TOPIC, "Parameters": {"P": {"Type": "Text"}}},
        "Unrecognized parameter type: Text",
    ),
    "parameter without type": ({"Resources": TOPIC, "Parameters": {"P": {}}}, "contain a Type"),
    "condition circle": (
        {"Resources": TOPIC, "Conditions": {"A": {"Condition": "B"}, "B": {"Condition": "A"}}},
        "circular condition dependency between A and B",
    ),
    "no condition": (
        {"Resources": {"T": {**TOPIC["T"], "Condition": "C"}}},
        "Unresolved condition",
    ),
    "function": (
        {"Resources": {"T": {**TOPIC["T"], "Properties": {"DisplayName": {"Fn::Fly": "a"}}}}},
        "Encountered unsupported function: Fn::Fly",
    ),
    **{
        f"extension {name}": (
            {"Resources": {"T": {**TOPIC["T"], "Properties": {"DisplayName": {name: argument}}}}},
            words,
        )
        for name, argument, words in (
            ("Fn::ToJsonString", {"a": "b"}, "unsupported function: Fn::ToJsonString"),
            ("Fn::Length", ["a"], "unsupported function: Fn::Length"),
            ("Fn::FindInMap", ["M", "a", "b", {"DefaultValue": "c"}], "list of 3 to 3 parameters"),
        )
    },
    "dependency": ({"Resources": {"T": {**TOPIC["T"], "DependsOn": "X"}}}, r"dependencies \[X\]"),
    "output": ({"Resources": TOPIC, "Outputs": {"O": {}}}, "must contain a Value"),
}
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, 1, True, "", "X", [], ["a"], {}, {"Ref": "X"}, {"Ref": 1}, {"Fn::Fly": "x"}),
        *({"Fn::If": ["C"]}, {"Condition": "D"}, {"Fn::Join": "a"}, {"Fn::GetAtt": "T"}),
        *({"Fn::Select": ["x", "y"]}, {"Fn::Sub": 1}, {"Fn::Cidr": ["a", "b"]}, {"a": {}}),
        *({"Ref": "S"}, {"Fn::FindInMap": ["M", "x", "y"]}, {"Fn::Equals": ["a", {"Ref": "P"}]}),
    ]
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    found = []
    for key, value in items:
        found.append((*path, key))
        if isinstance(value, dict | list):
            found += places(value, (*path, key))
    return found


def tried(running: Sandbox, template: Any) -> list[str]:
    """The codes of the refusals of each way to send a template."""
    formation = running.client("cloudformation")
    text = json.dumps(template)
    more: dict[str, Any] = {"Capabilities": ["CAPABILITY_NAMED_IAM"], "TemplateBody": text}
    plan = {"StackName": "broken-plan", "ChangeSetName": "c", "ChangeSetType": "CREATE"}
    calls = (
        partial(formation.validate_template, TemplateBody=text),
        partial(formation.create_change_set, **plan, **more),
        partial(formation.create_stack, StackName="broken", **more),
    )
    codes = []
    for call in calls:
        try:
            call()
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    for name in ("broken", "broken-plan"):
        formation.delete_stack(StackName=name)
    return codes


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_template_is_refused_at_the_request(running: Sandbox, case: str) -> None:
    template, message = BROKEN[case]

    assert tried(running, template) == ["ValidationError"] * 3
    with pytest.raises(ClientError, match=message):
        running.client("cloudformation").validate_template(TemplateBody=json.dumps(template))


def test_a_whole_template_is_taken(running: Sandbox) -> None:
    assert tried(running, WHOLE) == []


@pytest.mark.acceptance  # some 180 requests, most of which make and delete a stack
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(places(WHOLE)), JUNK), min_size=1, max_size=2))
def test_whatever_is_wrong_is_a_validation_error(
    running: Sandbox, changes: list[tuple[tuple[Any, ...], Any]]
) -> None:
    template = copy.deepcopy(WHOLE)
    for path, junk in changes:
        node: Any = template
        try:
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away

    assert set(tried(running, template)) <= {"ValidationError"}
    assert running.client("sts").get_caller_identity()["Account"]
