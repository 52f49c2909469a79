"""Quotas, missing instances, scaling activities and scaled variants, in AWS's words."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.sagemaker import capacity
from tests.sandbox.runtime.cloud import Cloud, fresh, wait_for

_TYPE = "ml.c5.large"
_QUOTA = f"{_TYPE} for endpoint usage"


@pytest.fixture(scope="module")
def artifact(cloud: Cloud) -> str:
    cloud.put("data/train.csv", b"1,2\n")
    return str(cloud.ended(cloud.train())["ModelArtifacts"]["S3ModelArtifacts"])


@pytest.fixture
def limits(cloud: Cloud) -> Iterator[Limits]:
    limits = Limits(cloud)
    yield limits
    limits.end()


class Limits:
    """The capacity file of the running sandbox."""

    def __init__(self, cloud: Cloud) -> None:
        self._path = cloud.folder / capacity.FILE

    def set(self, **found: Any) -> None:
        self._path.write_text(json.dumps(found))

    def end(self) -> None:
        self._path.unlink(missing_ok=True)


@pytest.fixture
def endpoint(cloud: Cloud, artifact: str, limits: Limits) -> Iterator[str]:
    """An endpoint in service; `limits` end before it goes."""
    name = fresh("endpoint")
    create(cloud, name, cloud.configuration(artifact))
    assert cloud.settled(name)["EndpointStatus"] == "InService", cloud.settled(name)
    yield name
    limits.end()
    cloud.settled(name)
    cloud.client("sagemaker").delete_endpoint(EndpointName=name)


def create(cloud: Cloud, name: str, configuration: str) -> None:
    cloud.client("sagemaker").create_endpoint(EndpointName=name, EndpointConfigName=configuration)


def update(cloud: Cloud, name: str, configuration: str) -> None:
    cloud.client("sagemaker").update_endpoint(EndpointName=name, EndpointConfigName=configuration)


def scale(cloud: Cloud, name: str, count: int) -> None:
    cloud.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": count}],
    )


def test_a_quota_of_zero_refuses_the_first_endpoint(
    cloud: Cloud, artifact: str, limits: Limits
) -> None:
    limits.set(quotas={_QUOTA: 0})
    configuration, name = cloud.configuration(artifact), fresh("endpoint")

    with pytest.raises(ClientError) as refused:
        create(cloud, name, configuration)

    assert refused.value.response["Error"]["Code"] == "ResourceLimitExceeded"
    assert refused.value.response["Error"]["Message"].startswith(
        f"The account-level service limit '{_QUOTA}' is 0 Instances, with current utilization of 0 "
        "Instances and a request delta of 1 Instances."
    )
    assert cloud.client("sagemaker").list_endpoints(NameContains=name)["Endpoints"] == []


def test_an_update_needs_room_for_both_fleets(
    cloud: Cloud, endpoint: str, artifact: str, limits: Limits
) -> None:
    configuration = cloud.configuration(artifact)
    limits.set(quotas={_QUOTA: 1})
    with pytest.raises(ClientError, match="current utilization of 1 Instances and a request delta"):
        update(cloud, endpoint, configuration)
    with pytest.raises(ClientError, match="ResourceLimitExceeded"):
        scale(cloud, endpoint, 2)

    limits.set(quotas={_QUOTA: 2})
    update(cloud, endpoint, configuration)

    assert cloud.settled(endpoint)["EndpointConfigName"] == configuration


def test_missing_instances_leave_the_old_variant_and_say_why(
    cloud: Cloud, endpoint: str, artifact: str, limits: Limits
) -> None:
    before = cloud.settled(endpoint)["EndpointConfigName"]
    limits.set(unavailable=[_TYPE])

    update(cloud, endpoint, cloud.configuration(artifact))

    state = cloud.settled(endpoint)
    assert (state["EndpointStatus"], state["EndpointConfigName"]) == ("InService", before)
    assert state["FailureReason"].startswith(
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity"
    )
    assert cloud.invoke(endpoint)["mean"] == 1.5


def test_copies_come_and_go_and_no_request_is_lost(
    cloud: Cloud, endpoint: str, limits: Limits
) -> None:
    answered: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answered.append(cloud.invoke(endpoint)["pid"])

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        found = {}
        try:
            for count in (3, 1):
                scale(cloud, endpoint, count)
                (variant,) = cloud.settled(endpoint)["ProductionVariants"]
                assert variant["CurrentInstanceCount"] == count
                answered.clear()
                wait_for(lambda: len(answered) > 60)
                found[count] = set(answered[:60])
        finally:
            stop.set()

    assert [one.exception() for one in asking] == [None] * 4
    assert len(found[3]) == 3
    assert len(found[1]) == 1
    assert found[1] < found[3]


def test_nothing_else_may_change_an_endpoint_while_it_scales(
    cloud: Cloud, endpoint: str, artifact: str, limits: Limits
) -> None:
    limits.set(scaling_seconds=1.5)
    configuration = cloud.configuration(artifact)

    scale(cloud, endpoint, 2)

    state = cloud.client("sagemaker").describe_endpoint(EndpointName=endpoint)
    (variant,) = state["ProductionVariants"]
    assert state["EndpointStatus"] == "Updating"
    assert (variant["DesiredInstanceCount"], variant["CurrentInstanceCount"]) == (2, 1)
    refused = "Cannot update in-progress endpoint"
    with pytest.raises(ClientError, match=refused):
        update(cloud, endpoint, configuration)
    with pytest.raises(ClientError, match=refused):
        scale(cloud, endpoint, 3)
    (variant,) = cloud.settled(endpoint)["ProductionVariants"]
    assert variant["CurrentInstanceCount"] == 2


def test_a_scaled_variant_keeps_its_type_until_it_is_deregistered(
    cloud: Cloud, endpoint: str, artifact: str
) -> None:
    scaling = cloud.client("application-autoscaling")
    where = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    scaling.register_scalable_target(**where, MinCapacity=1, MaxCapacity=2)
    other = cloud.configuration(artifact, InstanceType="ml.m5.large")

    with pytest.raises(ClientError) as refused:
        update(cloud, endpoint, other)
    update(cloud, endpoint, cloud.configuration(artifact))
    cloud.settled(endpoint)
    scaling.deregister_scalable_target(**where)
    update(cloud, endpoint, other)

    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert cloud.settled(endpoint)["EndpointConfigName"] == other


def pools(*types: str) -> dict[str, Any]:
    """A variant of several types, the first one preferred; they are listed the other way round."""
    listed = [{"InstanceType": one, "Priority": n} for n, one in enumerate(types, start=1)]
    return {"InstancePools": listed[::-1]}


def put(cloud: Cloud, artifact: str, **variant: Any) -> str:
    """Create a configuration whose variant names its types in `variant` alone."""
    name = cloud.configuration(artifact)
    sagemaker = cloud.client("sagemaker")
    (row,) = sagemaker.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"]
    del row["InstanceType"]
    sagemaker.create_endpoint_config(
        EndpointConfigName=f"{name}-pools", ProductionVariants=[{**row, **variant}]
    )
    return f"{name}-pools"


def test_the_free_type_of_the_highest_priority_serves(
    cloud: Cloud, endpoint: str, artifact: str, limits: Limits
) -> None:
    configuration = put(cloud, artifact, **pools(_TYPE, "ml.m5.large", "ml.m5.xlarge"))
    limits.set(unavailable=[_TYPE])

    update(cloud, endpoint, configuration)

    (variant,) = cloud.settled(endpoint)["ProductionVariants"]
    assert variant["InstancePools"] == [{"InstanceType": "ml.m5.large", "CurrentInstanceCount": 1}]
    limits.set(unavailable=[_TYPE, "ml.m5.large", "ml.m5.xlarge"])
    update(cloud, endpoint, put(cloud, artifact, **pools(_TYPE, "ml.m5.large", "ml.m5.xlarge")))
    assert "InsufficientInstanceCapacity" in cloud.settled(endpoint)["FailureReason"]


def test_a_type_beside_pools_is_refused(cloud: Cloud, artifact: str) -> None:
    with pytest.raises(ClientError, match="has InstanceType beside InstancePools"):
        put(cloud, artifact, InstanceType=_TYPE, **pools(_TYPE, "ml.m5.large"))


@pytest.mark.aws_row("R112")
def test_a_training_without_free_instances_fails_in_awss_words(
    cloud: Cloud, limits: Limits
) -> None:
    cloud.put("data/train.csv", b"1,2\n")
    name = cloud.train()
    used = cloud.ended(name)["ResourceConfig"]["InstanceType"]
    limits.set(unavailable=[used])

    ended = cloud.ended(cloud.train())

    assert ended["TrainingJobStatus"] == "Failed"
    assert ended["FailureReason"].startswith(
        "CapacityError: Unable to provision requested ML compute capacity."
    )
