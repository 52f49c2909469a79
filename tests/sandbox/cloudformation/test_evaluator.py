"""What each intrinsic function and condition gives, and what is refused."""

from typing import Any

import pytest

from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.evaluator import NO_VALUE, Evaluator

MAPPINGS = {"M": {"a": {"b": "found", "ref": {"Ref": "Name"}}}}
CONDITIONS = {
    "Yes": {"Fn::Equals": ["a", "a"]},
    "No": {"Fn::Equals": ["a", "b"]},
    "Nested": {"Condition": "Yes"},
}


class World:
    """What a template sees: a name of each kind."""

    def ref(self, name: str) -> Any:
        return {"AWS::NoValue": NO_VALUE, "AWS::Region": "eu-west-1", "List": ["x", "y"]}.get(
            name, f"<{name}>"
        )

    def attribute(self, logical_id: str, name: str) -> Any:
        return f"<{logical_id}.{name}>"

    def imported(self, export: str) -> str:
        return f"import {export}"

    def stack_output(self, stack: str, output: str) -> str:
        return f"{stack}/{output}"

    def dynamic(self, service: str, key: str) -> str:
        return f"{service}={key}"


def evaluator(**template: Any) -> Evaluator:
    return Evaluator({"Mappings": MAPPINGS, "Conditions": CONDITIONS, **template}, World())


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "Name"}, "<Name>"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "<Role.Arn>"),
        ({"Fn::ImportValue": {"Ref": "E"}}, "import <E>"),
        ({"Fn::GetStackOutput": {"StackName": "s", "OutputName": "o"}}, "s/o"),
        ({"Fn::FindInMap": ["M", "a", "b"]}, "found"),
        ({"Fn::FindInMap": ["M", "a", "ref"]}, "<Name>"),
        ({"Fn::FindInMap": ["M", "a", "c", {"DefaultValue": "d"}]}, "d"),
        ({"Fn::FindInMap": ["N", "a", "c", {"DefaultValue": {"Ref": "D"}}]}, "<D>"),
        ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        ({"Fn::GetAZs": "us-east-1"}, ["us-east-1a", "us-east-1b", "us-east-1c"]),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::Base64": "a"}, "YQ=="),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Cidr": ["10.0.0.0/16", "1"]}, ["10.0.0.0/24"]),
        ({"Fn::Cidr": ["10.0.0.0/16", 1, "4"]}, ["10.0.0.0/28"]),
        ({"Fn::Length": {"Ref": "List"}}, 2),
        ({"Fn::ToJsonString": {"a": {"Ref": "N"}}}, '{"a":"<N>"}'),
        ({"Fn::Select": ["1", {"Ref": "List"}]}, "y"),
        ({"Fn::Select": [0, ["a"]]}, "a"),
        ({"Fn::If": ["Yes", "a", "b"]}, "a"),
        ({"Fn::If": ["No", "a", "b"]}, "b"),
        ({"Fn::If": ["Nested", "a", "b"]}, "a"),
        ("x {{resolve:ssm:/k}} {{resolve:secretsmanager:s:v}}", "x ssm=/k secretsmanager=s:v"),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"a": 1, "b": {"Ref": "AWS::NoValue"}}, {"a": 1}),
        ({"a": {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}}, {}),
    ],
)
def test_a_function_gives_what_cloudformation_says(node: Any, expected: Any) -> None:
    assert evaluator().visit(node) == expected


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"Fn::Select": [2, ["a", "b"]]}, "nonexistent value at index 2"),
        ({"Fn::Select": [-1, ["a", "b"]]}, "nonexistent value at index -1"),
        ({"Fn::FindInMap": ["M", "a", "c"]}, "Unable to get mapping"),
        ({"Fn::FindInMap": ["M", "a", "c", {}]}, "Unable to get mapping"),
        ({"Fn::FindInMap": ["M", "a", "b", "x"]}, None),
        ({"Fn::Transform": {"Name": "x"}}, "Fn::Transform is not emulated"),
        ({"Fn::If": ["Lost", 1, 2]}, "Unresolved condition Lost"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(node: Any, message: str | None) -> None:
    if message is None:
        assert evaluator().visit(node) == "found"
        return
    with pytest.raises(TemplateError, match=message):
        evaluator().visit(node)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Fn::Equals": [True, "true"]}, True),
        ({"Fn::Equals": [False, "false"]}, True),
        ({"Fn::Equals": [1, "1"]}, True),
        ({"Fn::Equals": [{"Ref": "A"}, "<B>"]}, False),
        ({"Fn::Not": [{"Condition": "Yes"}]}, False),
        ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]}, False),
        ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "Nested"}]}, True),
        ({"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]}, True),
        ({"Fn::Or": [{"Condition": "No"}, {"Condition": "No"}]}, False),
        ({"Fn::Contains": [["a", 1], "1"]}, True),
        ({"Fn::Contains": [["a"], "b"]}, False),
        ({"Fn::EachMemberIn": [["a"], ["a", "b"]]}, True),
        ({"Fn::EachMemberIn": [["a", "c"], ["a", "b"]]}, False),
        ({"Fn::EachMemberIn": [["a", "b"], ["a"]]}, False),
    ],
)
def test_a_condition_holds_or_not(node: Any, expected: bool) -> None:
    assert evaluator().holds(node) is expected


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ("Yes", "is not a condition function"),
        ({}, "is not a condition function"),
        ({"Fn::Not": [], "Fn::Or": []}, "is not a condition function"),
        ({"Fn::Select": [0, ["a"]]}, "condition function Fn::Select is not emulated"),
    ],
)
def test_what_is_no_condition_is_refused(node: Any, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        evaluator().holds(node)


def test_resources_whose_condition_does_not_hold_are_not_wanted() -> None:
    resources = {"A": {}, "B": {"Condition": "Yes"}, "C": {"Condition": "No"}}

    assert evaluator(Resources=resources).wanted() == {"A", "B"}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"Assertions": [{"Assert": {"Condition": "Yes"}}]}, None),
        ({"Assertions": [{"Assert": {"Condition": "No"}}]}, "an assertion does not hold"),
        (
            {"Assertions": [{"Assert": {"Condition": "No"}, "AssertDescription": "too few"}]},
            "Template rule R: too few",
        ),
        (
            {
                "RuleCondition": {"Condition": "No"},
                "Assertions": [{"Assert": {"Condition": "No"}}],
            },
            None,
        ),
        (
            {
                "RuleCondition": {"Condition": "Yes"},
                "Assertions": [{"Assert": {"Condition": "No"}}],
            },
            "an assertion does not hold",
        ),
        ({}, None),
    ],
)
def test_a_rule_that_applies_has_to_hold(rule: Any, message: str | None) -> None:
    if message is None:
        evaluator(Rules={"R": rule}).check_rules()
        return
    with pytest.raises(TemplateError, match=message):
        evaluator(Rules={"R": rule}).check_rules()
