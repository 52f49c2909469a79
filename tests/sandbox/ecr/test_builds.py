"""The phases of a build, and why it fails."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.ecr import archives, builds, environments, images
from sandbox.ecr.builds import Build
from sandbox.eventbridge import events
from sandbox.s3 import transfers
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/models"
PROJECT: dict[str, Any] = {
    "name": "image",
    "source": {"location": "bucket/source/code.zip"},
    "environment": {
        "computeType": "BUILD_GENERAL1_SMALL",
        "environmentVariables": [
            {"name": "REPOSITORY_URI", "value": URI},
            {"name": "IMAGE_TAG", "value": "v1"},
        ],
    },
    "serviceRole": "r",
}


class Refused(Exception):
    """An error of S3."""


class World:
    """What a build finds, and what it was seen to do."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pushed: list[Any] = []
        self.events: list[Any] = []
        self.exists = False
        self.error: Exception | None = None
        self.downloaded: list[tuple[str, str]] = []


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    found = World()

    def download(bucket: str, key: str, path: str) -> None:
        found.downloaded.append((bucket, key))
        if isinstance(found.error, Refused):
            raise found.error
        Path(path).write_bytes(b"zip")

    def ensure(*files: Path) -> Path:
        if found.error:
            raise found.error
        return tmp_path / "environment"

    def unpack(archive: Path, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "requirements.txt").write_text("")

    def register(place: Place, uri: str, image: Any) -> str:
        found.pushed.append((uri, image))
        return "sha256:1"

    log = SimpleNamespace(group="g", name="n", write=found.lines.append, flush=lambda: None)
    storage = SimpleNamespace(
        download_file=download, exceptions=SimpleNamespace(ClientError=Refused)
    )
    monkeypatch.setattr(builds, "LogStream", lambda *given: log)
    monkeypatch.setattr(builds, "REGISTRY_FAILURES", [])
    monkeypatch.setattr(events, "put", lambda place, event: found.events.append(event))
    monkeypatch.setattr(transfers, "s3", lambda *_: storage)
    monkeypatch.setattr(archives, "unpack", unpack)
    monkeypatch.setattr(environments, "required_by", lambda folder: [folder / "requirements.txt"])
    monkeypatch.setattr(environments, "ensure", ensure)
    monkeypatch.setattr(images, "exists", lambda place, repository, tag: found.exists)
    monkeypatch.setattr(images, "image_folder", lambda content: tmp_path / content)
    monkeypatch.setattr(images, "register", register)
    return found


def built(project: dict[str, Any] = PROJECT, **request: Any) -> dict[str, Any]:
    one = Build(HERE, project, request)
    one._run()
    return one.document


def phases(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(one["phaseType"], one.get("phaseStatus")) for one in document["phases"]]


def test_a_build_goes_through_its_phases_and_pushes_its_image(world: World) -> None:
    document = built()

    assert (document["buildStatus"], document["buildComplete"]) == ("SUCCEEDED", True)
    names = ["SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "BUILD"]
    done = [(name, "SUCCEEDED") for name in [*names, "POST_BUILD", "FINALIZING"]]
    assert phases(document) == [*done, ("COMPLETED", None)]
    assert all(
        one["contexts"] == [] and one["durationInSeconds"] == 0 for one in document["phases"][:-1]
    )
    ((uri, image),) = world.pushed
    assert (uri, image.uri, image.environment.name) == (f"{URI}:v1", f"{URI}:v1", "environment")
    assert world.downloaded == [("bucket", "source/code.zip")]
    assert any(f"pushed {URI}:v1 sha256:1" in line for line in world.lines)
    assert world.events[-1].detail["build-status"] == "SUCCEEDED"


def test_an_image_that_exists_is_not_built_again(world: World) -> None:
    world.exists = True

    document = built()

    assert document["buildStatus"] == "SUCCEEDED"
    assert phases(document)[-2:] == [("PROVISIONING", "SUCCEEDED"), ("COMPLETED", None)]
    assert world.pushed == []


@pytest.mark.parametrize("name", ["REPOSITORY_URI", "IMAGE_TAG"])
def test_a_build_without_a_name_for_its_image_fails(name: str, world: World) -> None:
    document = built(environmentVariablesOverride=[{"name": name, "value": ""}])

    assert document["buildStatus"] == "FAILED"
    (failed,) = [one for one in document["phases"] if one.get("phaseStatus") == "FAILED"]
    assert failed["contexts"] == [
        {
            "statusCode": "CLIENT_ERROR",
            "message": f"project image: {name} is not set; set it in the project",
        }
    ]


@pytest.mark.parametrize(
    "error",
    [
        archives.UnsafeArchive("unsafe"),
        environments.EnvironmentFailed("no such package"),
        images.ImageError("no image"),
        transfers.TransferError("no data"),
        OSError("no room"),
        ValueError("wrong"),
        Refused("not there"),
    ],
)
def test_a_build_fails_with_the_words_of_what_went_wrong(error: Exception, world: World) -> None:
    world.error = error

    document = built()

    assert document["buildStatus"] == "FAILED"
    (failed,) = [one for one in document["phases"] if one.get("phaseStatus") == "FAILED"]
    assert failed["contexts"][0]["statusCode"] == "CLIENT_ERROR"
    assert str(error) in failed["contexts"][0]["message"]
    assert str(error) in world.lines[-1]


def test_a_bug_of_a_build_is_not_told_as_a_failed_one(world: World) -> None:
    world.error = KeyError("a bug")

    with pytest.raises(KeyError):
        built()
    # It has ended all the same: whoever waits for it hears so.
    assert world.events[-1].detail["build-status"] == "FAULT"


@pytest.mark.parametrize(
    ("buildspec", "command"),
    [
        (None, "docker build ."),
        ("{}", "docker build ."),
        ('{"phases": {"build": {"commands": ["make image"]}}}', "make image"),
    ],
)
def test_a_registry_that_does_not_answer_fails_the_command_once(
    buildspec: str | None, command: str, world: World
) -> None:
    builds.REGISTRY_FAILURES.append("429 Too Many Requests")
    project = {**PROJECT, "source": {**PROJECT["source"], "buildspec": buildspec}}

    document = built(project)

    (failed,) = [one for one in document["phases"] if one.get("phaseStatus") == "FAILED"]
    assert (failed["phaseType"], failed["contexts"][0]["statusCode"]) == (
        "BUILD",
        "COMMAND_EXECUTION_ERROR",
    )
    reason = f"Error while executing command: {command}. Reason: exit status 75"
    assert failed["contexts"][0]["message"] == reason
    assert built(project)["buildStatus"] == "SUCCEEDED"


def test_a_source_is_unpacked_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    built()
    monkeypatch.setattr(archives, "unpack", None)

    assert built()["buildStatus"] == "SUCCEEDED"


def test_a_source_that_another_build_unpacked_meanwhile_is_used(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpack = archives.unpack

    def slowly(archive: Path, folder: Path) -> None:
        unpack(archive, folder)
        unpack(archive, tmp_path / folder.parent.name.split(".")[0] / "container")

    monkeypatch.setattr(archives, "unpack", slowly)

    assert built()["buildStatus"] == "SUCCEEDED"
    assert len([one for one in tmp_path.iterdir() if one.is_dir()]) == 1


def test_a_request_goes_before_its_project(world: World) -> None:
    other = {"name": "IMAGE_TAG", "value": "v2", "type": "PARAMETER_STORE"}

    document = built(
        environmentVariablesOverride=[other],
        sourceLocationOverride="arn:aws:s3:::other/place/more.zip",
    )

    assert world.downloaded == [("other", "place/more.zip")]
    assert document["environment"]["environmentVariables"] == [
        {"type": "PLAINTEXT", "name": "REPOSITORY_URI", "value": URI},
        other,
    ]
    assert world.pushed[0][0] == f"{URI}:v2"


def test_a_build_runs_beside_whoever_started_it(world: World) -> None:
    one, done = Build(HERE, PROJECT, {}), threading.Event()
    one._run = done.set  # type: ignore[method-assign]

    one.start()

    assert done.wait(10)
    assert world.events[0].detail["build-status"] == "IN_PROGRESS"
    assert one.document["buildComplete"] is False


@pytest.mark.parametrize(
    ("size", "complete", "counted"),
    [
        ("BUILD_GENERAL1_SMALL", False, 1),
        ("BUILD_GENERAL1_SMALL", True, 0),
        ("BUILD_GENERAL1_LARGE", False, 0),
    ],
)
def test_builds_of_one_size_that_have_not_ended_are_counted(
    size: str, complete: bool, counted: int, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Build(HERE, PROJECT, {})
    one.document["buildComplete"] = complete
    monkeypatch.setattr(builds, "BUILDS", SimpleNamespace(all=lambda place: [one]))

    assert builds.unfinished(HERE, {"computeType": size}) == counted
