"""The instance type of a scaled endpoint changes while its model is live, and killed half-way."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.state.clients import client, set_secret
from tests.journeys.rollouts import eventually
from tests.journeys.rows import HELD_OUT, as_csv, breast_cancer, features_csv
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for

pytestmark = pytest.mark.acceptance

ENDPOINT = "kiban-dev-churn"
OLD, NEW = ('endpoint]\ninstance_type = "ml.m5.large"', 'endpoint]\ninstance_type = "ml.m5.xlarge"')


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """dev with a live model on two instances, more than it began with."""
    place = make(tmp_path_factory.mktemp("workplace"))
    try:
        place.done("up", "--port", "0")
        place.done("deploy", "--sandbox")
        (place.folder / "rows.csv").write_bytes(as_csv(breast_cancer()[:455]))
        place.done("data", "put", "churn", "rows.csv", "--sandbox")
        wait_for(lambda: versions(place) or None, "the first version")
        place.done("approve", "churn", "1", "--wait", "--sandbox")
        (variant,) = endpoint(place)["ProductionVariants"]
        aws(place, "sagemaker").update_endpoint_weights_and_capacities(
            EndpointName=ENDPOINT,
            DesiredWeightsAndCapacities=[
                {"VariantName": variant["VariantName"], "DesiredInstanceCount": 2}
            ],
        )
        (place.folder / "held_out.csv").write_bytes(features_csv(HELD_OUT[:3]))
        yield place
    finally:
        place.kiban("down")


def aws(place: Workplace, service: str) -> Any:
    state = json.loads((place.folder / ".sandbox/state.json").read_text())
    set_secret(state["url"], state["secret"])
    return client(service, url=state["url"], region="us-east-1", account=state["account"])


def versions(place: Workplace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(place.done("models", "churn", "--json", "--sandbox"))
    return found


def endpoint(place: Workplace) -> dict[str, Any]:
    return dict(aws(place, "sagemaker").describe_endpoint(EndpointName=ENDPOINT))


def instances(place: Workplace) -> tuple[str, int]:
    """Type and number of the live instances."""
    live = endpoint(place)
    (variant,) = live["ProductionVariants"]
    config = aws(place, "sagemaker").describe_endpoint_config(
        EndpointConfigName=live["EndpointConfigName"]
    )
    return config["ProductionVariants"][0]["InstanceType"], variant["DesiredInstanceCount"]


def scaling(place: Workplace) -> list[tuple[int, int]]:
    """Bounds of every registered target that has a policy."""
    service = aws(place, "application-autoscaling")
    targets = service.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    policies = service.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    followed = {policy["ResourceId"] for policy in policies}
    return [(t["MinCapacity"], t["MaxCapacity"]) for t in targets if t["ResourceId"] in followed]


def answers(place: Workplace) -> Any:
    return json.loads(place.done("predict", "churn", "held_out.csv", "--json", "--sandbox"))


def killed_deployment(place: Workplace) -> None:
    """Deploy, and end it at the moment when scaling is off."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    clean |= {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(place.folder)}
    clean.pop("KIBAN_SANDBOX", None)
    with subprocess.Popen(
        ["./kiban", "deploy", "--sandbox"],
        cwd=place.folder,
        env=clean,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:
        try:
            eventually(lambda: scaling(place) == [], seconds=300)
        finally:
            os.killpg(child.pid, signal.SIGTERM)
        assert child.wait(60) != 0


def test_a_type_changes_under_scaling_and_capacity_stays_though_it_was_killed_half_way(
    place: Workplace,
) -> None:
    before = answers(place)
    assert (instances(place), scaling(place)) == (("ml.m5.large", 2), [(1, 2)])
    place.edit("dev", OLD, NEW)

    killed_deployment(place)

    assert (instances(place), scaling(place)) == (("ml.m5.large", 2), [])
    assert answers(place) == before
    place.done("deploy", "--sandbox")
    assert (instances(place), scaling(place)) == (("ml.m5.xlarge", 2), [(1, 2)])
    assert answers(place) == before


def test_a_deployment_says_that_it_switches_scaling_off_and_on_again(place: Workplace) -> None:
    place.edit("dev", NEW, OLD)

    deployed = place.kiban("deploy", "--sandbox")

    assert deployed.returncode == 0, deployed.stderr
    assert "changes from ml.m5.xlarge to ml.m5.large and is scaled" in deployed.stderr
    assert "its 2 instances kept" in deployed.stderr
    assert (instances(place), scaling(place)) == (("ml.m5.large", 2), [(1, 2)])
    again = place.kiban("deploy", "--sandbox")
    assert "is scaled" not in again.stderr


def test_status_says_that_the_endpoint_serves_another_configuration(place: Workplace) -> None:
    sagemaker = aws(place, "sagemaker")
    wanted = endpoint(place)["EndpointConfigName"]
    described = sagemaker.describe_endpoint_config(EndpointConfigName=wanted)
    sagemaker.create_endpoint_config(
        EndpointConfigName="by-hand", ProductionVariants=described["ProductionVariants"]
    )
    sagemaker.update_endpoint(EndpointName=ENDPOINT, EndpointConfigName="by-hand")
    eventually(lambda: endpoint(place)["EndpointConfigName"] == "by-hand")

    told = " ".join(place.done("status", "--sandbox").split())
    document = json.loads(place.done("status", "--json", "--sandbox"))

    assert f"it serves by-hand, the stack says {wanted}" in told
    assert f"--endpoint-name {ENDPOINT} --endpoint-config-name {wanted}" in told
    live = document["models"]["churn"]["live"]
    assert live["disagreement"] == f"serves by-hand, the stack says {wanted}"
    sagemaker.update_endpoint(EndpointName=ENDPOINT, EndpointConfigName=wanted)
    eventually(lambda: endpoint(place)["EndpointStatus"] == "InService")
    assert "the stack says" not in place.done("status", "--sandbox")


def test_rejecting_the_live_version_waits_until_the_one_before_is_live(place: Workplace) -> None:
    sagemaker = aws(place, "sagemaker")
    first = sagemaker.describe_model_package(ModelPackageName=versions(place)[0]["arn"])
    (container,) = first["InferenceSpecification"]["Containers"]
    sagemaker.create_model_package(
        ModelPackageGroupName=first["ModelPackageGroupName"],
        InferenceSpecification={
            "Containers": [
                {"Image": container["Image"], "ModelDataUrl": container["ModelDataUrl"]}
            ],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelApprovalStatus="PendingManualApproval",
    )
    place.done("approve", "churn", "2", "--wait", "--sandbox")

    told = place.done("reject", "churn", "2", "--wait", "--sandbox")

    assert "version 1 of churn is live" in told
    assert [version["number"] for version in versions(place) if version["live"]] == [1]
