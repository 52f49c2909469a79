"""A live model scales with its requests and back, with its clock moved, and nothing is lost."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.state.clients import client, move_clock, set_secret
from tests.journeys.rows import HELD_OUT, as_csv, breast_cancer, features_csv
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for

pytestmark = pytest.mark.acceptance

ENDPOINT = "kiban-dev-churn"
SCALING = "max_instances = 2, track = { target_per_minute = 6000 }"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """dev with a live model that scales to four at ten requests a minute and instance."""
    place = make(tmp_path_factory.mktemp("workplace"))
    place.edit("dev", SCALING, "max_instances = 4, track = { target_per_minute = 10 }")
    try:
        place.done("up", "--port", "0")
        place.done("deploy", "--sandbox")
        (place.folder / "rows.csv").write_bytes(as_csv(breast_cancer()[:455]))
        place.done("data", "put", "churn", "rows.csv", "--sandbox")
        wait_for(
            lambda: place.done("models", "churn", "--json", "--sandbox") != "[]\n" or None, "one"
        )
        place.done("approve", "churn", "1", "--wait", "--sandbox")
        yield place
    finally:
        place.kiban("down")


def state(place: Workplace) -> dict[str, str]:
    found: dict[str, str] = json.loads((place.folder / ".sandbox/state.json").read_text())
    set_secret(found["url"], found["secret"])
    return found


def aws(place: Workplace, service: str) -> Any:
    found = state(place)
    return client(service, url=found["url"], region="us-east-1", account=found["account"])


def settled(place: Workplace) -> int:
    """Return how many instances serve, once the endpoint changes no more."""

    def at_rest() -> Any:
        found = aws(place, "sagemaker").describe_endpoint(EndpointName=ENDPOINT)
        return found if found["EndpointStatus"] == "InService" else None

    (variant,) = wait_for(at_rest, "the endpoint")["ProductionVariants"]
    return int(variant["CurrentInstanceCount"])


def pass_minutes(place: Workplace, number: int) -> None:
    for _ in range(number):
        move_clock(state(place)["url"], 60)


def test_an_endpoint_grows_under_load_and_shrinks_when_it_is_quiet(place: Workplace) -> None:
    runtime, stop = aws(place, "sagemaker-runtime"), threading.Event()
    body = features_csv(HELD_OUT[:1])
    answered: list[bytes] = []

    def ask() -> None:
        while not stop.is_set():
            found = runtime.invoke_endpoint(
                EndpointName=ENDPOINT, ContentType="text/csv", Body=body
            )
            answered.append(found["Body"].read())

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        try:
            for _ in range(3):
                answered.clear()
                wait_for(lambda: len(answered) > 60 or None, "requests")
                pass_minutes(place, 1)
            assert settled(place) == 4
            time.sleep(1)
        finally:
            stop.set()
    assert [one.exception() for one in asking] == [None] * 4
    assert len(set(answered)) == 1

    pass_minutes(place, 17)
    assert settled(place) == 1
    causes = [
        one["Cause"]
        for one in aws(place, "application-autoscaling").describe_scaling_activities(
            ServiceNamespace="sagemaker"
        )["ScalingActivities"]
    ]
    assert "AlarmLow" in causes[0]
    assert any("AlarmHigh" in one for one in causes[1:])


def test_the_alarms_of_the_platform_are_evaluated(place: Workplace) -> None:
    pass_minutes(place, 1)

    alarms = aws(place, "cloudwatch").describe_alarms()["MetricAlarms"]

    assert {one["StateValue"] for one in alarms if "Tracking" not in one["AlarmName"]} == {"OK"}
