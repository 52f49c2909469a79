"""The example pipelines are safe to copy: pinned, without keys, their commands exist."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    uses = [line for line in path.read_text(encoding="utf-8").splitlines() if " uses:" in line]

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


def test_no_token_is_in_the_environment_of_a_merge_request_s_code() -> None:
    text = (FOLDER / "gitlab-ci.yml").read_text(encoding="utf-8")
    jobs = {name: job for name, job in yaml.safe_load(text).items() if "script" in job}
    checked = {name for name, job in jobs.items() if runs_for_merge_requests(job)}

    assert checked == {"test", "synthesis", "review"}
    assert all("id_tokens" not in jobs[name] for name in checked)
    # A variable of the project is in every job's environment, whatever the file says of it.
    assert set(re.findall(r"\w*TOKEN\w*", text)) == {"AWS_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"}


def runs_for_merge_requests(job: dict[str, Any]) -> bool:
    return any("merge_request" in str(rule.get("if")) for rule in job["rules"])


def test_no_step_with_a_token_runs_any_code_of_ours() -> None:
    for name in ("check", "review"):
        steps = github_steps(name)
        with_token = [step for step in steps if "github.token" in str(step.get("env", ""))]
        programs = {line.split()[0] for step in with_token for line in step["run"].splitlines()}

        assert programs <= {"gh", "git", "echo", "pull=$(gh"}, name
        assert bool(with_token) == (name == "review")
        assert all(
            step["with"]["persist-credentials"] is False
            for step in steps
            if "checkout" in str(step)
        )


def test_a_pull_request_is_judged_by_the_branch_that_it_is_for_and_not_run_there() -> None:
    text = (FOLDER / "github" / "review.yml").read_text(encoding="utf-8")
    steps = github_steps("review")
    checkouts = [step["with"]["ref"] for step in steps if "checkout" in str(step.get("uses"))]

    # GitHub takes the workflow of this event from the default branch.
    assert yaml.safe_load(text)[True] == {
        "workflow_run": {"workflows": ["check"], "types": ["completed"]}
    }
    assert checkouts == ["${{ github.event.repository.default_branch }}"]
    assert re.findall(r"./kiban review .*--head .*--assembly", text)
    assert "git checkout" not in text


def test_a_merge_request_is_judged_by_the_branch_that_it_is_for_and_not_run_there() -> None:
    job = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text(encoding="utf-8"))["review"]
    clone, enter = job["script"][1:3]

    assert job["variables"] == {"GIT_STRATEGY": "none"}
    assert clone.startswith("git clone")
    assert '--branch "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"' in clone
    assert enter == 'cd "$reviewer"'
    assert job["script"][-1].startswith("./kiban review --base ")
    assert ' --head "$CI_COMMIT_SHA" --assembly ' in job["script"][-1]


def github_steps(name: str) -> list[dict[str, Any]]:
    workflow = yaml.safe_load((FOLDER / "github" / f"{name}.yml").read_text(encoding="utf-8"))
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_production_waits_for_a_person() -> None:
    github = yaml.safe_load((FOLDER / "github" / "deploy.yml").read_text(encoding="utf-8"))
    gitlab = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text(encoding="utf-8"))

    assert github["jobs"]["prod"]["environment"] == "prod"
    assert github["jobs"]["prod"]["needs"] == "staging"
    assert gitlab["deploy-prod"]["rules"][0]["when"] == "manual"
