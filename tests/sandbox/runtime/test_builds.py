from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from sandbox.ecr import archives, environments
from tests.sandbox.runtime.cloud import Cloud
from tests.sandbox.runtime.container_source import zipped


def test_a_build_pushes_the_tag_and_tells_its_phases(cloud: Cloud) -> None:
    build = cloud.build(cloud.project(zipped({"README": "phases"})), "phases")

    assert build["buildStatus"] == "SUCCEEDED"
    phases = [phase["phaseType"] for phase in build["phases"]]
    assert phases[:2] == ["SUBMITTED", "QUEUED"]
    assert {"DOWNLOAD_SOURCE", "INSTALL", "BUILD", "POST_BUILD"} <= set(phases)
    assert phases[-1] == build["currentPhase"] == "COMPLETED"
    images = cloud.client("ecr").describe_images(
        repositoryName="models", imageIds=[{"imageTag": "phases"}]
    )["imageDetails"]
    assert len(images) == 1
    logs = build["logs"]
    lines = cloud.logs(logs["groupName"], logs["streamName"])
    assert any("pushed" in line and "models:phases" in line for line in lines)


def test_the_same_build_twice_builds_once(cloud: Cloud) -> None:
    project = cloud.project(zipped({"README": "twice"}))
    cloud.build(project, "twice")
    before = sorted((cloud.folder / "images").iterdir())
    again = cloud.build(project, "twice")

    assert again["buildStatus"] == "SUCCEEDED"
    assert "INSTALL" not in [phase["phaseType"] for phase in again["phases"]]
    assert sorted((cloud.folder / "images").iterdir()) == before


def test_a_build_whose_tag_another_one_pushed_meanwhile_succeeds(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = cloud.project(zipped({"README": "at once"}))
    cloud.build(project, "at-once")
    # As it looked when both began: the registry refuses the second push.
    monkeypatch.setattr("sandbox.ecr.builds.images.exists", lambda *_: False)

    again = cloud.build(project, "at-once")

    assert again["buildStatus"] == "SUCCEEDED"
    assert again["phases"][-2]["phaseType"] == "FINALIZING"


def test_the_same_packages_share_one_environment(cloud: Cloud) -> None:
    cloud.build(cloud.project(zipped({"README": "one"})), "one")
    cloud.build(cloud.project(zipped({"README": "other"})), "other")

    kept = [path for path in (cloud.folder / "cache/environments").iterdir() if path.is_dir()]
    assert len(kept) == 1


def test_all_files_of_requirements_make_one_environment(cloud: Cloud) -> None:
    source = zipped({"requirements-more.txt": "./not-there-either\n"})
    build = cloud.build(cloud.project(source), "more-packages")

    (failed,) = [phase for phase in build["phases"] if phase.get("phaseStatus") == "FAILED"]
    reason = failed["contexts"][0]["message"]
    assert "requirements.txt and requirements-more.txt: cannot install the packages" in reason


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a==1")
    (tmp_path / "b.txt").write_text("b==2")
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]

    assert environments.key(files) == environments.key(files[::-1])
    assert environments.key(files) != environments.key(files[:1])


def test_packages_that_do_not_exist_fail_the_build_with_pips_words(cloud: Cloud) -> None:
    source = zipped({"requirements.txt": "./not-there\n"})
    build = cloud.build(cloud.project(source), "packages")

    assert build["buildStatus"] == "FAILED"
    (failed,) = [phase for phase in build["phases"] if phase.get("phaseStatus") == "FAILED"]
    assert failed["phaseType"] == "INSTALL"
    assert "requirements.txt: cannot install the packages" in failed["contexts"][0]["message"]


def test_a_source_without_requirements_fails_the_build(cloud: Cloud) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("bin/train", "#!/bin/sh\n")
    build = cloud.build(cloud.project(buffer.getvalue()), "nothing")

    assert build["buildStatus"] == "FAILED"


def test_a_source_that_is_not_there_fails_the_build(cloud: Cloud) -> None:
    project = cloud.project(zipped())
    cloud.client("s3").delete_object(Bucket=cloud.bucket, Key=f"source/{project}.zip")
    build = cloud.build(project, "absent")

    (failed,) = [phase for phase in build["phases"] if phase.get("phaseStatus") == "FAILED"]
    assert f"cannot read its source s3://bucket/source/{project}.zip" in str(failed["contexts"])


def test_an_unknown_project_is_refused(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="Project cannot be found: nobody"):
        cloud.client("codebuild").start_build(projectName="nobody")


def test_programs_of_an_unpacked_image_can_be_run(cloud: Cloud) -> None:
    cloud.build(cloud.project(zipped({"README": "run"})), "run")

    programs = list((cloud.folder / "images").glob("*/container/bin/train"))
    assert programs
    assert all(path.stat().st_mode & stat.S_IXUSR for path in programs)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../outside", "leaves the folder"),
        ("/etc/passwd", "leaves the folder"),
        ("bin/../../outside", "leaves the folder"),
        ("c:/outside", "leaves the folder"),
    ],
)
def test_an_archive_that_leaves_its_folder_is_refused(
    tmp_path: Path, name: str, reason: str
) -> None:
    archive = _archive(tmp_path, {name: b"x"})

    with pytest.raises(archives.UnsafeArchive, match=reason):
        archives.unpack(archive, tmp_path / "image")
    assert not (tmp_path / "image").exists()


def test_an_archive_with_a_link_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "source.zip"
    link = zipfile.ZipInfo("bin/train")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(link, "/bin/sh")

    with pytest.raises(archives.UnsafeArchive, match="'bin/train' is a link"):
        archives.unpack(archive, tmp_path / "image")


def test_an_archive_that_grows_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_MOST_BYTES", 1024 * 1024)
    archive = tmp_path / "source.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("zeros", bytes(2 * 1024 * 1024))
    assert archive.stat().st_size < 10_000

    with pytest.raises(archives.UnsafeArchive, match="leave data out of it"):
        archives.unpack(archive, tmp_path / "image")
    assert not (tmp_path / "image").exists()


def test_something_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source.zip").write_bytes(b"no zip file")

    with pytest.raises(archives.UnsafeArchive, match="upload a zip file of container/"):
        archives.unpack(tmp_path / "source.zip", tmp_path / "image")


def test_two_builds_at_once_make_one_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIBAN_CACHE", str(tmp_path))
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# none\n")
    made: list[Path] = []
    threads = [
        threading.Thread(target=lambda: made.append(environments.ensure(requirements)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 3
    assert len(set(made)) == 1
    folders = [path for path in (tmp_path / "environments").iterdir() if path.is_dir()]
    assert folders == [made[0]]


def test_an_environment_has_its_own_python_and_only_its_own_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIBAN_CACHE", str(tmp_path))
    (tmp_path / "requirements.txt").write_text("# none\n")
    environment = environments.ensure(tmp_path / "requirements.txt")

    code = "import sys, importlib.util as u; print(sys.prefix, u.find_spec('boto3'))"
    shown = subprocess.run(
        [environment / "bin/python", "-c", code], capture_output=True, text=True, check=True
    )
    assert shown.stdout.split() == [str(environment), "None"]


def test_the_environment_command_is_quiet_and_does_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("# none\n")
    command = [sys.executable, "-m", "sandbox.ecr.environments", str(tmp_path / "requirements.txt")]
    environment = {**os.environ, "KIBAN_CACHE": str(tmp_path)}
    for _ in range(2):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout + done.stderr == ""
    folders = [path for path in (tmp_path / "environments").iterdir() if path.is_dir()]
    assert len(folders) == 1


def test_the_environment_command_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.ecr.environments", str(tmp_path / "nothing.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "nothing.txt: not found" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def _archive(folder: Path, files: dict[str, bytes]) -> Path:
    archive = folder / "source.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return archive
