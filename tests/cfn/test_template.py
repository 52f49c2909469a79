"""Resources are made after what they need, and a reference to nothing is found before."""

from typing import Any

import pytest

from cfn.template import CircularDependency, creation_order, unresolved_references


def test_a_resource_follows_what_it_refers_to_and_what_it_depends_on() -> None:
    resources: dict[str, dict[str, Any]] = {
        "Alarm": {"Type": "A", "Properties": {"Of": {"Ref": "Endpoint"}}},
        "Endpoint": {"Type": "E", "DependsOn": "Policy"},
        "Policy": {"Type": "P", "DependsOn": ["Role"], "Properties": {}},
        "Role": {"Type": "R"},
    }

    assert creation_order(resources, resources) == ["Role", "Policy", "Endpoint", "Alarm"]
    assert creation_order(resources, {"Alarm", "Role"}) == ["Alarm", "Role"]


def test_a_circle_is_named() -> None:
    resources = {
        "A": {"Type": "T", "Properties": {"B": {"Ref": "B"}}},
        "B": {"Type": "T", "Properties": {"A": {"Fn::GetAtt": ["A", "Arn"]}}},
    }

    with pytest.raises(CircularDependency, match=r"between resources: \[A, B\]"):
        creation_order(resources, resources)


def test_a_reference_to_nothing_is_found_in_its_section() -> None:
    template = {
        "Parameters": {"Model": {"Type": "String"}},
        "Resources": {
            "A": {"Type": "T", "Properties": {"Region": {"Ref": "AWS::Region"}}},
            "B": {"Type": "T", "Properties": {"Models": [{"Ref": "Model"}, {"Ref": "Lost"}]}},
        },
        "Outputs": {"Out": {"Value": {"Fn::Sub": "${A.Arn} ${Gone}"}}},
    }

    assert unresolved_references(template, "Resources") == ["Lost"]
    assert unresolved_references(template, "Outputs") == ["Gone"]
