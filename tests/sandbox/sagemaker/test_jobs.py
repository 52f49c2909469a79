"""How a job goes from its start to its last state."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from moto.sagemaker.exceptions import ResourceInUseException, ValidationError

from sandbox.ecr import images
from sandbox.eventbridge import events
from sandbox.iam.callers import NotAllowed
from sandbox.s3 import transfers
from sandbox.sagemaker import jobs
from sandbox.sagemaker.jobs import Job, JobError
from sandbox.state import context
from sandbox.state.stores import Place
from tests.sandbox.sagemaker.programs import Child, Log

HERE = Place("123456789012", "us-east-1")
OVER = {"StoppingCondition": {"MaxRuntimeInSeconds": 0}}


class Work(Job):
    """A job of some machines, which notes what it does."""

    kind = "Training"

    def __init__(self, *children: Child, **request: Any) -> None:
        self._count = len(children) or 1
        super().__init__(HERE, {"TrainingJobName": "Job", **request})
        self.children, self.did = [*children], []  # type: ignore[var-annotated]
        self.error: Exception | None = None

    def network_isolation(self) -> bool:
        return False

    def instance_count(self) -> int:
        return self._count

    def image_uri(self) -> str:
        return "image"

    def command(self, image: Any) -> list[str]:
        return ["train"]

    def environment(self) -> dict[str, str]:
        return {}

    def prepare_folders(self) -> None:
        if self.error:
            raise self.error

    def upload_outputs(self, succeeded: bool) -> None:
        self.did.append(("upload", succeeded))

    def add_secondary_status(self, secondary: str, message: str) -> None:
        self.did.append((secondary, message))

    def _program(self, image: Any, command: Any, host: str, log: Any) -> Any:
        return self.children[self.hosts.index(host)]


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    found: list[Any] = []
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(folder=tmp_path))
    monkeypatch.setattr(events, "put", lambda place, event: found.append(event))
    monkeypatch.setattr(images, "pull", lambda uri, caller: uri)
    monkeypatch.setattr(jobs, "LogStream", Log)
    monkeypatch.setattr(jobs, "Child", lambda program: program)
    yield found


def ran(job: Work) -> Work:
    job._run()
    return job


def test_a_job_that_ends_well_is_completed_and_told_of(told: list[Any]) -> None:
    job = ran(Work(Child(None, 0), Tags=[{"Key": "k", "Value": "v"}]))

    assert (job.status, job.arn) == (
        "Completed",
        "arn:aws:sagemaker:us-east-1:123456789012:training-job/job",
    )
    assert ("upload", True) in job.did
    assert job.did[-1] == ("Completed", "")
    assert "FailureReason" not in job.document
    (event,) = told
    assert event.detail["TrainingJobStatus"] == "Completed"
    assert event.detail["Tags"] == {"k": "v"}
    assert "Tags" not in job.document
    assert all(child.killed for child in job.children)


@pytest.mark.parametrize(
    ("codes", "failed", "code"),
    [
        ([(0,), (3,)], "algo-2", 3),
        ([(None, 2), (None, 0)], "algo-1", 2),
        ([(1,), (3,)], "algo-1", 1),
    ],
)
def test_a_job_fails_with_the_host_that_fails(
    codes: list[tuple[int, ...]], failed: str, code: int
) -> None:
    job = Work(*(Child(*each) for each in codes))
    job.lines = ["  one", "two  "]

    ran(job)

    assert job.status == "Failed"
    assert job.document["FailureReason"] == f"AlgorithmError: one two, exit code: {code}"
    assert (job._failed, ("upload", False) in job.did) == (failed, True)


def test_hosts_that_are_done_wait_for_the_others() -> None:
    assert ran(Work(Child(0), Child(None, None, 0))).status == "Completed"


@pytest.mark.parametrize("host", ["algo-1", "algo-2"])
def test_a_job_says_why_it_failed_in_its_file(host: str, tmp_path: Path) -> None:
    job = Work(Child(0), Child(1))
    file = job.folder_of(host) / "output" / "failure"

    def fill() -> None:
        file.parent.mkdir(parents=True)
        file.write_text("why" + "y" * 2_000)

    job.prepare_folders = fill  # type: ignore[method-assign]
    ran(job)

    reason = job.document["FailureReason"]
    assert reason.startswith("AlgorithmError: why")
    assert len(reason) == 1_024


def test_the_last_twenty_lines_are_the_reason_of_a_job_without_one() -> None:
    job = Work(Child(1))
    job.lines = [f"line{number}" for number in range(30)]

    ran(job)

    reason = job.document["FailureReason"]
    assert "line10 " in reason
    assert "line9 " not in reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (JobError("no room"), "no room"),
        (NotAllowed("not you"), "not you"),
        (transfers.TransferError("no data"), "no data"),
        (images.ImageError("no image"), "no image"),
        (KeyError("x"), "InternalServerError: sandbox: KeyError: 'x'"),
    ],
)
def test_a_job_that_cannot_begin_fails_with_its_reason(error: Exception, reason: str) -> None:
    job = Work(Child(0))
    job.error = error

    assert ran(job).document["FailureReason"] == reason
    assert job.status == "Failed"


def test_a_job_is_stopped_when_its_time_is_over() -> None:
    job = ran(Work(Child(None), **OVER))

    assert job.status == "Stopped"
    assert job.did[-1] == ("MaxRuntimeExceeded", "")
    assert ("upload", True) in job.did


def test_a_job_that_is_stopped_before_its_program_starts_starts_none() -> None:
    job = Work(Child(1))
    job.stop()
    assert job.status == "Stopping"

    ran(job)

    assert (job.status, job._children) == ("Stopped", [])
    assert job.did[0] == ("Stopping", "Stopping the job")


def test_a_job_that_is_stopped_ends_stopped_whatever_its_program_says() -> None:
    job = Work(Child(None))
    job._children = job.children  # type: ignore[assignment]
    job.stop()
    assert job.children[0].stopped.wait(10)
    job._end_with_exit_code(143)

    assert job.status == "Stopped"


@pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
def test_a_job_that_has_ended_is_not_stopped(status: str) -> None:
    job = Work(Child(0))
    job.document["TrainingJobStatus"] = status

    with pytest.raises(ValidationError, match=f"the training job is in status {status}"):
        job.stop()


def test_a_job_is_stopped_twice() -> None:
    job = Work(Child(0))
    job.stop()
    job.stop()

    assert job.status == "Stopping"


def test_each_host_has_a_folder_beside_the_first_and_old_ones_go() -> None:
    job = Work(Child(0), Child(0))
    first, second = (job.folder_of(host) for host in job.hosts)
    assert second == first.with_name("Job.algo-2")
    for folder in (first, second):
        (folder / "old").mkdir(parents=True)

    ran(job)

    assert not (first / "old").exists()
    assert not (second / "old").exists()


@pytest.mark.aws_row("R100")
def test_a_name_is_used_once() -> None:
    job = Work()
    jobs.refuse_taken(job, job)

    with pytest.raises(ResourceInUseException, match="Training job names must be unique"):
        jobs.refuse_taken(job, None)
    assert (job.instance_count(), Job.instance_count(job)) == (1, 1)
