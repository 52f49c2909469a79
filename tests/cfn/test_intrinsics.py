"""A reader of intrinsic functions overrides what it changes; everything else stays as it was."""

from typing import Any

import pytest

from cfn.intrinsics import Visitor, references

BUCKET = {"Ref": "Bucket"}
ARN = {"Fn::GetAtt": ["Role", "Arn"]}


class Named(Visitor):
    """Replaces a reference by the name in angle brackets, an attribute by both names."""

    def reference(self, name: str) -> Any:
        return f"<{name}>"

    def attribute(self, logical_id: str, name: str) -> Any:
        return f"<{logical_id}.{name}>"


class Shouted(Visitor):
    """Replaces each text that no function made."""

    def string(self, text: str) -> Any:
        return text.upper()


def test_a_text_is_replaced_wherever_it_stands() -> None:
    assert Shouted().visit({"a": ["b", 1, {"c": "d"}], "e": "f"}) == {
        "a": ["B", 1, {"c": "D"}],
        "e": "F",
    }


@pytest.mark.parametrize(
    "value",
    [
        "text",
        3,
        None,
        True,
        [BUCKET, ["x"]],
        {"Key": ARN},
        BUCKET,
        ARN,
        {"Fn::ImportValue": "Storage:Key"},
        {"Fn::If": ["HasModel", BUCKET, {"Ref": "AWS::NoValue"}]},
        {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
        {"Fn::Split": [",", BUCKET]},
        {"Fn::Join": [",", {"Fn::GetAZs": ""}]},
        {"Fn::Transform": {"Name": "x"}},
        {"Ref": "Bucket", "Fn::GetAtt": "two keys are no function"},
    ],
)
def test_without_a_method_of_its_own_nothing_changes(value: Any) -> None:
    assert Visitor().visit(value) == value


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (BUCKET, "<Bucket>"),
        (ARN, "<Role.Arn>"),
        ({"Fn::GetAtt": "Role.Arn"}, "<Role.Arn>"),
        ({"Fn::GetAtt": ["Nested", "Outputs", "Key"]}, "<Nested.Outputs.Key>"),
        ({"Fn::Join": ["/", ["a", BUCKET, ARN]]}, "a/<Bucket>/<Role.Arn>"),
        ({"Fn::Sub": "${Bucket}/${ Role.Arn }/${!Literal}"}, "<Bucket>/<Role.Arn>/${Literal}"),
        ({"Fn::Sub": ["${Own}-${Bucket}", {"Own": ARN}]}, "<Role.Arn>-<Bucket>"),
        ({"Fn::If": ["C", BUCKET, [ARN]]}, {"Fn::If": ["C", "<Bucket>", ["<Role.Arn>"]]}),
        ({"Fn::Cidr": [BUCKET, 2]}, {"Fn::Cidr": ["<Bucket>", 2]}),
        ({"A": [{"B": BUCKET}]}, {"A": [{"B": "<Bucket>"}]}),
    ],
)
def test_a_function_is_replaced_wherever_it_stands(value: Any, named: Any) -> None:
    assert Named().visit(value) == named


def test_what_a_value_refers_to_is_listed_once_in_its_order() -> None:
    text = {"Fn::Sub": ["${Queue.Arn} ${Own} ${Bucket}", {"Own": {"Ref": "Topic"}}]}

    found = references({"A": [BUCKET, ARN], "B": {"Fn::If": ["C", text, BUCKET]}})

    assert found == ["Bucket", "Role", "Queue", "Topic"]


def test_a_text_that_only_looks_like_a_function_refers_to_nothing() -> None:
    assert references({"A": "${Bucket}", "B": {"Fn::Sub": "${!Bucket}"}}) == []
