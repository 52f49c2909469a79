"""The image: where it lives, how it is built, and why a tag is enough to know what is in it."""

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.images import image_build
from constructs_lib.images.build_outcomes import REGISTRY_FAILED
from constructs_lib.images.image_build import BUILD, CONTAINER
from tests.constructs_lib.conftest import Stacks
from tests.constructs_lib.images.builds import project, run_build, variables
from tests.templates.environments import add_platform, add_stage, make_environment, new_app


def statements(stacks: Stacks) -> list[dict[str, Any]]:
    (policy,) = stacks.resources("Registry", "AWS::IAM::ManagedPolicy")
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def test_the_tag_is_the_content_of_the_container_folder(usual: Stacks) -> None:
    tag = usual.platform.registry.image_tag
    location = project(usual)["Source"]["Location"]

    assert len(tag) == 16
    assert location["Fn::Join"][1][1].startswith(tag)
    assert variables(usual)["IMAGE_TAG"] == tag
    assert usual.templates["Registry"]["Outputs"]["ImageTag"]["Value"] == tag


def test_the_build_knows_its_repository(usual: Stacks) -> None:
    assert set(variables(usual)) == {"IMAGE_TAG", "REPOSITORY_NAME", "REPOSITORY_URI"}
    assert variables(usual)["REPOSITORY_NAME"]["Ref"].startswith("Repository")


def tag_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The image tag when `folder` takes the place of `container/`."""
    monkeypatch.setattr(image_build, "CONTAINER", folder)
    config = make_environment()
    return add_platform(add_stage(new_app(), config), config).registry.image_tag


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "container"
    folder.mkdir()
    (folder / "train.py").write_text("print('one')")
    return folder


NOISE = (
    *("bench/load.py", "examples/algorithm.py", "fixtures/rows.csv", "tests/test_a.py"),
    *("conformance.toml", "README.md", "a.pyc", "part/a.pyc"),
    *("__pycache__/a.txt", "part/__pycache__/a.txt", ".mypy_cache/a", "part/.ruff_cache/a"),
)
"""Files that the image does not have: one for each pattern of what is left out."""


def test_what_is_not_in_the_image_does_not_change_its_tag(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "part").mkdir()
    before = tag_of(source, monkeypatch)
    for name in NOISE:
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text("noise")

    assert tag_of(source, monkeypatch) == before


def test_what_is_in_the_image_changes_its_tag(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tag_of(source, monkeypatch)
    (source / "train.py").write_text("print('two')")

    assert tag_of(source, monkeypatch) != before


def test_the_container_folder_is_what_docker_builds() -> None:
    assert (CONTAINER / "Dockerfile").is_file()
    assert (CONTAINER / "requirements.txt").is_file()


def test_the_build_makes_one_plain_image_for_x86(usual: Stacks) -> None:
    spec = json.loads(project(usual)["Source"]["BuildSpec"])
    (command,) = spec["phases"]["build"]["commands"]

    assert command == BUILD
    for word in ("--platform linux/amd64", "--provenance=false", "--sbom=false"):
        assert word in command
    assert "oci-mediatypes=false" in command


def test_the_build_pushes_nothing_when_the_tag_exists(tmp_path: Path) -> None:
    log = run_build(tmp_path, script=BUILD, tag_exists=True)

    assert [line.split(" ")[0] for line in log] == ["aws"]


def test_the_build_pushes_what_is_missing(tmp_path: Path) -> None:
    log = run_build(tmp_path, script=BUILD, tag_exists=False)

    assert any("login" in line and "111122223333.dkr.ecr.test" in line for line in log)
    assert log[-1].startswith("docker buildx build")
    assert "name=111122223333.dkr.ecr.test/repo:abc,push=true" in log[-1]


def test_a_build_that_cannot_sign_in_fails_and_pushes_nothing(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run_build(tmp_path, script=BUILD, tag_exists=False, docker="exit 1")

    assert "buildx" not in (tmp_path / "log").read_text()


HOST = "https://public.ecr.aws/v2/docker/library/python/manifests/sha256:f77a"
NO_METADATA = "ERROR: failed to solve: failed to resolve source metadata for python"
NOT_COMPLETE = "did not complete successfully: exit code: 1"


# As public traces of BuildKit and dockerd have them, with other names.
@pytest.mark.parametrize(
    "text",
    [
        f"{NO_METADATA}: unexpected status from HEAD request to {HOST}: 429 Too Many Requests",
        "ERROR: failed to solve: python: failed to copy: httpReadSeeker: failed open: unexpected "
        f"status code {HOST}: 429 Too Many Requests - Server message: toomanyrequests: Data limit",
        "ERROR: failed to build: failed to solve: toomanyrequests: Rate exceeded",
        f"{NO_METADATA}: unexpected status from GET request to {HOST}: 503 Service Unavailable",
        f'{NO_METADATA}: failed to do request: Head "{HOST}": dial tcp host:443: i/o timeout',
        f'{NO_METADATA}: failed to do request: Head "{HOST}": net/http: TLS handshake timeout',
        f'{NO_METADATA}: failed to do request: Head "{HOST}": EOF',
        "ERROR: failed to solve: failed to push repo: read: connection reset by peer",
        "Error response from daemon: Get https://repo/v2/: context deadline exceeded",
    ],
)
def test_a_build_that_a_registry_made_fail_says_so_with_its_exit_status(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run_build(tmp_path, script=BUILD, tag_exists=False, docker=failing(text))

    assert failed.value.returncode == REGISTRY_FAILED


@pytest.mark.parametrize(
    "text",
    [
        f'ERROR: failed to solve: process "python -m container.image system" {NOT_COMPLETE}',
        f'ERROR: failed to solve: process "curl --timeout 5 toomanyrequests" {NOT_COMPLETE}',
        'ERROR: failed to solve: failed to compute cache key: "/image": not found',
        f"{NO_METADATA}: public.ecr.aws/docker/library/python@sha256:f77a: not found",
        f"{NO_METADATA}: unexpected status from HEAD request to {HOST}: 403 Forbidden",
        "#9 pip: 429 Too Many Requests, retrying after a timeout",
    ],
)
def test_a_build_that_its_content_made_fail_is_not_taken_for_a_registrys_fault(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run_build(tmp_path, script=BUILD, tag_exists=False, docker=failing(text))

    assert failed.value.returncode not in (0, REGISTRY_FAILED)


def test_of_two_builds_of_one_tag_the_later_succeeds_with_the_image_of_the_other(
    tmp_path: Path,
) -> None:
    docker = f'test "$1" = login || {{ touch "{tmp_path}/pushed"; exit 1; }}'
    aws = f'test "$2" != describe-images || test -e "{tmp_path}/pushed" || exit 254'

    log = run_build(tmp_path, script=BUILD, tag_exists=False, docker=docker, aws=aws)

    assert log[-1].startswith("aws ecr describe-images")


def failing(text: str) -> str:
    """A `docker` that signs in and then says `text` and fails."""
    return f'test "$1" = login || {{ echo {shlex.quote(text)} >&2; exit 1; }}'


def test_the_build_script_is_clean_shell(tmp_path: Path) -> None:
    script = tmp_path / "build.sh"
    script.write_text("#!/bin/bash\n" + BUILD)

    result = subprocess.run(
        ["shellcheck", str(script)], capture_output=True, text=True, check=False
    )

    assert result.stdout == ""
    assert result.returncode == 0


def test_a_new_accounts_limits_do_not_refuse_the_project(usual: Stacks) -> None:
    found = project(usual)

    assert "ConcurrentBuildLimit" not in found
    assert found["Environment"]["ComputeType"] == "BUILD_GENERAL1_SMALL"


def test_no_build_runs_for_ever(usual: Stacks) -> None:
    found = project(usual)

    assert found["TimeoutInMinutes"] == 60
    assert found["QueuedTimeoutInMinutes"] == 30


def test_the_build_reads_one_object_and_writes_one_repository(usual: Stacks) -> None:
    reading = [one for one in statements(usual) if "s3:GetObject" in one["Action"]]
    pushing = [one for one in statements(usual) if "ecr:PutImage" in one["Action"]]

    assert len(reading) == len(pushing) == 1
    assert json.dumps(reading[0]["Resource"]).endswith('.zip"]]}')
    assert pushing[0]["Resource"]["Fn::GetAtt"][0].startswith("Repository")


def test_a_build_is_logged_encrypted_and_can_run_docker(usual: Stacks) -> None:
    found = project(usual)

    logs = found["LogsConfig"]["CloudWatchLogs"]
    assert logs["Status"] == "ENABLED"
    assert logs["GroupName"]["Ref"].startswith("ImageBuildLogs")
    assert "Key" in found["EncryptionKey"]["Fn::ImportValue"]
    assert found["Environment"]["PrivilegedMode"] is True
    assert (found["Source"]["Type"], found["Artifacts"]) == ("S3", {"Type": "NO_ARTIFACTS"})
