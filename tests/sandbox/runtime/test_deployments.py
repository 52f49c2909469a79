"""Deployments in steps: real requests go to old and new processes, and alarms take them back."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.eventbridge import events
from sandbox.sagemaker import capacity
from sandbox.sagemaker.deployments import baking
from sandbox.sagemaker.endpoints import ENDPOINTS
from sandbox.state import clock
from sandbox.state.stores import Place
from tests.sandbox import moved_clock
from tests.sandbox.engine.artifacts import tar_of_model
from tests.sandbox.runtime.cloud import ACCOUNT, REGION, Cloud, fresh, wait_for

VARIANT = "AllTraffic"
CHANGED = "SageMaker Endpoint State Change"
DEPLOYED = "SageMaker Endpoint Deployment State Change"
PLACE = Place(ACCOUNT, REGION)


@pytest.fixture(scope="module", autouse=True)
def _clock() -> Iterator[None]:
    yield
    moved_clock.set_back()


@pytest.fixture
def waits(cloud: Cloud) -> Iterator[Any]:
    """The capacity file, by which waits of deployments last as long as they say."""
    file = cloud.folder / capacity.FILE
    file.write_text(json.dumps({"deployment_waits": True}))
    yield file
    file.unlink()


class Deployed:
    """An endpoint with an old model, which answers 1, and configurations of new ones."""

    def __init__(self, cloud: Cloud, instances: int) -> None:
        self.cloud, self.name, self.instances = cloud, fresh("endpoint"), instances
        self.sagemaker = cloud.client("sagemaker")
        self.old = self.configuration(mean=1)
        self.sagemaker.create_endpoint(EndpointName=self.name, EndpointConfigName=self.old)
        assert cloud.settled(self.name)["EndpointStatus"] == "InService"

    def configuration(self, **model: Any) -> str:
        artifact = tar_of_model(self.cloud, fresh("model"), **model)
        return self.cloud.configuration(artifact, InitialInstanceCount=self.instances)

    def update(self, configuration: str, strategy: dict[str, Any], *alarms: str) -> None:
        rollback = {"Alarms": [{"AlarmName": name} for name in alarms]}
        more = {"AutoRollbackConfiguration": rollback} if alarms else {}
        self.sagemaker.update_endpoint(
            EndpointName=self.name,
            EndpointConfigName=configuration,
            DeploymentConfig={**strategy, **more},
        )

    def state(self) -> Any:
        return self.sagemaker.describe_endpoint(EndpointName=self.name)

    def stage(self) -> tuple[str, str]:
        """Return status and message of the new fleet's present stage; "" while it has none."""
        summary = self.state().get("PendingDeploymentSummary", {})
        # UpdateEndpoint answers before there is a variant, and an instance starts before a stage.
        for pending in summary.get("ProductionVariants", []):
            for stage in pending["VariantStatus"]:
                return str(stage["Status"]), str(stage["StatusMessage"])
        return "", ""

    def baking(self) -> str:
        """Wait for a baking period and return its message."""
        return str(wait_for(lambda: self.stage()[0] == "Baking" and self.stage()[1]))

    def answers(self, number: int = 60) -> Counter[int]:
        """Ask so often, and return how often each model has answered; 0 stands for an error."""
        return Counter(self._ask() for _ in range(number))

    def _ask(self) -> int:
        try:
            return int(self.cloud.invoke(self.name)["mean"])
        except ClientError:
            return 0

    def pids(self) -> set[int]:
        return {self.cloud.invoke(self.name)["pid"] for _ in range(12 * self.instances)}

    def alarm(self, configuration: str) -> str:
        """Make an alarm on errors of the new instances alone, which one bad minute sets off."""
        name = fresh("errors")
        self.cloud.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SageMaker",
            MetricName="Invocation5XXErrors",
            Dimensions=[
                {"Name": "EndpointName", "Value": self.name},
                {"Name": "VariantName", "Value": VARIANT},
                {"Name": "EndpointConfigName", "Value": configuration},
            ],
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0.05,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
        return name


@pytest.fixture
def deployed(cloud: Cloud, request: pytest.FixtureRequest) -> Iterator[Deployed]:
    """An endpoint with two instances, or as many as the test says."""
    one = Deployed(cloud, getattr(request, "param", 2))
    yield one
    wait_for(lambda: one.state()["EndpointStatus"] in ("InService", "UpdateRollbackFailed"))
    one.sagemaker.delete_endpoint(EndpointName=one.name)


def size(value: int, kind: str = "INSTANCE_COUNT") -> dict[str, Any]:
    return {"Type": kind, "Value": value}


def blue_green(kind: str, end: int = 0, **more: Any) -> dict[str, Any]:
    routing = {"Type": kind, "WaitIntervalInSeconds": 60, **more}
    policy = {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": end}
    return {"BlueGreenUpdatePolicy": policy}


def rolling(**more: Any) -> dict[str, Any]:
    policy = {"MaximumBatchSize": size(1), "WaitIntervalInSeconds": 60, **more}
    return {"RollingUpdatePolicy": policy}


CANARY = blue_green("CANARY", end=120, CanarySize=size(50, "CAPACITY_PERCENT"))


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_canary_gets_its_share_then_everything_and_the_old_fleet_ends_last(
    deployed: Deployed, waits: Any
) -> None:
    old, new = deployed.pids(), deployed.configuration(mean=2)
    deployed.update(new, CANARY)

    assert deployed.baking() == (
        "Baking for 60 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity "
        "of 1 instance(s)."
    )
    state = deployed.state()
    assert (state["EndpointStatus"], state["EndpointConfigName"]) == ("Updating", deployed.old)
    assert state["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    pending = state["PendingDeploymentSummary"]
    assert pending["EndpointConfigName"] == new
    (green,) = pending["ProductionVariants"]
    assert (green["CurrentInstanceCount"], green["DesiredInstanceCount"]) == (1, 2)
    assert 15 <= deployed.answers(60)[2] <= 45
    clock.advance(50)
    assert deployed.stage()[0] == "Baking"

    clock.advance(20)
    assert deployed.stage()[1] == (
        "Baking for 120 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity "
        "of 2 instance(s)."
    )
    assert deployed.answers(20) == {2: 20}
    assert all(map(runs, old))

    clock.advance(130)
    state = deployed.state()
    assert (state["EndpointStatus"], state["EndpointConfigName"]) == ("InService", new)
    assert "PendingDeploymentSummary" not in state
    assert state["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    assert deployed.answers(20) == {2: 20}
    assert not any(map(runs, old))


@pytest.mark.parametrize("deployed", [3], indirect=True)
def test_a_linear_deployment_moves_a_third_at_a_time(deployed: Deployed, waits: Any) -> None:
    strategy = blue_green("LINEAR", LinearStepSize=size(33, "CAPACITY_PERCENT"))
    deployed.update(deployed.configuration(mean=2), strategy)

    assert "canary capacity of 1 instance(s)" in deployed.baking()
    assert 5 <= deployed.answers(60)[2] <= 35
    clock.advance(60)
    clock.advance(10)
    assert "canary capacity of 2 instance(s)" in deployed.stage()[1]
    assert 25 <= deployed.answers(60)[2] <= 55
    clock.advance(70)
    assert deployed.state()["EndpointStatus"] == "InService"
    assert deployed.answers(20) == {2: 20}


@pytest.mark.parametrize("deployed", [2], indirect=True)
def test_a_rolling_deployment_starts_and_ends_instances_batch_by_batch(
    deployed: Deployed, waits: Any
) -> None:
    old = deployed.pids()
    deployed.update(deployed.configuration(mean=2), rolling())

    deployed.baking()
    assert sum(map(runs, old)) == 2
    clock.advance(70)
    assert "full capacity of 2 instance(s)" in deployed.stage()[1]
    assert sum(map(runs, old)) == 1
    assert deployed.state()["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    clock.advance(70)
    assert deployed.state()["EndpointStatus"] == "InService"
    assert sum(map(runs, old)) == 0
    assert deployed.answers(20) == {2: 20}


@pytest.mark.parametrize("strategy", [CANARY, rolling()], ids=["canary", "rolling"])
def test_errors_of_the_new_version_bring_the_old_one_back_and_no_answer_of_it_is_lost(
    deployed: Deployed, waits: Any, strategy: dict[str, Any]
) -> None:
    bad = deployed.configuration(mean=2, fails=True)
    alarm, stop = deployed.alarm(bad), threading.Event()
    clock.advance(61 - clock.now().timestamp() % 60)  # a minute of its own
    deployed.update(bad, strategy, alarm)
    deployed.baking()
    refused: list[str] = []

    def ask() -> None:
        while not stop.is_set():
            try:
                assert deployed.cloud.invoke(deployed.name)["mean"] == 1
            except ClientError as error:
                refused.append(str(error))

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        try:
            wait_for(lambda: len(refused) > 10)
            clock.advance(60)
            deployed.cloud.settled(deployed.name)
        finally:
            stop.set()

    assert [one.exception() for one in asking] == [None] * 3
    assert {"out of order" in one for one in refused} == {True}
    state = deployed.state()
    assert (state["EndpointStatus"], state["EndpointConfigName"]) == ("InService", deployed.old)
    assert state["FailureReason"] == (
        f"The deployment was rolled back: CloudWatch alarm {alarm} is in ALARM state."
    )
    assert "PendingDeploymentSummary" not in state
    assert deployed.answers(20) == {1: 20}
    assert len(deployed.pids()) == 2


def told(monkeypatch: pytest.MonkeyPatch) -> list[events.Event]:
    """Return the events that are put from now on."""
    found: list[events.Event] = []
    put = events.put

    def note(place: Any, event: events.Event) -> None:
        found.append(event)
        put(place, event)

    monkeypatch.setattr(events, "put", note)
    return found


def set_state(cloud: Cloud, alarm: str, state: str) -> None:
    cloud.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue=state, StateReason="a person"
    )


@pytest.mark.aws_row("R62")
def test_an_alarm_that_is_in_alarm_already_lets_no_deployment_begin(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = deployed.configuration(mean=2)
    alarm, found = deployed.alarm(new), told(monkeypatch)
    set_state(deployed.cloud, alarm, "ALARM")

    deployed.update(new, CANARY, alarm)
    state = deployed.cloud.settled(deployed.name)

    assert (state["EndpointStatus"], state["EndpointConfigName"]) == ("InService", deployed.old)
    assert f"CloudWatch alarm {alarm} is in ALARM state" in state["FailureReason"]
    assert stages(found) == [
        ("UPDATING", "Creating", "Launching 2 instance(s)."),
        ("ROLLING_BACK", "Deleting", "Terminating 2 instance(s)."),
    ]


def test_an_alarm_that_a_person_sets_off_rolls_back_though_no_clock_moves(
    deployed: Deployed, waits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = deployed.configuration(mean=2)
    alarm, found = deployed.alarm(new), told(monkeypatch)
    deployed.update(new, CANARY, alarm)
    deployed.baking()
    set_state(deployed.cloud, alarm, "ALARM")

    deployed.cloud.settled(deployed.name)

    assert f"CloudWatch alarm {alarm} is in ALARM state" in deployed.state()["FailureReason"]
    assert deployed.answers(20) == {1: 20}
    changes = [e.detail["EndpointStatus"] for e in found if e.detail_type == CHANGED]
    assert changes == ["UPDATING", "ROLLING_BACK", "IN_SERVICE"]
    serving = "canary capacity of 1 instance(s)."
    assert stages(found) == [
        ("UPDATING", "Creating", "Launching 2 instance(s)."),
        ("UPDATING", "ActivatingTraffic", f"Activating traffic on {serving}"),
        (
            *("UPDATING", "Baking"),
            f"Baking for 60 seconds (WaitIntervalInSeconds) with traffic enabled on {serving}",
        ),
        ("ROLLING_BACK", "Deleting", "Terminating 2 instance(s)."),
    ]


def stages(found: list[events.Event]) -> list[tuple[str, str, str]]:
    """Return the endpoint's status and the stage of its new fleet, of each such event."""
    return [
        (event.detail["EndpointStatus"], stage["Status"], stage["StatusMessage"])
        for event in found
        if event.detail_type == DEPLOYED
        for variant in event.detail["PendingDeploymentSummary"]["ProductionVariants"]
        for stage in variant["VariantStatus"]
    ]


def test_without_waits_a_deployment_passes_each_step_at_once(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = deployed.configuration(mean=2)
    alarm, found = deployed.alarm(new), told(monkeypatch)

    deployed.update(new, CANARY, alarm)
    state = deployed.cloud.settled(deployed.name)

    assert (state["EndpointConfigName"], "FailureReason" in state) == (new, False)
    assert [stage[1] for stage in stages(found)] == [
        *("Creating", "ActivatingTraffic", "Baking", "ActivatingTraffic", "Baking", "Baking")
    ]
    deleting = found[-2].detail["ProductionVariants"][0]["VariantStatus"][0]
    assert deleting["StatusMessage"] == "Terminating 2 instance(s)."


def test_a_deployment_that_takes_too_long_is_rolled_back(deployed: Deployed, waits: Any) -> None:
    strategy = blue_green("CANARY", end=3_600, CanarySize=size(1))
    strategy["BlueGreenUpdatePolicy"]["MaximumExecutionTimeoutInSeconds"] = 600
    deployed.update(deployed.configuration(mean=2), strategy)
    deployed.baking()

    clock.advance(70)
    assert deployed.answers(20) == {2: 20}
    clock.advance(600)

    assert "MaximumExecutionTimeoutInSeconds, 600" in deployed.state()["FailureReason"]
    assert deployed.answers(20) == {1: 20}


def test_a_rolling_deployment_that_cannot_go_back_serves_both_until_it_is_updated(
    deployed: Deployed, waits: Any
) -> None:
    new = deployed.configuration(mean=2)
    alarm = deployed.alarm(new)
    deployed.update(new, rolling(), alarm)
    deployed.baking()
    clock.advance(70)
    waits.write_text(json.dumps({"deployment_waits": True, "unavailable": ["ml.c5.large"]}))
    set_state(deployed.cloud, alarm, "ALARM")
    wait_for(lambda: deployed.state()["EndpointStatus"] not in ("Updating", "RollingBack"))

    state = deployed.state()
    assert state["EndpointStatus"] == "UpdateRollbackFailed"
    assert "is in ALARM state. Unable to provision requested ML" in state["FailureReason"]
    both = deployed.answers(60)
    assert set(both) == {1, 2} and sum(both.values()) == 60
    assert len(deployed.pids()) == 2

    waits.write_text(json.dumps({"deployment_waits": True}))
    deployed.update(deployed.old, rolling())
    deployed.cloud.settled(deployed.name)
    assert deployed.answers(20) == {1: 20}
    assert len(deployed.pids()) == 2


def test_a_new_version_that_does_not_answer_ping_gets_no_request(
    deployed: Deployed, waits: Any
) -> None:
    for strategy in (CANARY, rolling()):
        deployed.update(deployed.configuration(mean=2, broken=True), strategy)
        state = deployed.cloud.settled(deployed.name)

        assert "did not pass the ping health check" in state["FailureReason"]
        assert state["EndpointConfigName"] == deployed.old
        assert deployed.answers(20) == {1: 20}


def test_an_endpoint_that_goes_ends_its_deployment(cloud: Cloud, waits: Any) -> None:
    deployed = Deployed(cloud, 2)
    deployed.update(deployed.configuration(mean=2), CANARY)
    deployed.baking()
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        deployed.sagemaker.delete_endpoint(EndpointName=deployed.name)
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        deployed.update(deployed.old, CANARY)
    pids = deployed.pids()
    assert len(pids) > 1

    ENDPOINTS.pop(PLACE, deployed.name).abandon()

    wait_for(lambda: not any(map(runs, pids)))
    wait_for(lambda: not baking.is_waited_for())
