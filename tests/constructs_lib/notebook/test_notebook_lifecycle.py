"""What the scripts do to an instance: the final text is linted, and run in a folder."""

import base64
import os
import re
import subprocess
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.notebook import notebook_lifecycle
from constructs_lib.notebook.notebook_lifecycle import (
    LIMIT_CHARACTERS,
    LifecycleError,
    NotebookLifecycle,
    check_size,
)
from tests.constructs_lib.notebook.scripts import HOOKS, final_scripts

HOME = "/home/ec2-user"


@pytest.fixture(scope="session")
def scripts(managed: Template) -> dict[str, str]:
    """Final text by hook."""
    return final_scripts(managed.to_json())


@pytest.mark.parametrize("hook", HOOKS)
def test_script_is_sound_shell(scripts: dict[str, str], hook: str) -> None:
    for command in (["bash", "-n"], ["shellcheck", "--enable=check-set-e-suppressed", "-"]):
        done = subprocess.run(command, input=scripts[hook], capture_output=True, text=True)

        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("hook", HOOKS)
def test_script_stops_at_the_first_mistake(scripts: dict[str, str], hook: str) -> None:
    assert scripts[hook].startswith("#!/bin/bash\nset -euo pipefail\n")


@pytest.mark.parametrize("hook", HOOKS)
def test_script_has_unix_line_ends(scripts: dict[str, str], hook: str) -> None:
    assert "\r" not in scripts[hook]


@pytest.mark.parametrize("hook", HOOKS)
def test_script_fits_what_sagemaker_takes(scripts: dict[str, str], hook: str) -> None:
    assert len(base64.b64encode(scripts[hook].encode())) <= LIMIT_CHARACTERS


def test_script_that_is_too_large_is_refused_in_one_line() -> None:
    with pytest.raises(LifecycleError, match=r"on_start\.sh: .* 16384 .* got 16388; shorten"):
        check_size("on_start.sh", "x" * 12_289)


def test_a_notebook_whose_script_is_too_large_is_refused() -> None:
    stack = Stack(App(), "Test")

    with pytest.raises(LifecycleError, match=r"on_start\.sh: .* 16384 .*; shorten"):
        NotebookLifecycle(stack, "Large", idle_minutes=30, variables={"LONG": "x" * 12_288})


def test_size_counts_the_longest_value_a_deployment_may_fill_in() -> None:
    check_size("on_start.sh", "x" * 12_160 + "${Token[TOKEN.7]}")
    with pytest.raises(LifecycleError, match="got 16388"):
        check_size("on_start.sh", "x" * 12_161 + "${Token[TOKEN.7]}")


@pytest.mark.parametrize("hook", HOOKS)
def test_script_waits_for_nothing_so_that_five_minutes_are_plenty(
    scripts: dict[str, str], hook: str
) -> None:
    slow = r"\b(pip|conda|dnf|yum|curl|wget|git|sleep|aws)\b"

    assert not re.search(slow, scripts[hook].split("readonly program=")[-1])
    for line in re.findall(r"^systemctl .*", scripts[hook], re.MULTILINE):
        assert line == "systemctl daemon-reload" or "--no-block" in line


class Instance:
    """A folder that stands for a notebook instance; `systemctl` only notes what it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for place in (f"{HOME}/SageMaker", "/etc/profile.d", "/etc/systemd/system", "/bin"):
            self.path(place).mkdir(parents=True)
        systemctl = self.path("/bin/systemctl")
        systemctl.write_text(f'#!/bin/sh\necho "$*" >> {folder}/systemctl.log\n')
        systemctl.chmod(0o755)

    def path(self, absolute: str) -> Path:
        return self.folder / absolute.lstrip("/")

    def text(self, absolute: str) -> str:
        return self.path(absolute).read_text()

    def run(self, script: str) -> None:
        """Run `script` with every path below the folder, and files owned by whoever runs it."""
        for place in (HOME, "/etc/", "/opt/workbench"):
            script = script.replace(place, f"{self.folder}{place}")
        script = script.replace("-o ec2-user -g ec2-user", "")
        path = f"{self.path('/bin')}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash"], input=script, env={"PATH": path}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


def test_start_installs_the_auto_stop_that_is_tested_here(
    instance: Instance, scripts: dict[str, str]
) -> None:
    instance.run(scripts["OnStart"])

    source = notebook_lifecycle.SOURCES / "auto_stop.py"
    assert instance.text("/opt/workbench/auto_stop.py") == source.read_text()


def test_start_looks_every_five_minutes_whether_the_instance_is_idle(
    instance: Instance, scripts: dict[str, str]
) -> None:
    instance.run(scripts["OnStart"])

    units = "/etc/systemd/system/workbench-auto-stop"
    assert "OnUnitActiveSec=5min" in instance.text(f"{units}.timer")
    assert "auto_stop.py --idle-minutes 60\n" in instance.text(f"{units}.service")
    assert instance.text("/systemctl.log") == (
        "daemon-reload\n--no-block start workbench-auto-stop.timer\n"
    )


def test_start_gives_terminals_the_names_of_the_environment(
    instance: Instance, scripts: dict[str, str]
) -> None:
    instance.run(scripts["OnStart"])

    profile = instance.path("/etc/profile.d/workbench.sh")
    told = subprocess.run(
        ["bash", "-c", f". {profile}; env | grep -E '^(KIBAN|AWS)_' | sort"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    # A logical id ends in a hash, which says nothing.
    lines = re.sub(r"(?<=role/Experiments)\w{8}$", "", told.stdout, flags=re.MULTILINE).splitlines()
    assert lines == [
        "AWS_DEFAULT_REGION=us-east-1",
        "KIBAN_ACCOUNT=111122223333",
        "KIBAN_DATA_BUCKET=kiban-test-storage-data",
        "KIBAN_EXPERIMENT_ROLE=arn:aws:iam::111122223333:role/Experiments",
        "KIBAN_MODELS=churn",
        "KIBAN_REGION=us-east-1",
        "KIBAN_STAGE=kiban-test",
    ]


def test_start_gives_python_kernels_the_same_names(
    instance: Instance, scripts: dict[str, str]
) -> None:
    instance.run(scripts["OnStart"])

    startup = f"{HOME}/.ipython/profile_default/startup/00-workbench.py"
    program = instance.text(startup) + "print(os.environ['KIBAN_DATA_BUCKET'])"
    told = subprocess.run(["python3", "-c", program], capture_output=True, text=True)
    assert told.stdout == "kiban-test-storage-data\n", told.stderr


def test_start_puts_the_quickstart_in_place(instance: Instance, scripts: dict[str, str]) -> None:
    instance.run(scripts["OnStart"])

    placed = instance.text(f"{HOME}/SageMaker/quickstart.ipynb")
    assert placed == notebook_lifecycle.QUICKSTART.read_text()


def test_start_never_overwrites_the_copy_of_the_user(
    instance: Instance, scripts: dict[str, str]
) -> None:
    mine = instance.path(f"{HOME}/SageMaker/quickstart.ipynb")
    mine.write_text("my own work")

    instance.run(scripts["OnStart"])
    instance.run(scripts["OnStart"])

    assert mine.read_text() == "my own work"


def test_start_can_be_repeated_because_it_happens_at_every_start(
    instance: Instance, scripts: dict[str, str]
) -> None:
    instance.run(scripts["OnStart"])
    first = instance.text("/etc/profile.d/workbench.sh")
    instance.run(scripts["OnStart"])

    assert instance.text("/etc/profile.d/workbench.sh") == first


def test_creation_tells_the_user_when_the_instance_stops_and_what_survives(
    instance: Instance, scripts: dict[str, str]
) -> None:
    instance.run(scripts["OnCreate"])

    readme = instance.text(f"{HOME}/SageMaker/README.md")
    assert "stops itself when nobody has worked for a while, and every night" in readme
    assert "Only this folder survives a stop" in readme


def test_creation_leaves_a_readme_alone_that_is_there(
    instance: Instance, scripts: dict[str, str]
) -> None:
    mine = instance.path(f"{HOME}/SageMaker/README.md")
    mine.write_text("my own words")

    instance.run(scripts["OnCreate"])

    assert mine.read_text() == "my own words"


def test_value_that_a_shell_would_read_as_words_is_refused() -> None:
    with pytest.raises(LifecycleError, match=r"variable KIBAN_STAGE: .* got 'a; reboot'"):
        notebook_lifecycle.export_line("KIBAN_STAGE", "a; reboot")
