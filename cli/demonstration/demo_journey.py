"""Ten steps from a notebook instance to predictions, each verified by a call of AWS's API."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from cli.data import data_split, data_versions
from cli.demonstration import demo_rows
from cli.environments.environment import Environment
from cli.models import model_versions, predictions, workflow_runs
from cli.models.request_rows import RequestRows
from cli.models.workflow_runs import Run
from cli.terminal.errors import Failure
from config.outputs import IMAGE_TAG, NOTEBOOK_INSTANCE_NAME, REPOSITORY_NAME
from config.stack_names import REGISTRY, WORKBENCH

VERSION = "demo"
SHARES = (0.75, 0.125, 0.125)
TIMEOUT_SECONDS = 300
LEAST_ACCURACY = 0.93

Found = TypeVar("Found")
Wait = Callable[[str], None]


@dataclass(frozen=True)
class DemoStep:
    """One finished step and its result."""

    number: int
    name: str
    result: str


class DemoJourney:
    """The ten steps for one model of a newly deployed environment."""

    def __init__(
        self, env: Environment, model: str, wait: Wait, *, patience_seconds: int = TIMEOUT_SECONDS
    ) -> None:
        self._env, self._model, self._wait = env, model, wait
        self._patience_seconds = patience_seconds
        self._uploaded, self._held_out = demo_rows.load_breast_cancer_rows()
        self.accuracy = 0.0

    def steps(self) -> Iterator[DemoStep]:
        """Yield each step when it is done; raises Failure when one fails."""
        yield DemoStep(1, "Notebook", self._notebook())
        yield DemoStep(2, "Data", self._put_data())
        run = self._run_of_upload()
        yield DemoStep(3, "Image", self._image(run))
        job = self._job(run)
        reason = run.given.get("Reason", "data")
        yield DemoStep(4, "Training begins", f"by itself (reason: {reason}), on {_instances(job)}")
        yield DemoStep(5, "Image pulled", f"by {job['TrainingJobName']}")
        job = self._job_reaches(job["TrainingJobName"], ("Completed",))
        yield DemoStep(6, "Training", _trained(job))
        run = self._finished(run)
        yield DemoStep(7, "Model and gate", self._gate(run))
        version = model_versions.describe_version(self._env, run.output["ModelPackageArn"])
        yield DemoStep(8, "Approval", self._approve(version))
        self._wait("the rollout: CloudFormation replaces the endpoint's configuration")
        model_versions.wait_until_live(self._env, self._model, version, self._wait)
        yield DemoStep(9, "Endpoint", self._endpoint())
        yield DemoStep(10, "Predictions", self._predict())

    def _notebook(self) -> str:
        name = self._env.output(WORKBENCH, NOTEBOOK_INSTANCE_NAME)
        found = self._env.aws("sagemaker").describe_notebook_instance(NotebookInstanceName=name)
        return f"{name} is {found['NotebookInstanceStatus']}"

    def _put_data(self) -> str:
        parts = data_split.split_rows(self._uploaded, SHARES, 0)
        files = {
            f"{channel}/rows.csv": io.BytesIO(data_split.encode_csv(part))
            for channel, part in parts.items()
        }
        data_versions.upload_version(self._env, self._model, VERSION, files, lambda _: None)
        return f"{len(self._uploaded)} real rows uploaded, {len(self._held_out)} held back"

    def _run_of_upload(self) -> Run:
        def begun() -> Run | None:
            found = workflow_runs.newest_runs(self._env, self._model, 5)
            return next((run for run in found if run.data_version == VERSION), None)

        self._wait("the upload's event to start the workflow")
        return self._until(begun, "the upload to start a training")

    def _image(self, run: Run) -> str:
        repository = self._env.output(REGISTRY, REPOSITORY_NAME)
        tag = self._env.output(REGISTRY, IMAGE_TAG)
        ecr = self._env.aws("ecr")

        def built() -> bool | None:
            self._require_running(run)
            listed = ecr.list_images(repositoryName=repository)["imageIds"]
            return any(image.get("imageTag") == tag for image in listed) or None

        self._wait("CodeBuild to build the image")
        self._until(built, "the image")
        return f"built by CodeBuild, tag {tag[:16]}"

    def _job(self, run: Run) -> dict[str, Any]:
        def started() -> dict[str, Any] | None:
            self._require_running(run)
            listed = self._env.aws("sagemaker").list_training_jobs(
                NameContains=f"{self._model}-", SortBy="CreationTime", SortOrder="Descending"
            )["TrainingJobSummaries"]
            return self._describe(listed[0]["TrainingJobName"]) if listed else None

        self._wait("the training job to start")
        return self._until(started, "a training job")

    def _job_reaches(self, name: str, states: tuple[str, ...]) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            job = self._describe(name)
            if job["TrainingJobStatus"] in ("Failed", "Stopped"):
                raise Failure(f"demo: {name} failed: {job.get('FailureReason', 'no reason')}")
            self._wait(f"training: {job['SecondaryStatus']}")
            return job if job["TrainingJobStatus"] in states else None

        return self._until(reached, "the training job to finish")

    def _finished(self, run: Run) -> Run:
        def ended() -> Run | None:
            now = workflow_runs.describe_run(self._env, run.arn)
            self._wait(f"the workflow: {workflow_runs.current_state(self._env, run.arn)}")
            return None if now.status == "RUNNING" else now

        done = self._until(ended, "the workflow to finish")
        if done.state != "registered":
            raise Failure(f"demo: the workflow ended as {done.state}: {done.error or done.output}")
        return done

    def _gate(self, run: Run) -> str:
        gate = self._env.config.models[self._model].gate
        sign = "at most" if gate.is_minimised else "at least"
        value = run.metric(gate.metric)
        reached = "" if value is None else f"{gate.metric} {value:.4f} ({sign} {gate.bound:g})"
        return f"{reached}, registered as version {run.package}"

    def _approve(self, version: model_versions.ModelVersion) -> str:
        if version.status == "Approved":
            return f"version {version.number} was approved automatically"
        model_versions.set_approval_status(
            self._env, version, "Approved", "approved in the demonstration"
        )
        return f"version {version.number} approved, as a person would"

    def _endpoint(self) -> str:
        live = model_versions.live_endpoint(self._env, self._model)
        return f"{live.endpoint} is {live.endpoint_status}"

    def _predict(self) -> str:
        held = self._held_out
        rows = RequestRows.of_cells([row[1:] for row in held])
        predicted = predictions.request_predictions(self._env, self._model, rows)
        right = [
            (float(value) > 0.5) == (float(row[0]) == 1)
            for value, row in zip(predicted, held, strict=True)
        ]
        self.accuracy = sum(right) / len(right)
        return f"{sum(right)} of {len(right)} held-back rows right: {self.accuracy:.1%}"

    def _describe(self, name: str) -> dict[str, Any]:
        return dict(self._env.aws("sagemaker").describe_training_job(TrainingJobName=name))

    def _require_running(self, run: Run) -> None:
        now = workflow_runs.describe_run(self._env, run.arn)
        if now.status not in ("RUNNING", "SUCCEEDED"):
            raise Failure(f"demo: the workflow ended as {now.status}: {now.error or 'no reason'}")

    def _until(self, probe: Callable[[], Found | None], what: str) -> Found:
        deadline = time.monotonic() + self._patience_seconds
        while time.monotonic() < deadline:
            result = probe()
            if result is not None:
                return result
            time.sleep(self._env.poll_seconds)
        raise Failure(
            f"demo: waited {self._patience_seconds} seconds for {what}; see: ./kiban status"
        )


def _instances(job: dict[str, Any]) -> str:
    resources = job["ResourceConfig"]
    return f"{resources['InstanceCount']} x {resources['InstanceType']}"


def _trained(job: dict[str, Any]) -> str:
    metrics = [
        f"{item['MetricName']} {item['Value']:.4f}"
        for item in job.get("FinalMetricDataList", [])
        if item["MetricName"].startswith("validation")
    ]
    return ", ".join(metrics) or str(job["SecondaryStatus"])
