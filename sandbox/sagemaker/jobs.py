"""The life cycle that training and processing jobs share: process, folders, status, logs."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import Any

from moto.sagemaker.exceptions import ResourceInUseException, ValidationError

from sandbox.ecr import images
from sandbox.ecr.process_environment import child_environment
from sandbox.eventbridge import events
from sandbox.iam.callers import Caller, NotAllowed
from sandbox.programs.log_streams import LogStream
from sandbox.programs.processes import Child, Program
from sandbox.s3 import transfers
from sandbox.sagemaker.input_config import BASE
from sandbox.state import context
from sandbox.state.stores import Document, Place, now

# AWS sends SIGKILL two minutes after SIGTERM.
GRACE_SECONDS = 120.0
_DAY_SECONDS = 86_400
_LAST_LINES = 20
_REASON_LENGTH = 1024


class JobError(Exception):
    """A job that cannot go on; the text is its FailureReason."""


class Job:
    """One job of either kind; a subclass says what it reads, runs and writes.

    `document` is what Describe returns. `kind` is `Training` or `Processing`. Each of `hosts` is a
    process with a folder of its own; `folder` is that of the first.
    """

    kind = ""
    stopped_statuses = ("Stopped",)

    def __init__(self, place: Place, request: Document) -> None:
        self.place, self.request = place, request
        self.caller = Caller(place.region, request.get("RoleArn"))
        self.name = str(request[f"{self.kind}JobName"])
        self.arn = place.arn(f"{self.kind.lower()}-job", self.name)
        jobs = context.current().folder / f"{self.kind.lower()}-jobs"
        self.folder = (jobs / place.region / self.name).resolve()
        self.isolated = self.network_isolation()
        self.hosts = [f"algo-{number + 1}" for number in range(self.instance_count())]
        self.document: Document = {
            **{key: value for key, value in request.items() if key != "Tags"},
            f"{self.kind}JobArn": self.arn,
            f"{self.kind}JobStatus": "InProgress",
            "CreationTime": now(),
            "LastModifiedTime": now(),
        }
        self.tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags") or []}
        self._lock = threading.Lock()
        self._children: list[Child] = []
        self._failed = self.hosts[0]
        self._stop_asked = self._timed_out = False
        self.lines: list[str] = []

    def network_isolation(self) -> bool:
        """Tell whether the request asks for network isolation."""
        raise NotImplementedError

    def instance_count(self) -> int:
        """Return how many machines the request asks for."""
        return 1

    def folder_of(self, host: str) -> Path:
        """Return the /opt/ml of one host."""
        is_first = host == self.hosts[0]
        return self.folder if is_first else self.folder.with_name(f"{self.name}.{host}")

    def image_uri(self) -> str:
        """Return the address of the image to run."""
        raise NotImplementedError

    def prepare_folders(self) -> None:
        """Fill the folder; raises JobError or TransferError."""
        raise NotImplementedError

    def command(self, image: images.Image) -> list[str]:
        """Return the program of `image` and its arguments."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Return what this kind of job adds to the environment of its program."""
        raise NotImplementedError

    def upload_outputs(self, succeeded: bool) -> None:
        """Take what the program left: uploads, metrics."""
        raise NotImplementedError

    def add_secondary_status(self, secondary: str, message: str) -> None:
        """Note a step on the way; only training shows them."""

    @property
    def status(self) -> str:
        """InProgress, Stopping, Completed, Failed or Stopped."""
        return str(self.document[f"{self.kind}JobStatus"])

    def start(self) -> None:
        """Run in the background."""
        self.emit()
        threading.Thread(target=self._run, name=self.name, daemon=True).start()

    def stop(self) -> None:
        """End the program; raises ValidationException when the job has ended."""
        with self._lock:
            if self.status not in ("InProgress", "Stopping"):
                raise ValidationError(
                    message=f"The request was rejected because the {self.kind.lower()} job is in "
                    f"status {self.status}."
                )
            self._stop_asked = True
            self.document[f"{self.kind}JobStatus"] = "Stopping"
        self.add_secondary_status("Stopping", "Stopping the job")
        self._stop_children()

    def emit(self) -> None:
        """Tell EventBridge the state of this job."""
        detail = {**self.document, "Tags": self.tags}
        change = f"SageMaker {self.kind} Job State Change"
        events.put(self.place, events.Event("aws.sagemaker", change, detail, [self.arn]))

    def _run(self) -> None:
        try:
            image = images.pull(self.image_uri(), self.caller)
            command = self.command(image)
            for host in self.hosts:
                shutil.rmtree(self.folder_of(host), ignore_errors=True)
            self.prepare_folders()
            code = self._execute(image, command)
            self._end_with_exit_code(code)
        except (JobError, NotAllowed, transfers.TransferError, images.ImageError) as error:
            self._set_final_status("Failed", str(error))
        except Exception as error:  # an error of the sandbox must not look like a running job
            self._set_final_status(
                "Failed", f"InternalServerError: sandbox: {type(error).__name__}: {error}"
            )

    def _execute(self, image: images.Image, command: list[str]) -> int:
        self.document[f"{self.kind}StartTime"] = now()
        begun = int(time.time())
        self.add_secondary_status(
            "Training", "Training image download completed. Training in progress."
        )
        logs = []
        with self._lock:
            if self._stop_asked:
                return 0
            for host in self.hosts:
                stream = f"{self.name}/{host}-{begun}"
                logs.append(LogStream(self.place, f"/aws/sagemaker/{self.kind}Jobs", stream))
                self._children.append(Child(self._program(image, command, host, logs[-1])))
        try:
            return self._wait(logs)
        finally:
            for child in self._children:
                child.kill()  # whatever went wrong here, nothing goes on running
            for log in logs:
                log.flush()

    def _program(
        self, image: images.Image, command: list[str], host: str, log: LogStream
    ) -> Program:
        folder = self.folder_of(host)
        environment = child_environment(
            image, folder, self.place, self.caller.role_arn, self.isolated
        )
        environment |= self.environment()
        # Where no program can have an /opt/ml of its own, arguments that name it are right still.
        words = [word.replace(BASE, f"{folder}/") for word in command]
        note = lambda line: self.lines.append(log.write(line))  # noqa: E731
        return Program(words, environment, folder, note, is_opt_ml=True)

    def _wait(self, logs: list[LogStream]) -> int:
        limit = self.request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", _DAY_SECONDS)
        deadline = time.monotonic() + int(limit)
        # A host that fails ends the job; those that are done wait for the others.
        while not any(codes := [child.wait(0.5 / len(logs)) for child in self._children]):
            if None not in codes:
                return 0
            for log in logs:
                log.flush()
            self.run_periodically()
            if time.monotonic() > deadline and not (self._stop_asked or self._timed_out):
                self._timed_out = True
                self._stop_children()
        self._failed = next(host for host, code in zip(self.hosts, codes, strict=True) if code)
        return next(code for code in codes if code)

    def _stop_children(self) -> None:
        for child in self._children:
            threading.Thread(target=child.stop, args=(GRACE_SECONDS,), daemon=True).start()

    def run_periodically(self) -> None:
        """Do what a kind of job does again and again until its program ends."""

    def _end_with_exit_code(self, code: int) -> None:
        ended_by_us = self._stop_asked or self._timed_out
        if code and not ended_by_us:
            self.upload_outputs(False)
            raise JobError(f"AlgorithmError: {self._reason()}, exit code: {code}")
        self.upload_outputs(True)
        if self._timed_out:
            self._set_final_status("Stopped", "", "MaxRuntimeExceeded")
        else:
            self._set_final_status("Stopped" if self._stop_asked else "Completed", "")

    def _reason(self) -> str:
        for host in (self._failed, *self.hosts):
            file = self.folder_of(host) / "output" / "failure"
            if file.is_file():
                return file.read_text(errors="replace")[:_REASON_LENGTH].strip()
        return " ".join(line.strip() for line in self.lines[-_LAST_LINES:])[-_REASON_LENGTH:]

    def _set_final_status(self, status: str, reason: str, secondary: str = "") -> None:
        ended = now()
        with self._lock:
            if reason:
                self.document["FailureReason"] = reason[:_REASON_LENGTH]
            self.document |= {f"{self.kind}EndTime": ended, "LastModifiedTime": ended}
            self.document |= self.final_fields(ended)
            self.document[f"{self.kind}JobStatus"] = status
        self.add_secondary_status(secondary or status, reason)
        if not self.has_secondary_status:
            self.emit()

    has_secondary_status = False

    def final_fields(self, ended: Any) -> Document:
        """Return what else Describe shows once the job has ended."""
        return {}


def refuse_taken(job: Job, added: Job | None) -> None:
    """Raise ResourceInUse in AWS's words when `added` is None: the name was used before."""
    if added is None:
        raise ResourceInUseException(
            message=f"{job.kind} job names must be unique within an AWS account and region, and a "
            f"{job.kind.lower()} job with this name already exists ({job.arn})"
        )
