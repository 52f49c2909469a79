"""CodeBuild API: the operations that a build needs, refused as an account's limits refuse them."""

from __future__ import annotations

import json
import threading
from typing import Any

from moto.codebuild import urls
from moto.codebuild.exceptions import InvalidInputException, ResourceNotFoundException
from moto.codebuild.models import codebuild_backends
from moto.codebuild.responses import CodeBuildResponse
from moto.core.responses import ActionResult

from sandbox.ecr import build_limits, builds
from sandbox.state.stores import Place

_STARTING = threading.Lock()


class Response(CodeBuildResponse):
    """The operations that a build needs; everything else stays moto's."""

    @property
    def _place(self) -> Place:
        return Place(self.current_account, self.region)

    def create_project(self) -> ActionResult:
        """CreateProject, with the key that was asked for: moto writes S3's own."""
        request = json.loads(self.body)
        build_limits.check_project(self._place, request)
        created: ActionResult = super().create_project()
        if key := request.get("encryptionKey"):
            self._project(request["name"])["encryptionKey"] = key
        return created

    def update_project(self) -> ActionResult:
        """UpdateProject, which moto does not have: what is given replaces what was."""
        request = json.loads(self.body)
        project = self._project(request.pop("name"))
        project.update(request)
        return ActionResult({"project": project})

    def _project(self, name: str) -> dict[str, Any]:
        backend: Any = codebuild_backends[self.current_account][self.region]
        project = backend.codebuild_projects.get(name)
        if project is None:
            raise ResourceNotFoundException(f"Project cannot be found: {name}")
        found: dict[str, Any] = project.project_metadata
        return found

    def start_build(self) -> ActionResult:
        request = json.loads(self.body)
        name = request["projectName"].rpartition("/")[2]
        project = self._project(name)
        source = project["source"]["type"]
        if source != "S3":
            raise InvalidInputException(
                f"sandbox: project {name} has a source of type {source}; the sandbox builds S3"
            )
        with _STARTING:
            waiting = builds.unfinished(self._place, project["environment"])
            build_limits.check_start(self._place, project, waiting)
            build = builds.Build(self._place, project, request)
            builds.BUILDS.add(self._place, build.id, lambda: build)
        build.start()
        return ActionResult({"build": build.document})

    def batch_get_builds(self) -> ActionResult:
        wanted = json.loads(self.body)["ids"]
        ids = [arn.rpartition("build/")[2] for arn in wanted]
        found = {one: builds.BUILDS.find(self._place, one) for one in ids}
        missing = [one for one, build in found.items() if build is None]
        documents = [dict(build.document) for build in found.values() if build]
        return ActionResult({"builds": documents, "buildsNotFound": missing})

    def list_builds_for_project(self) -> ActionResult:
        name = json.loads(self.body)["projectName"]
        ids = [one.id for one in reversed(builds.BUILDS.all(self._place)) if one.name == name]
        return ActionResult({"ids": ids})

    def list_builds(self) -> ActionResult:
        return ActionResult(
            {"ids": [build.id for build in reversed(builds.BUILDS.all(self._place))]}
        )


def install() -> None:
    """Make moto's CodeBuild build."""
    urls.url_paths["{0}/$"] = Response.dispatch
