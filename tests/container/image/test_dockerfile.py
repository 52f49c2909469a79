import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.containers import container_template
from constructs_lib.images.image_build import BUILD, NOT_SOURCE
from container.image import program, symbols, tree
from container.image.__main__ import main
from tests.container.support import dockerfile
from tests.container.support.image_files import listed
from tests.container.support.world import PACKAGE

READ = dockerfile.read()
FIRST, LAST = READ.stages[0], READ.stages[-1]


def test_it_begins_with_a_digest_and_ends_with_nothing_else() -> None:
    base, digest = READ.all("ARG")[:2]

    assert base == "BASE_IMAGE=public.ecr.aws/docker/library/python:3.12-slim-trixie"
    assert re.fullmatch(r"BASE_DIGEST=sha256:[0-9a-f]{64}", digest)
    assert FIRST.all("FROM") == ["${BASE_IMAGE}@${BASE_DIGEST} AS build"]
    assert LAST.all("FROM") == ["scratch"]
    assert LAST.all("RUN") == []


def test_it_is_made_by_the_steps_that_can_be_made_without_docker() -> None:
    steps = [words for words in FIRST.all("RUN") if words.endswith("]")]

    assert steps == [
        "--mount=type=secret,id=authorities "
        '["python", "-m", "container.image", "system", "/image/system"]',
        '["python", "-m", "container.image", "program", "/image/program"]',
    ]
    assert LAST.all("COPY") == [
        "--from=build /image/system /",
        f"--from=build /image/program {program.HOME}",
    ]


def test_sagemaker_s_argument_reaches_the_program_without_a_shell() -> None:
    assert LAST.entrypoint == ["/opt/venv/bin/python3", "-P", "/opt/program/container/__main__.py"]
    assert LAST.all("CMD") == []
    assert LAST.pairs("ENV")["PATH"] == "/opt/program/container/bin:/opt/venv/bin"


def test_its_labels_say_what_it_is_and_of_what_it_was_made() -> None:
    labels = LAST.pairs("LABEL")
    known = {name.removeprefix("org.opencontainers.image."): text for name, text in labels.items()}

    assert known["base.digest"] == "${BASE_DIGEST}"
    assert known["version"] == "${VERSION}"
    assert known["source"] == "${SOURCE}"
    assert known["licenses"] == "Apache-2.0"
    assert {"title", "description"} <= set(known)
    # A copy in another registry has the same name for whoever looks for the original.
    assert READ.all("ARG")[0] == f"BASE_IMAGE={known['base.name']}"
    # A time would make another image of the same content.
    assert "created" not in known


def test_the_build_on_aws_says_which_version_of_which_source_it_is() -> None:
    for name in ("VERSION", "SOURCE"):
        assert f'--build-arg "{name}=$' in BUILD
        assert name in LAST.pairs("ARG")


@pytest.mark.parametrize(("wanted", "installs"), [("yes", True), ("no", False)])
def test_debians_archive_is_asked_unless_the_build_is_told_not_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, installs: bool
) -> None:
    (apt,) = (words for words in FIRST.all("RUN") if "apt-get" in words)
    script = apt.replace("/var/lib/apt", str(tmp_path))
    (tmp_path / "apt-get").write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/log\n')
    (tmp_path / "apt-get").chmod(0o755)
    variables = {"PATH": f"{tmp_path}:/usr/bin:/bin", "WITH_BINUTILS": wanted}
    subprocess.run(["sh", "-ec", script], env=variables, check=True)
    monkeypatch.setenv("WITH_BINUTILS", wanted)

    assert (tmp_path / "log").exists() is installs
    assert symbols.are_stripped() is installs
    assert "WITH_BINUTILS=yes" in FIRST.all("ARG")


def test_sagemaker_is_told_what_it_may_do_with_it() -> None:
    prefix = "com.amazonaws.sagemaker.capabilities."

    assert LAST.pairs("LABEL")[f"{prefix}accept-bind-to-port"] == "true"
    assert LAST.pairs("LABEL")[f"{prefix}multi-models"] == "true"


def test_what_names_the_image_is_what_goes_into_it() -> None:
    ignored = set(PACKAGE.joinpath(".dockerignore").read_text().splitlines()[1:])

    # Docker reads these two itself; a change of them may change the image.
    assert ignored - {"Dockerfile", ".dockerignore"} == set(NOT_SOURCE)
    assert {name.removeprefix("**/") for name in ignored} <= set(program.LEFT_OUT)


def test_the_image_of_a_new_container_bears_its_name(tmp_path: Path) -> None:
    read = dockerfile.read(container_template.create_container("churn", tmp_path) / "Dockerfile")

    assert read.pairs("LABEL")["org.opencontainers.image.title"] == "churn"
    assert LAST.pairs("LABEL")["org.opencontainers.image.title"] == "kiban"


def test_the_program_lies_in_the_image_without_what_made_it(tmp_path: Path) -> None:
    program.make(tmp_path / "program")

    made = tmp_path / "program/container"
    shipped = {path.name for path in made.iterdir()} - {"__pycache__"}
    assert not shipped & {"image", "Dockerfile", "requirements.lock", "bench", "examples"}
    assert {"__main__.py", "requirements.txt", "bin", "serving"} <= shipped
    for name in ("train", "serve", "evaluate"):
        text = (made / "bin" / name).read_text()
        assert text.startswith("#!/opt/venv/bin/python3 -P\n")
        assert (made / "bin" / name).stat().st_mode & 0o111 == 0o111


def test_the_same_program_twice_is_the_same_to_the_byte_and_the_second(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        program.make(tmp_path / name)
        found.append(listed(tmp_path / name))

    assert found[0] == found[1]
    assert {time for time, _, _ in found[0].values()} == {tree.TIME_SECONDS}


def test_a_program_that_would_need_a_shell_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PACKAGE / "bin", tmp_path / "container/bin")
    (tmp_path / "container/bin/train").write_text("#!/bin/sh\n")
    monkeypatch.setattr(program, "PACKAGE", tmp_path / "container")

    assert main(["program", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == ("bin/train: must begin with #!/usr/bin/env -S python3 -P\n")


@pytest.mark.parametrize("arguments", [[], ["system"], ["layers", "folder"]])
def test_a_step_that_does_not_exist_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: ")
