"""Numbers of an endpoint's instances: desired, current, added, and kept by an update."""

from types import SimpleNamespace
from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import instance_counts


def variant(name: str, desired: int | None = 2, kind: str = "ml.m5.large") -> Any:
    document: dict[str, Any] = {"DesiredWeight": 1.0, "CurrentWeight": 0.5}
    if desired is not None:
        document |= {"DesiredInstanceCount": desired, "CurrentInstanceCount": 1}
    return SimpleNamespace(name=name, instance_type=kind, document=document)


SERVERLESS = variant("S", None, "")


def test_live_instances_are_those_that_are_desired_and_a_serverless_variant_has_none() -> None:
    assert instance_counts.count_live([variant("A", 3), SERVERLESS]) == [
        {"InstanceType": "ml.m5.large", "InstanceCount": 3}
    ]


@pytest.mark.parametrize(
    ("kept", "live", "count"),
    [
        ({"InstanceCount"}, [variant("A", 3)], 3),
        ({"InstanceCount", "Weight"}, [variant("A", 3)], 3),
        ({"Weight"}, [variant("A", 3)], 1),
        (set(), [variant("A", 3)], 1),
        ({"InstanceCount"}, [variant("B", 3)], 1),
        ({"InstanceCount"}, [variant("A", None)], 1),
        ({"InstanceCount"}, [variant("A", 0)], 1),
    ],
)
def test_a_new_configuration_keeps_the_number_where_that_is_asked_for(
    kept: set[str], live: list[Any], count: int
) -> None:
    row = {"VariantName": "A", "InitialInstanceCount": 1}

    assert instance_counts.count_new([row], live, kept) == [{**row, "InitialInstanceCount": count}]


@pytest.mark.parametrize(
    ("wanted", "more"),
    [({"DesiredInstanceCount": 5}, 3), ({"DesiredInstanceCount": 1}, 0), ({}, 0)],
)
def test_what_scaling_adds_is_counted_and_what_it_removes_is_not(
    wanted: dict[str, int], more: int
) -> None:
    rows = [{"VariantName": "A", **wanted}]

    assert instance_counts.count_added(rows, [variant("A"), SERVERLESS]) == [
        {"InstanceType": "ml.m5.large", "InstanceCount": more}
    ]


def test_what_is_desired_becomes_what_is() -> None:
    one, other = variant("A"), variant("S", None, "")
    instance_counts.set_desired(
        "arn", [{"VariantName": "A", "DesiredWeight": 3.0, "DesiredInstanceCount": 4}], [one, other]
    )
    assert one.document == {
        "DesiredWeight": 3.0,
        "CurrentWeight": 0.5,
        "DesiredInstanceCount": 4,
        "CurrentInstanceCount": 1,
    }

    instance_counts.reach_desired([one, other])

    assert one.document["CurrentWeight"] == 3.0
    assert one.document["CurrentInstanceCount"] == 4
    assert other.document == {"DesiredWeight": 1.0, "CurrentWeight": 1.0}


def test_only_what_is_named_is_set() -> None:
    one = variant("A")

    instance_counts.set_desired("arn", [{"VariantName": "A", "DesiredWeight": 3.0}], [one])

    assert one.document["DesiredInstanceCount"] == 2


def test_a_variant_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"B is/are not present within endpoint \"arn\""):
        instance_counts.set_desired("arn", [{"VariantName": "B"}], [variant("A")])
