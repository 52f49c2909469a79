"""What the CDK command line is given to synthesise, and what is said when it fails."""

import os
from pathlib import Path

import pytest

from cli.deployment import cdk_synthesis
from cli.deployment.cdk_synthesis import synthesis_in_background
from cli.terminal.errors import Failure
from tests.cli.processes import running
from tests.journeys.world import wait_for


class Cdk:
    """A command line that does what a shell script says."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.file = folder, folder / "cdk"
        self.assembly, self.log = folder / "cdk.out", folder / "logs" / "review.log"
        monkeypatch.setattr(cdk_synthesis, "CDK", self.file)

    def run(self, script: str) -> None:
        self.file.write_text(f"#!/bin/sh\n{script}\n")
        self.file.chmod(0o755)
        cdk_synthesis.synthesise(self.folder, self.assembly, self.log)

    def refusal(self, script: str) -> str:
        with pytest.raises(Failure) as refusal:
            self.run(script)
        return str(refusal.value)


@pytest.fixture
def cdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cdk:
    return Cdk(tmp_path, monkeypatch)


def test_it_synthesises_everything_in_the_checkout_without_the_users_aws(
    cdk: Cdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")

    cdk.run('echo "$@"; pwd; env | sort; echo wrong >&2')

    words, folder, *rest = cdk.log.read_text().splitlines()
    assert words == f"synth ** --quiet --no-color --output {cdk.assembly}"
    assert folder == str(cdk.folder)
    assert rest[-1] == "wrong"
    aws = {line for line in rest if line.startswith("AWS_")}
    assert aws == {
        "AWS_EC2_METADATA_DISABLED=true",
        f"AWS_CONFIG_FILE={os.devnull}",
        f"AWS_SHARED_CREDENTIALS_FILE={os.devnull}",
    }
    assert f"PYTHONPATH={cdk.folder}" in rest


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("started\\nValueError: no bucket\\nmore: Error", "ValueError: no bucket"),
        ("a\\n  error: no bucket", "error: no bucket"),
        ("SyntaxError at line 3", "SyntaxError at line 3"),
        ("Terror at line 3", "Terror at line 3"),
        ("config/dev.toml: removal is wrong", "config/dev.toml: removal is wrong"),
        ("", "it does not synthesise"),
        ("nothing of use", "it does not synthesise"),
    ],
)
def test_a_synthesis_that_fails_says_the_first_error_and_where_all_of_it_is(
    cdk: Cdk, said: str, reason: str
) -> None:
    assert cdk.refusal(f"printf '{said}'; exit 1") == f"CDK: {reason}; all of it: {cdk.log}"


def test_findings_of_the_rule_packs_are_no_failure(cdk: Cdk) -> None:
    report = "mkdir -p cdk.out; echo '{}' > cdk.out/validation-report.json"

    cdk.run(f"{report}; exit 1")
    cdk.run("exit 0")


def test_a_command_line_that_is_not_there_is_named(cdk: Cdk) -> None:
    with pytest.raises(Failure, match=f"{cdk.file}: not there; install it with: make setup"):
        cdk_synthesis.require_cdk()


def test_a_synthesis_in_the_background_is_waited_for_and_its_log_is_kept(tmp_path: Path) -> None:
    log, written = tmp_path / "logs/synth.log", tmp_path / "written"

    with synthesis_in_background(["sh", "-c", f"echo told; touch {written}"], log) as finish:
        finish()
        assert written.exists()
    assert log.read_text() == "told\n"


def test_a_synthesis_in_the_background_that_fails_says_why_when_it_is_waited_for(
    tmp_path: Path,
) -> None:
    log = tmp_path / "synth.log"

    with (
        synthesis_in_background(["sh", "-c", "echo dev.toml: no; exit 1"], log) as finish,
        pytest.raises(Failure, match=r"^CDK: dev.toml: no; all of it: .*synth\.log$"),
    ):
        finish()


def test_nothing_of_a_synthesis_in_the_background_is_left(tmp_path: Path) -> None:
    begun, log = tmp_path / "begun", tmp_path / "synth.log"
    script = f"sleep 60 & echo $! > {begun}.new; mv {begun}.new {begun}; wait"

    with pytest.raises(KeyboardInterrupt), synthesis_in_background(["sh", "-c", script], log):
        wait_for(lambda: begun.exists() or None, "the synthesis to begin")
        raise KeyboardInterrupt

    assert int(begun.read_text()) not in [one.pid for one in running()]
