"""Builds of CodeBuild: unpack the project's source, install its packages, push the tag."""

from __future__ import annotations

import compileall
import hashlib
import json
import shutil
import tempfile
import threading
import uuid
from pathlib import Path

from moto.ecr.exceptions import ImageAlreadyExistsException

from sandbox.ecr import archives, environments, images
from sandbox.eventbridge import events
from sandbox.programs.log_streams import LogStream
from sandbox.s3 import transfers
from sandbox.state.stores import Document, Place, Store, now

BUILDS: Store[Build] = Store("build")
REGISTRY_FAILURES: list[str] = []
"""What the registry of the base image shall answer the next builds with; one for each of them."""

_TEMPORARY_FAILURE = 75
_WRONG = (
    archives.UnsafeArchive,
    environments.EnvironmentFailed,
    images.ImageError,
    transfers.TransferError,
    OSError,
    ValueError,
)


class _CommandFailed(Exception):
    """A command of the buildspec that failed; the text is what CodeBuild says of it."""

    def __init__(self, command: str, status: int) -> None:
        super().__init__(f"Error while executing command: {command}. Reason: exit status {status}")


class Build:
    """One build: its document as BatchGetBuilds shows it, made true by a thread."""

    def __init__(self, place: Place, project: Document, request: Document) -> None:
        self.place, self.name = place, str(project["name"])
        number = str(uuid.uuid4())
        self.id = f"{self.name}:{number}"
        logs = project.get("logsConfig", {}).get("cloudWatchLogs", {})
        self._log = LogStream(place, logs.get("groupName") or f"/aws/codebuild/{self.name}", number)
        self._variables = _variables(project, request)
        self._source = str(request.get("sourceLocationOverride") or project["source"]["location"])
        environment = {**project["environment"], "environmentVariables": self._variables}
        self.document: Document = {
            "id": self.id,
            "arn": f"arn:aws:codebuild:{place.region}:{place.account}:build/{self.id}",
            "projectName": self.name,
            "buildStatus": "IN_PROGRESS",
            "buildComplete": False,
            "startTime": now(),
            "currentPhase": "QUEUED",
            "phases": [],
            "source": project["source"],
            "environment": environment,
            "logs": {"groupName": self._log.group, "streamName": self._log.name},
            "serviceRole": project["serviceRole"],
        }
        self._phase("SUBMITTED")
        self._phase("QUEUED")

    def start(self) -> None:
        """Build in the background."""
        self._emit()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        # What nobody foresaw ends it, too: whoever waits for it would wait for ever.
        status = "FAULT"
        try:
            self._build()
            status = "SUCCEEDED"
        except _CommandFailed as error:
            self._fail("COMMAND_EXECUTION_ERROR", error)
            status = "FAILED"
        except _WRONG as error:
            self._fail("CLIENT_ERROR", error)
            status = "FAILED"
        finally:
            self._end(status)

    def _end(self, status: str) -> None:
        if status == "FAULT":
            self._close(status)
        self._phase("COMPLETED")
        self.document["phases"][-1].pop("phaseStatus")
        self.document |= {"endTime": now(), "buildStatus": status, "buildComplete": True}
        self._log.flush()
        self._emit()

    def _build(self) -> None:
        values = {entry["name"]: entry["value"] for entry in self._variables}
        missing = [name for name in ("REPOSITORY_URI", "IMAGE_TAG") if not values.get(name)]
        if missing:
            raise ValueError(f"project {self.name}: {missing[0]} is not set; set it in the project")
        uri = f"{values['REPOSITORY_URI']}:{values['IMAGE_TAG']}"
        self._phase("PROVISIONING")
        if images.exists(self.place, uri.partition("/")[2].rpartition(":")[0], values["IMAGE_TAG"]):
            self._say(f"{uri} exists; nothing to build")
            return
        self._phase("DOWNLOAD_SOURCE")
        folder = self._unpack()
        self._phase("INSTALL")
        required = environments.required_by(folder / "container")
        self._say(f"installing {', '.join(f'container/{file.name}' for file in required)}")
        environment = environments.ensure(*required)
        self._phase("BUILD")
        self._pull_base_image()
        compileall.compile_dir(folder / "container", quiet=2)
        self._phase("POST_BUILD")
        try:
            digest = images.register(self.place, uri, images.Image(uri, folder, environment))
        except ImageAlreadyExistsException:
            # As build.sh finds after a push that immutable tags refuse.
            self._say(f"{uri} was pushed by another build")
        else:
            self._say(f"pushed {uri} {digest}")
        self._phase("FINALIZING")

    def _pull_base_image(self) -> None:
        if REGISTRY_FAILURES:
            self._say(f"ERROR: failed to solve: {REGISTRY_FAILURES.pop(0)}")
            spec = json.loads(self.document["source"].get("buildspec") or "{}")
            commands = spec.get("phases", {}).get("build", {}).get("commands", ["docker build ."])
            raise _CommandFailed(commands[0], _TEMPORARY_FAILURE)

    def _unpack(self) -> Path:
        bucket, _, key = self._source.removeprefix("arn:aws:s3:::").partition("/")
        self._say(f"downloading s3://{bucket}/{key}")
        with tempfile.TemporaryDirectory() as temporary:
            archive = Path(temporary) / (Path(key).name or "source.zip")
            storage = transfers.s3(self.place.region, bucket)
            try:
                storage.download_file(bucket, key, str(archive))
            except storage.exceptions.ClientError as error:
                raise ValueError(
                    f"project {self.name}: cannot read its source s3://{bucket}/{key}: {error}"
                ) from None
            content = hashlib.sha256(archive.read_bytes()).hexdigest()[:32]
            final = images.image_folder(content)
            if not final.is_dir():
                draft = final.with_name(f"{content}.{uuid.uuid4().hex[:8]}")
                archives.unpack(archive, draft / "container")
                try:
                    draft.rename(final)
                except OSError:  # another build of the same source was faster
                    shutil.rmtree(draft, ignore_errors=True)
        return final

    def _say(self, line: str) -> None:
        self._log.write(f"[Container] {now():%Y/%m/%d %H:%M:%S} {line}")

    def _fail(self, code: str, error: Exception) -> None:
        self._say(str(error))
        self._close("FAILED", {"statusCode": code, "message": str(error)})

    def _close(self, status: str, context: Document | None = None) -> None:
        last = self.document["phases"][-1]
        if "endTime" in last:
            return
        took = int((now() - last["startTime"]).total_seconds())
        last |= {"phaseStatus": status, "endTime": now(), "durationInSeconds": took}
        last["contexts"] = [context] if context else []

    def _phase(self, name: str) -> None:
        if self.document["phases"]:
            self._close("SUCCEEDED")
        self.document["currentPhase"] = name
        self.document["phases"].append(
            {"phaseType": name, "phaseStatus": "SUCCEEDED", "startTime": now()}
        )

    def _emit(self) -> None:
        detail = {
            "build-status": self.document["buildStatus"],
            "project-name": self.name,
            "build-id": self.document["arn"],
            "current-phase": self.document["currentPhase"],
            "version": "1",
        }
        arn = self.document["arn"]
        change = "CodeBuild Build State Change"
        events.put(self.place, events.Event("aws.codebuild", change, detail, [arn]))


def _variables(project: Document, request: Document) -> list[Document]:
    chosen = {e["name"]: e for e in project["environment"].get("environmentVariables", [])}
    chosen |= {e["name"]: e for e in request.get("environmentVariablesOverride") or []}
    return [{"type": "PLAINTEXT", **entry} for entry in chosen.values()]


def unfinished(place: Place, environment: Document) -> int:
    """Return how many builds of the same size run or wait."""
    size = environment["computeType"]
    documents = [build.document for build in BUILDS.all(place)]
    return sum(
        not one["buildComplete"] and one["environment"]["computeType"] == size for one in documents
    )


def reset() -> None:
    """Forget every build, and what the registry shall answer."""
    BUILDS.clear()
    REGISTRY_FAILURES.clear()
