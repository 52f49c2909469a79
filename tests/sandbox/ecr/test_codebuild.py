"""CodeBuild's operations on projects and builds."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto.codebuild.exceptions import InvalidInputException, ResourceNotFoundException
from moto.codebuild.responses import CodeBuildResponse
from moto.core.responses import ActionResult

from sandbox.ecr import build_limits, builds, codebuild
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")


class Asked(codebuild.Response):
    """A request with this body."""

    current_account, region = HERE.account, HERE.region

    def __init__(self, **body: Any) -> None:
        self.body = json.dumps(body)


class Build:
    """A build that only starts."""

    number = 0

    def __init__(self, place: Place, project: Any, request: Any) -> None:
        Build.number += 1
        self.name, self.id = project["name"], f"{project['name']}:{Build.number}"
        size = project["environment"]["computeType"]
        self.document = {
            "id": self.id,
            "buildComplete": False,
            "environment": {"computeType": size},
        }
        self.started = False

    def start(self) -> None:
        self.started = True


@pytest.fixture(autouse=True)
def project(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The project `image`, as moto keeps it."""
    found: dict[str, Any] = {
        "name": "image",
        "source": {"type": "S3"},
        "environment": {"computeType": "BUILD_GENERAL1_SMALL"},
    }
    kept = {"image": SimpleNamespace(project_metadata=found)}
    backend = SimpleNamespace(codebuild_projects=kept)
    monkeypatch.setattr(codebuild, "codebuild_backends", {HERE.account: {HERE.region: backend}})
    monkeypatch.setattr(CodeBuildResponse, "create_project", lambda self: ActionResult("made"))
    monkeypatch.setattr(builds, "Build", Build)
    Build.number = 0
    builds.BUILDS.clear()
    yield found
    builds.BUILDS.clear()


def started(name: str = "image") -> str:
    build: str = Asked(projectName=name).start_build().result["build"]["id"]
    return build


def test_a_project_keeps_the_key_that_was_asked_for(
    project: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Asked(name="image").create_project()
    assert "encryptionKey" not in project

    assert Asked(name="image", encryptionKey="k").create_project().result == "made"
    assert project["encryptionKey"] == "k"

    def refuse(place: Place, request: Any) -> None:
        raise InvalidInputException("too many")

    monkeypatch.setattr(build_limits, "check_project", refuse)
    with pytest.raises(InvalidInputException):
        Asked(name="image").create_project()


def test_a_project_is_changed_by_what_is_given(project: dict[str, Any]) -> None:
    Asked(name="image", serviceRole="r").update_project()

    assert (project["serviceRole"], project["name"]) == ("r", "image")
    for operation in ("update_project", "start_build"):
        with pytest.raises(ResourceNotFoundException, match="Project cannot be found: none"):
            getattr(Asked(name="none", projectName="none"), operation)()


def test_a_build_is_started_by_its_projects_name_or_arn_and_found_by_its_id() -> None:
    first = started()
    second = started("arn:aws:codebuild:us-east-1:123456789012:project/image")

    assert all(build.started for build in builds.BUILDS.all())  # type: ignore[attr-defined]
    found = Asked(ids=[first, f"arn:aws:codebuild:r:1:build/{second}", "none"]).batch_get_builds()
    assert [one["id"] for one in found.result["builds"]] == [first, second]
    assert found.result["buildsNotFound"] == ["none"]
    assert Asked().list_builds().result == {"ids": [second, first]}
    assert Asked(projectName="image").list_builds_for_project().result == {"ids": [second, first]}
    assert Asked(projectName="other").list_builds_for_project().result == {"ids": []}


def test_another_source_than_s3_is_refused(project: dict[str, Any]) -> None:
    project["source"]["type"] = "GITHUB"

    with pytest.raises(InvalidInputException, match="has a source of type GITHUB"):
        started()


def test_a_limit_counts_the_builds_that_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(
        build_limits, "check_start", lambda place, project, waiting: asked.append(waiting)
    )

    started()
    started()

    assert asked == [0, 1]
