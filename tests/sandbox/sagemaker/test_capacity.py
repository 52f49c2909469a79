"""Quotas and free instances, as capacity.json in the sandbox's folder limits them."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError

from sandbox.sagemaker import capacity
from sandbox.sagemaker.capacity import Capacity, InsufficientCapacity
from sandbox.state import context

LARGE, SMALL = "ml.m5.large", "ml.t2.medium"
_FREE = [
    {"InstanceType": "ml.t2.medium", "Priority": 1},
    {"InstanceType": "ml.m6g.large", "Priority": 2},
]
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


NEW = Capacity(is_new_account=True)


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [("ml.t2.medium", 2), ("ml.m6g.large", 2), ("ml.m6g.xlarge", 1), (LARGE, 0), ("ml.new", 0)],
)
def test_a_new_account_has_few_instances_of_few_types(kind: str, allowed: int) -> None:
    quota = re.escape(f"'{kind} for endpoint usage' is {allowed} Instances")

    if allowed:
        NEW.require_quota([wants(allowed, kind)], [])
    with pytest.raises(JsonRESTError, match=quota):
        NEW.require_quota([wants(allowed + 1, kind)], [])


def test_a_new_account_has_four_instances_for_all_endpoints() -> None:
    two_types = [wants(2, "ml.t2.medium"), wants(2, "ml.m6g.large")]
    NEW.require_quota(two_types, [])

    with pytest.raises(JsonRESTError, match=r"across active endpoints' is 4 .* utilization of 4"):
        NEW.require_quota([wants(1, "ml.m6g.xlarge")], two_types)


def test_a_variant_with_a_choice_of_types_counts_once_in_all() -> None:
    NEW.require_quota([{"InstancePools": _FREE, "InitialInstanceCount": 2}], [])


def job(kind: str, hosts: int, status: str = "InProgress", spot: bool = False) -> Any:
    request = {"EnableManagedSpotTraining": True} if spot else {}
    return SimpleNamespace(kind=kind, hosts=["host"] * hosts, status=status, request=request)


@pytest.mark.parametrize("kind", ["Training", "Processing", "Transform"])
def test_a_new_account_has_four_instances_for_the_jobs_of_a_kind(kind: str) -> None:
    others = [job(kind, 2), job(kind, 9, "Completed"), job("Other", 9)]
    NEW.require_job(job(kind, 2), others)

    quota = f"'Number of instances across all {kind.lower()} jobs' is 4 Instances"
    with pytest.raises(JsonRESTError, match=quota):
        NEW.require_job(job(kind, 2), [*others, job(kind, 1, "Stopping")])


def test_spot_training_is_counted_by_itself() -> None:
    NEW.require_job(job("Training", 4), [job("Training", 4, spot=True)])

    with pytest.raises(JsonRESTError, match="across all spot training jobs' is 4 Instances"):
        NEW.require_job(job("Training", 1, spot=True), [job("Training", 4, spot=True)])


def test_a_file_raises_what_a_new_account_may_do() -> None:
    raised = Capacity({f"{LARGE} for endpoint usage": 1}, is_new_account=True)

    raised.require_quota([wants(1)], [])


def test_another_account_is_limited_by_nothing() -> None:
    Capacity().require_quota([wants(99)], [wants(99)])
    Capacity().require_job(job("Training", 99), [job("Training", 99)])


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
    file.write_text(json.dumps({"deployment_waits": True}))
    assert capacity.current() == Capacity(deployment_waits=True)
