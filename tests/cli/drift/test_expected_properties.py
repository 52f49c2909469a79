"""What a deployed template asks for, as far as it can be worked out."""

import base64
from typing import Any

import pytest

from cfn.live.differences import UNKNOWN, UNKNOWN_TEXT
from cli.drift.expected_properties import DeployedTemplate, ExpectedProperties
from cli.drift.resource_attributes import Location

HERE = Location("111122223333", "eu-west-1", "aws")
RESOURCES = {
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Gone": {"Type": "AWS::SNS::Topic"},
    "Bare": {"Type": "AWS::SNS::Topic", "Properties": {}},
}


def value(given: Any) -> Any:
    """What a property with this value is expected to be."""
    resources = {**RESOURCES, "It": {"Type": "x", "Properties": {"P": given}}}
    stack = DeployedTemplate(
        "kiban-dev-Storage",
        "arn:stack",
        {"Resources": resources},
        {"Size": "3", "Topic": "hidden by the resource"},
        {"Topic": "arn:aws:sns:eu-west-1:1:alerts"},
    )
    exports = {"other:Bucket": "data", "Other.Bucket": "more"}
    found = ExpectedProperties(stack, exports, ["eu-west-1a", "eu-west-1b"], HERE)
    assert found.of("Topic") == found.of("Bare") == {}
    return found.of("It")["P"]


UNCERTAIN = {"Ref": "Nothing"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Ref": "AWS::AccountId"}, "111122223333"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Ref": "AWS::StackName"}, "kiban-dev-Storage"),
        ({"Ref": "AWS::StackId"}, "arn:stack"),
        ({"Ref": "AWS::NoValue"}, None),
        ({"Ref": "Topic"}, "arn:aws:sns:eu-west-1:1:alerts"),
        ({"Ref": "Size"}, "3"),
        (UNCERTAIN, UNKNOWN),
        ({"Fn::GetAtt": ["Topic", "TopicName"]}, "alerts"),
        ({"Fn::GetAtt": ["Topic", "Colour"]}, UNKNOWN),
        ({"Fn::GetAtt": ["Gone", "TopicName"]}, UNKNOWN),
        ({"Fn::GetAtt": ["Nothing", "Arn"]}, UNKNOWN),
        ({"Fn::ImportValue": "other:Bucket"}, "data"),
        ({"Fn::ImportValue": {"Fn::Sub": "other:${Size}"}}, UNKNOWN),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["0", ["a", "b"]]}, "a"),
        ({"Fn::Select": [2, ["a", "b"]]}, UNKNOWN),
        ({"Fn::Select": [0, UNCERTAIN]}, UNKNOWN),
        ({"Fn::If": ["C", "a", "b"]}, UNKNOWN),
        ({"Fn::Split": ["-", {"Ref": "AWS::Region"}]}, ["eu", "west", "1"]),
        ({"Fn::Split": ["-", UNCERTAIN]}, UNKNOWN),
        ({"Fn::Base64": "text"}, base64.b64encode(b"text").decode()),
        ({"Fn::Base64": {"Fn::Sub": "in ${Size}"}}, base64.b64encode(b"in 3").decode()),
        ({"Fn::Base64": UNCERTAIN}, UNKNOWN),
        ({"Fn::Base64": {"Fn::Sub": "in ${Nothing}"}}, UNKNOWN),
        ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b"]),
        ({"Fn::GetStackOutput": {"StackName": "Other", "OutputName": "Bucket"}}, "more"),
        ({"Fn::GetStackOutput": {"StackName": "Other", "OutputName": "None"}}, UNKNOWN),
        ({"Fn::Cidr": ["10.0.0.0/16", 2]}, UNKNOWN),
        ({"Fn::Sub": "in ${Size} of ${Nothing}"}, f"in 3 of {UNKNOWN_TEXT}"),
    ],
)
def test_a_value_is_worked_out_or_known_to_be_unknown(given: Any, expected: Any) -> None:
    assert value(given) == expected
