"""The example pipelines are safe to copy: pinned, without keys, their commands exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.templates.synthesis import REPO

FOLDER = REPO / "docs" / "delivery"
WORKFLOWS = sorted((FOLDER / "github").glob("*.yml"))
EVERY = [*WORKFLOWS, FOLDER / "gitlab-ci.yml"]
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def named(path: Path) -> str:
    return path.name


def test_zizmor_has_nothing_to_say_about_the_workflows() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    words = ["--offline", "--persona", "pedantic", "--no-progress", *map(str, WORKFLOWS)]

    done = subprocess.run([str(zizmor), *words], capture_output=True, text=True, check=False)

    assert WORKFLOWS
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path: Path) -> None:
    uses = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]

    assert uses
    assert [line for line in uses if not PINNED.search(line)] == []


@pytest.mark.parametrize("path", EVERY, ids=named)
def test_no_pipeline_holds_a_key(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"AWS_(ACCESS_KEY|SECRET|SESSION)", text)
    assert "secrets." not in text


@pytest.mark.parametrize("path", EVERY, ids=named)
def test_every_command_in_a_pipeline_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    yaml.safe_load(text)
    targets = set(re.findall(r"^([a-z]+):", (REPO / "Makefile").read_text(), re.MULTILINE))
    asked = re.findall(r"\./kiban ([a-z]+)((?: --[a-z]+)?)", text)

    assert set(re.findall(r"make ([a-z]+)", text)) <= targets
    assert asked
    for command, option in set(asked):
        words = [sys.executable, "-m", "cli", command, "--help"]
        told = subprocess.run(words, cwd=REPO, capture_output=True, text=True, check=True).stdout
        assert option.strip() in told, f"{command} {option}"


def test_production_waits_for_a_person() -> None:
    github = yaml.safe_load((FOLDER / "github" / "deploy.yml").read_text(encoding="utf-8"))
    gitlab = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text(encoding="utf-8"))

    assert github["jobs"]["prod"]["environment"] == "prod"
    assert github["jobs"]["prod"]["needs"] == "staging"
    assert gitlab["deploy-prod"]["rules"][0]["when"] == "manual"
