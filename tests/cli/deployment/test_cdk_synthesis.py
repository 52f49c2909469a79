"""What an app is given to synthesise with, and what is said when it fails."""

import json
import os
from pathlib import Path

import pytest

from cli.deployment import cdk_synthesis
from cli.deployment.cdk_synthesis import synthesis_in_background
from cli.terminal.errors import Failure
from tests.cli.processes import running
from tests.journeys.world import wait_for


class Cdk:
    """A checkout whose app is what a shell script says."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.file = folder, folder / "cdk"
        self.assembly, self.log = folder / "cdk.out", folder / "logs" / "review.log"
        self.context: dict[str, object] = {}
        monkeypatch.setattr(cdk_synthesis, "CDK", self.file)
        self.file.touch()

    def run(self, script: str) -> None:
        settings = {"app": script, "context": self.context}
        (self.folder / "cdk.json").write_text(json.dumps(settings))
        self.synthesise()

    def synthesise(self) -> None:
        cdk_synthesis.synthesise(self.folder, self.assembly, self.log)

    def refusal(self, script: str) -> str:
        with pytest.raises(Failure) as refusal:
            self.run(script)
        return str(refusal.value)


WRITES = "mkdir -p cdk.out; echo '{}' > cdk.out/manifest.json"


@pytest.fixture
def cdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cdk:
    return Cdk(tmp_path, monkeypatch)


def test_an_app_is_run_in_its_checkout_without_the_users_aws(
    cdk: Cdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")

    cdk.run(f"{WRITES}; pwd; env | sort; echo wrong >&2")

    folder, *rest = cdk.log.read_text().splitlines()
    assert folder == str(cdk.folder)
    assert rest[-1] == "wrong"
    aws = {line for line in rest if line.startswith("AWS_")}
    assert aws == {
        "AWS_EC2_METADATA_DISABLED=true",
        f"AWS_CONFIG_FILE={os.devnull}",
        f"AWS_SHARED_CREDENTIALS_FILE={os.devnull}",
    }
    assert f"PYTHONPATH={cdk.folder}" in rest
    assert f"CDK_OUTDIR={cdk.assembly}" in rest


def test_an_app_has_the_context_that_the_command_line_would_give_it(cdk: Cdk) -> None:
    cdk.context = {"flag": True, "both": "cdk.json"}
    (cdk.folder / "cdk.context.json").write_text('{"both": "cached", "zones": ["a"]}')

    cdk.run(f'{WRITES}; printf %s "$CDK_CONTEXT_JSON"')

    context = json.loads(cdk.log.read_text())
    assert context["both"] == "cdk.json"
    assert (context["flag"], context["zones"]) == (True, ["a"])
    assert context["aws:cdk:enable-path-metadata"] is True


@pytest.mark.parametrize("text", [None, "{", "[]", '{"context": {}}', '{"app": "a", "context": 1}'])
def test_a_checkout_that_names_no_app_is_refused(cdk: Cdk, text: str | None) -> None:
    if text is not None:
        (cdk.folder / "cdk.json").write_text(text)

    with pytest.raises(Failure, match=r"^cdk\.json: names no app \(.*\); see: git diff cdk\.json$"):
        cdk.synthesise()
    assert not cdk.log.exists()


@pytest.mark.parametrize(("can", "run"), [(True, "-m compare.unchecked"), (False, "app.py")])
def test_a_checkout_is_synthesised_without_checks_where_it_can_be(
    cdk: Cdk, can: bool, run: str
) -> None:
    if can:
        (cdk.folder / "compare").mkdir()
        (cdk.folder / "compare" / "unchecked.py").touch()
    settings = {"app": f"{WRITES}; echo app.py", "context": {}}
    (cdk.folder / "cdk.json").write_text(json.dumps(settings))

    cdk_synthesis.synthesise(cdk.folder, cdk.assembly, cdk.log, is_checked=False)
    assert cdk.log.read_text() == f"{run}\n"
    cdk.synthesise()
    assert cdk.log.read_text() == "app.py\n"


def test_an_app_that_writes_nothing_is_a_failure_whatever_its_exit_code(cdk: Cdk) -> None:
    assert cdk.refusal("exit 0") == f"CDK: it does not synthesise; all of it: {cdk.log}"


def test_nothing_that_an_app_started_is_left(cdk: Cdk) -> None:
    cdk.run(f"{WRITES}; sleep 60 & echo $!")

    assert int(cdk.log.read_text()) not in [one.pid for one in running()]


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
    cdk.run(f"{WRITES}; echo '{{}}' > cdk.out/validation-report.json; exit 1")
    cdk.run("exit 0")


def test_a_command_line_that_is_not_there_is_named(cdk: Cdk) -> None:
    cdk.file.unlink()

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
