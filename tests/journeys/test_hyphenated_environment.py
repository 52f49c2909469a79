"""An environment whose name holds a hyphen takes the way of every other, beside its namesake."""

import json
from collections.abc import Iterator
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.journeys.rows import HELD_OUT, as_csv, breast_cancer, features_csv
from tests.journeys.terminal import Terminal
from tests.journeys.workplace import PROJECT, Workplace
from tests.journeys.world import wait_for
from tests.reviewer.checkout import Checkout, new_checkout

pytestmark = [pytest.mark.acceptance, pytest.mark.slow_first]

ACCOUNT = "123456789012"
HERE = ("--env", "eu-prod", "--sandbox")
QUESTION = "Deploy this? [y/N]: "
RETENTION = "log_retention_days = 30"


class Project(Workplace):
    """A checkout with a history, in which `prod` and `eu-prod` are all environments there are."""

    @property
    def checkout(self) -> Checkout:
        return Checkout(self.folder)

    def json(self, *words: str) -> Any:
        return json.loads(self.done(*words, "--json"))

    def at_terminal(self, line: str, answer: str) -> tuple[int, str]:
        """Type a line where the sandbox stands in for AWS, and answer the question about it."""
        return Terminal(self, ACCOUNT, {QUESTION: answer}).type(line)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("hyphen") / "kiban"
    checkout = new_checkout(folder)
    (folder / ".cache").mkdir()
    for name in ("environments", "jsii"):
        (folder / ".cache" / name).symlink_to((PROJECT / ".cache" / name).resolve())
    project = Project(folder)
    try:
        project.done("up", "--port", "0")
        project.done("env", "new", "eu-prod", "--from", "dev")
        project.file("dev").rename(project.file("prod"))
        project.file("staging").unlink()
        checkout.commit("Two environments")
        yield project
    finally:
        project.kiban("down")


@pytest.fixture(scope="module")
def deployed(project: Project) -> Project:
    code, said = project.at_terminal("./kiban deploy --env eu-prod", "y")
    assert code == 0, said
    assert "kiban-eu-prod  not deployed yet" in said
    assert "kiban-eu-prod is deployed: 6 stacks" in said
    return project


@pytest.fixture(scope="module")
def changed(deployed: Project) -> Project:
    """Logs of `eu-prod` are kept shorter, in a commit of its own."""
    deployed.edit("eu-prod", RETENTION, "log_retention_days = 1")
    deployed.checkout.commit("Keep logs for a day")
    return deployed


def test_its_stacks_are_shown_and_those_of_its_namesake_are_not(deployed: Project) -> None:
    here = deployed.json("status", *HERE)["stacks"]
    beside = deployed.json("status", "--env", "prod", "--sandbox")["stacks"]

    assert {stack["status"] for stack in here.values()} == {"CREATE_COMPLETE"}
    assert not any(beside.values())


def test_its_sheets_are_written_and_checked(deployed: Project) -> None:
    words = ("review", "--env", "eu-prod", "--assembly", "cdk.out-eu-prod")

    stale = deployed.kiban(*words, "--check")
    deployed.done(*words)
    current = deployed.kiban(*words, "--check")

    assert (stale.returncode, current.returncode) == (1, 0), stale.stderr + current.stderr
    assert "# Resources of kiban-eu-prod" in sheet(deployed)
    deployed.checkout.git("clean", "--quiet", "--force", "-d", "sheets")


def sheet(project: Project) -> str:
    return (project.folder / "sheets" / "eu-prod" / "resources.md").read_text(encoding="utf-8")


def test_a_model_is_trained_and_predicts_there(deployed: Project) -> None:
    (deployed.folder / ".cache" / "rows.csv").write_bytes(as_csv(breast_cancer()[:455]))
    (deployed.folder / ".cache" / "features.csv").write_bytes(features_csv(HELD_OUT))
    deployed.done("data", "put", "churn", ".cache/rows.csv", *HERE)
    wait_for(lambda: deployed.json("models", "churn", *HERE) or None, "the first version")

    deployed.done("approve", "churn", "1", "--wait", *HERE)

    predictions = deployed.done("predict", "churn", ".cache/features.csv", *HERE).splitlines()
    assert len([line for line in predictions if line.strip()]) >= len(HELD_OUT)


def review_of_branch(project: Project) -> CompletedProcess[str]:
    return project.kiban("review", "--base", "HEAD~1", "--json")


def test_a_change_of_it_needs_a_person_and_is_told_from_its_namesake(changed: Project) -> None:
    done = review_of_branch(changed)

    assert done.returncode == 3, done.stdout + done.stderr
    found = {one["environment"]: one for one in json.loads(done.stdout)["environments"]}
    assert {name: one["needs_person"] for name, one in found.items()} == {
        "eu-prod": True,
        "prod": False,
    }
    assert found["prod"]["findings"] == []


def test_a_person_is_asked_about_the_change_before_it_is_deployed(changed: Project) -> None:
    code, said = changed.at_terminal("./kiban deploy --env eu-prod", "n")

    assert code == 1, said
    assert "log-retention-shortened" in said
    assert "kiban-eu-prod: not confirmed; nothing was changed" in said


def test_it_is_compared_with_its_namesake(changed: Project) -> None:
    said = changed.json("env", "compare", "prod", "eu-prod")

    assert [one["setting"] for one in said["settings"]] == ["platform.log_retention_days"]
    assert said["unexplained"] == []


def test_it_is_destroyed(changed: Project) -> None:
    assert "kiban-eu-prod is gone: 6 stacks" in changed.done("destroy", *HERE, "--yes")
    assert not any(changed.json("status", *HERE)["stacks"].values())
