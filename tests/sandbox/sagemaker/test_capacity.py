"""Quotas and free instances, as capacity.json in the sandbox's folder limits them."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError

from sandbox.sagemaker import capacity
from sandbox.sagemaker.capacity import Capacity, InsufficientCapacity
from sandbox.state import context

LARGE, SMALL = "ml.m5.large", "ml.t2.medium"
POOLS = [{"InstanceType": SMALL, "Priority": 2}, {"InstanceType": LARGE, "Priority": 1}]


def wants(count: int | None = None, kind: str = LARGE, name: str = "InitialInstanceCount") -> Any:
    return {"InstanceType": kind, **({} if count is None else {name: count})}


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ([wants(3)], []),
        ([wants(1)], [wants(2, name="InstanceCount")]),
        ([wants(), wants()], [wants()]),
        ([wants(9, SMALL)], [wants(3)]),
        ([{"ServerlessConfig": {}}], [wants(3)]),
    ],
)
def test_as_many_instances_as_a_quota_says_are_taken(wanted: list[Any], live: list[Any]) -> None:
    Capacity({f"{LARGE} for endpoint usage": 3}).require_quota(wanted, live)


@pytest.mark.parametrize(
    ("wanted", "live", "used", "more"),
    [
        ([wants(4)], [], 0, 4),
        ([wants(2)], [wants(2, name="InstanceCount")], 2, 2),
        ([wants(), wants()], [wants(), wants()], 2, 2),
        ([wants(1)], [wants(3), wants(0, name="InstanceCount")], 4, 1),
        ([{"InstancePools": POOLS, "InitialInstanceCount": 4}], [], 0, 4),
    ],
)
@pytest.mark.aws_row("R64", "R262")
def test_one_more_is_refused_in_the_words_of_aws(
    wanted: list[Any], live: list[Any], used: int, more: int
) -> None:
    with pytest.raises(JsonRESTError) as caught:
        Capacity({f"{LARGE} for endpoint usage": 3}).require_quota(wanted, live)

    assert caught.value.error_type == "ResourceLimitExceeded"
    assert (
        f"'{LARGE} for endpoint usage' is 3 Instances, with current utilization of {used} "
        f"Instances and a request delta of {more} Instances" in str(caught.value)
    )


def test_a_quota_of_nothing_refuses_the_first_instance() -> None:
    with pytest.raises(JsonRESTError):
        Capacity({f"{LARGE} for endpoint usage": 0}).require_quota([wants(1)], [])
    Capacity().require_quota([wants(1_000)], [wants(1_000)])


@pytest.mark.parametrize(
    ("unavailable", "expected"), [((), LARGE), ((LARGE,), SMALL), ((SMALL,), LARGE)]
)
def test_a_variant_gets_the_free_type_of_the_highest_priority(
    unavailable: tuple[str, ...], expected: str
) -> None:
    row = {"VariantName": "A", "InstancePools": POOLS}

    found = Capacity(unavailable=unavailable).assign_type(row)

    assert found == {**row, "InstanceType": expected}


@pytest.mark.aws_row("R65")
def test_a_variant_without_a_free_type_fails_with_the_first() -> None:
    limits = Capacity(unavailable=(LARGE, SMALL))

    with pytest.raises(InsufficientCapacity, match="Unable to provision") as caught:
        limits.assign_type({"InstancePools": POOLS})
    assert caught.value.instance_type == LARGE
    with pytest.raises(InsufficientCapacity):
        limits.assign_type(wants(1))
    assert limits.assign_type({"ServerlessConfig": {}}) == {"ServerlessConfig": {}}


def test_a_file_limits_what_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(folder=tmp_path))
    assert capacity.current() == Capacity()
    file = tmp_path / "capacity.json"
    file.write_text("{}")
    assert capacity.current() == Capacity()

    file.write_text(json.dumps({"quotas": {"q": "2"}, "unavailable": ["t"], "scaling_seconds": 5}))

    assert capacity.current() == Capacity({"q": 2}, ("t",), 5.0)
