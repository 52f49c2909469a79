"""CodeBuild builds: unpack the project's source, install its packages, push the tag."""

from __future__ import annotations

import compileall
import hashlib
import json
import shutil
import tempfile
import threading
import uuid
from pathlib import Path
from typing import Any

from moto.codebuild import urls
from moto.codebuild.exceptions import InvalidInputException, ResourceNotFoundException
from moto.codebuild.models import codebuild_backends
from moto.codebuild.responses import CodeBuildResponse
from moto.core.responses import ActionResult

from sandbox.ecr import archives, environments, images
from sandbox.eventbridge import events
from sandbox.programs.log_streams import LogStream
from sandbox.s3 import transfers
from sandbox.state.stores import Document, Place, Store, now

BUILDS: Store[Build] = Store("build")
_WRONG = (
    archives.UnsafeArchive,
    environments.EnvironmentFailed,
    images.ImageError,
    transfers.TransferError,
    OSError,
    ValueError,
)


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
        try:
            self._build()
            status = "SUCCEEDED"
        except _WRONG as error:
            self._say(str(error))
            self._close("FAILED", str(error))
            status = "FAILED"
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
        compileall.compile_dir(folder / "container", quiet=2)
        self._phase("POST_BUILD")
        digest = images.register(self.place, uri, images.Image(uri, folder, environment))
        self._say(f"pushed {uri} {digest}")
        self._phase("FINALIZING")

    def _unpack(self) -> Path:
        bucket, _, key = self._source.removeprefix("arn:aws:s3:::").partition("/")
        self._say(f"downloading s3://{bucket}/{key}")
        with tempfile.TemporaryDirectory() as temporary:
            archive = Path(temporary) / (Path(key).name or "source.zip")
            storage = transfers.s3(self.place.region)
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

    def _close(self, status: str, message: str = "") -> None:
        last = self.document["phases"][-1]
        if "endTime" in last:
            return
        took = int((now() - last["startTime"]).total_seconds())
        contexts = [{"statusCode": "CLIENT_ERROR", "message": message}] if message else []
        last |= {"phaseStatus": status, "endTime": now(), "durationInSeconds": took}
        last["contexts"] = contexts

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


class Response(CodeBuildResponse):
    """The operations that a build needs; everything else stays moto's."""

    @property
    def _place(self) -> Place:
        return Place(self.current_account, self.region)

    def start_build(self) -> ActionResult:
        request = json.loads(self.body)
        name = request["projectName"].rpartition("/")[2]
        backend: Any = codebuild_backends[self.current_account][self.region]
        project = backend.codebuild_projects.get(name)
        if project is None:
            raise ResourceNotFoundException(f"Project cannot be found: {name}")
        source = project.project_metadata["source"]["type"]
        if source != "S3":
            raise InvalidInputException(
                f"sandbox: project {name} has a source of type {source}; the sandbox builds S3"
            )
        build = Build(self._place, project.project_metadata, request)
        BUILDS.add(self._place, build.id, lambda: build)
        build.start()
        return ActionResult({"build": build.document})

    def batch_get_builds(self) -> ActionResult:
        wanted = json.loads(self.body)["ids"]
        ids = [arn.rpartition("build/")[2] for arn in wanted]
        found = {one: BUILDS.find(self._place, one) for one in ids}
        missing = [one for one, build in found.items() if build is None]
        documents = [dict(build.document) for build in found.values() if build]
        return ActionResult({"builds": documents, "buildsNotFound": missing})

    def list_builds_for_project(self) -> ActionResult:
        name = json.loads(self.body)["projectName"]
        builds = [b.id for b in reversed(BUILDS.all(self._place)) if b.name == name]
        return ActionResult({"ids": builds})

    def list_builds(self) -> ActionResult:
        return ActionResult({"ids": [build.id for build in reversed(BUILDS.all(self._place))]})


def install() -> None:
    """Make moto's CodeBuild build."""
    urls.url_paths["{0}/$"] = Response.dispatch
