"""A new version that fails goes out as a canary, and its alarm brings the old one back."""

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.sagemaker import capacity
from sandbox.state.clients import client, move_clock, set_secret
from tests.journeys.rows import HELD_OUT, as_csv, breast_cancer, features_csv
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for
from tests.sandbox.runtime.container_source import SERVE, zipped

pytestmark = pytest.mark.acceptance

ENDPOINT = "kiban-dev-churn"
SCALING = "scaling = { min_instances = 1, max_instances = 2, track = { target_per_minute = 6000 } }"
CANARY = (
    "scaling = { min_instances = 2, max_instances = 2 }\n"
    'deployment = { strategy = "canary", percent = 50, bake_minutes = 5 }'
)
# It answers /ping, and nothing else.
FAILING = SERVE.replace(
    'model = json.loads((base / "model/model.json").read_text())', 'model = {"fails": 1}'
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """dev with a live model on two instances, of which a canary is one."""
    place = make(tmp_path_factory.mktemp("workplace"))
    place.edit("dev", SCALING, CANARY)
    try:
        place.done("up", "--port", "0")
        place.done("deploy", "--sandbox")
        (place.folder / "rows.csv").write_bytes(as_csv(breast_cancer()[:455]))
        place.done("data", "put", "churn", "rows.csv", "--sandbox")
        wait_for(
            lambda: place.done("models", "churn", "--json", "--sandbox") != "[]\n" or None, "one"
        )
        place.done("approve", "churn", "1", "--wait", "--sandbox")
        (place.folder / ".sandbox" / capacity.FILE).write_text('{"deployment_waits": true}')
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


def register_failing(place: Workplace) -> str:
    """Build an image whose server fails, and register the live model with it as a new version."""
    sagemaker, codebuild = aws(place, "sagemaker"), aws(place, "codebuild")
    (group,) = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    name = {"ModelPackageGroupName": group["ModelPackageGroupName"]}
    (good,) = sagemaker.list_model_packages(**name)["ModelPackageSummaryList"]
    described = sagemaker.describe_model_package(ModelPackageName=good["ModelPackageArn"])
    (container,) = described["InferenceSpecification"]["Containers"]
    (project,) = codebuild.list_projects()["projects"]
    (source,) = codebuild.batch_get_projects(names=[project])["projects"]
    bucket = source["source"]["location"].removeprefix("arn:aws:s3:::").partition("/")[0]
    archive = zipped({"bin/serve": FAILING})
    aws(place, "s3").put_object(Bucket=bucket, Key="failing.zip", Body=archive)
    build = codebuild.start_build(
        projectName=project,
        sourceLocationOverride=f"arn:aws:s3:::{bucket}/failing.zip",
        environmentVariablesOverride=[{"name": "IMAGE_TAG", "value": "failing"}],
    )["build"]["id"]

    def built() -> str | None:
        (found,) = codebuild.batch_get_builds(ids=[build])["builds"]
        return str(found["buildStatus"]) if found["buildComplete"] else None

    assert wait_for(built, "the image") == "SUCCEEDED"
    image = container["Image"].partition("@")[0].rpartition(":")[0] + ":failing"
    made = sagemaker.create_model_package(
        **name,
        InferenceSpecification={
            "Containers": [{"Image": image, "ModelDataUrl": container["ModelDataUrl"]}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelApprovalStatus="PendingManualApproval",
    )
    return str(made["ModelPackageArn"])


class Callers:
    """Two callers of the endpoint, who never stop asking; what they got and what was refused."""

    def __init__(self, place: Workplace) -> None:
        self.answers: set[bytes] = set()
        self.refused: list[str] = []
        self._runtime, self._stop = aws(place, "sagemaker-runtime"), threading.Event()
        self._pool = ThreadPoolExecutor()
        self._asking = [self._pool.submit(self._ask) for _ in range(2)]

    def _ask(self) -> None:
        body = features_csv(HELD_OUT[:1])
        while not self._stop.is_set():
            try:
                found = self._runtime.invoke_endpoint(
                    EndpointName=ENDPOINT, ContentType="text/csv", Body=body
                )
                self.answers.add(found["Body"].read())
            except ClientError as error:
                self.refused.append(str(error))

    def meet_errors(self) -> None:
        """Wait until the failing version has refused some more requests."""
        before = len(self.refused)
        wait_for(lambda: len(self.refused) > before + 5 or None, "errors of the canary")

    def end(self) -> None:
        self._stop.set()
        assert [one.exception() for one in self._asking] == [None] * 2
        self._pool.shutdown()


def described(place: Workplace) -> Any:
    return aws(place, "sagemaker").describe_endpoint(EndpointName=ENDPOINT)


def baking(place: Workplace) -> str | None:
    """Return the message of the new fleet's baking period, None outside of one."""
    pending = described(place).get("PendingDeploymentSummary", {}).get("ProductionVariants", [])
    stages = [stage for variant in pending for stage in variant["VariantStatus"]]
    return next((str(one["StatusMessage"]) for one in stages if one["Status"] == "Baking"), None)


def folders_of_processes(place: Workplace) -> set[str]:
    """Return the folder of each instance of the endpoint that has a process."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            found |= set(re.findall(rb"SAGEMAKER_BASE_DIR=([^\0]+)", file.read_bytes()))
    here = f"{place.folder}/.sandbox/endpoints/{ENDPOINT}/"
    return {folder.decode() for folder in found if folder.decode().startswith(here)}


def test_a_failing_version_is_taken_back_by_its_alarm_and_no_answer_is_lost(
    place: Workplace,
) -> None:
    sagemaker, version = aws(place, "sagemaker"), register_failing(place)
    before, callers = folders_of_processes(place), Callers(place)
    try:
        sagemaker.update_model_package(ModelPackageArn=version, ModelApprovalStatus="Approved")
        assert wait_for(lambda: baking(place), "the canary") == (
            "Baking for 300 seconds (WaitIntervalInSeconds) with traffic enabled on canary "
            "capacity of 1 instance(s)."
        )
        assert len(folders_of_processes(place)) == 4
        assert f"endpoint {ENDPOINT} is Updating, version 1" in place.done("status", "--sandbox")
        # Two bad minutes set the alarm of the platform off.
        for _ in range(2):
            callers.meet_errors()
            move_clock(state(place)["url"], 60)
        wait_for(lambda: described(place)["EndpointStatus"] == "InService" or None, "the old one")
    finally:
        callers.end()

    assert len(callers.answers) == 1
    assert {"(500) from primary" in one for one in callers.refused} == {True}
    reason = described(place)["FailureReason"]
    assert re.search(r"CloudWatch alarm kiban-dev-\S*RollbackAlarmsErrors\S* is in ALARM", reason)
    wait_for(lambda: "Rejected" in place.done("models", "churn", "--sandbox") or None, "rejection")
    shown = place.done("status", "--sandbox")
    assert f"endpoint {ENDPOINT} is InService, version 1" in shown
    assert re.search(r"Inference-churn +UPDATE_ROLLBACK_COMPLETE", shown)
    told = sagemaker.describe_model_package(ModelPackageName=version)["ApprovalDescription"]
    assert reason.rstrip(".") in told
    assert folders_of_processes(place) == before and len(before) == 2
