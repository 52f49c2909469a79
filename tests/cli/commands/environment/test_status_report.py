"""What `kiban status` asks of AWS, and what it says of each model."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cli.aws.connection import Connection
from cli.commands.environment import status as command
from cli.environments.environment import DeployedStack, Environment
from cli.models import model_versions, workflow_runs
from cli.models.model_versions import LiveEndpoint
from cli.models.workflow_runs import Run
from cli.removal.removed_stacks import RemovedStack, RemovedStacks
from config.loader import load_environment
from sandbox.operations import checked

DEV = load_environment("dev")
OUTPUTS = {"WorkflowArn": "arn:machine"}


def stack(name: str, status: str = "UPDATE_COMPLETE", **outputs: str) -> DeployedStack:
    return DeployedStack(name, status, datetime.now(UTC), outputs, {}, False)


def live(**changes: Any) -> LiveEndpoint:
    usual: dict[str, Any] = {
        "package": "arn:group/3",
        "stack_status": "UPDATE_COMPLETE",
        "endpoint": "kiban-dev-churn",
        "endpoint_status": "InService",
        "agrees": True,
        "serving": "Config-1",
        "wanted": "Config-1",
    }
    return LiveEndpoint(**usual | changes)


def run(state: str, error: str = "", **metrics: float) -> Run:
    return Run("arn:x:name", state, datetime.now(UTC), None, {}, {"Metrics": metrics}, error)


class Account:
    """An environment of some models, and what is asked about it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch
        self.stacks: dict[str, DeployedStack | None] = {
            "Storage": stack("kiban-dev-Storage"),
            "Training-churn": stack("kiban-dev-Training-churn", **OUTPUTS),
            "Inference-churn": stack("kiban-dev-Inference-churn"),
        }
        self.live: LiveEndpoint | None = live()
        self.runs = [run("SUCCEEDED", auc=0.5, accuracy=0.25), run("FAILED", "E: [x]")]
        self.asked: list[Any] = []
        self.removed: tuple[RemovedStack, ...] = ()
        self.models = 1
        self.connection = Connection("us-east-1")

    def _live(self, env: Any, model: str, given: DeployedStack) -> LiveEndpoint | None:
        return self.live

    def _runs(self, env: Any, model: str, limit: int) -> list[Run]:
        self.asked.append((model, limit))
        return self.runs

    def show(self, **given: Any) -> None:
        names = ["churn", *(f"m{number}" for number in range(1, self.models))]
        for name in names[1:]:
            for part in ("Training", "Inference"):
                self.stacks[f"{part}-{name}"] = stack(f"kiban-dev-{part}-{name}", **OUTPUTS)
        models = dict.fromkeys(names, DEV.models["churn"])
        env = Environment(DEV.model_copy(update={"models": models}), self.connection)
        for module, name, answer in (
            (command, "open_environment", lambda name, sandbox: env),
            (Environment, "stacks", lambda env: self.stacks),
            (command, "find_removed_stacks", lambda env: RemovedStacks(self.removed)),
            (command, "warn_of_removed", lambda env, found: None),
            (model_versions, "live_endpoint", self._live),
            (workflow_runs, "newest_runs", self._runs),
        ):
            self.patch.setattr(module, name, answer)
        command.status(**given)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    return Account(monkeypatch)


def test_a_model_shows_its_endpoint_and_its_last_runs(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    metric = DEV.models["churn"].gate.metric
    account.runs[0].output["Metrics"] = {metric: 0.5}

    account.show()

    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "kiban-dev  AWS, us-east-1" in lines
    assert "endpoint kiban-dev-churn is InService, version 3" in lines
    assert f"run just now: SUCCEEDED {metric} 0.5000" in lines
    assert "run just now: FAILED  E: [x]" in lines
    assert account.asked == [("churn", 3)]
    assert not any("Not as on AWS" in line for line in lines)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (live(endpoint="", endpoint_status=""), "no version is live: the endpoint appears with"),
        (live(serving="Config-0"), "it serves Config-0, the stack says Config-1: SageMaker went"),
    ],
)
def test_an_endpoint_that_is_not_as_it_should_be_says_so(
    account: Account, found: LiveEndpoint, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account.live = found

    account.show()

    assert said in capsys.readouterr().out


def test_a_model_that_is_not_deployed_has_neither_endpoint_nor_runs(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.stacks["Inference-churn"] = account.stacks["Training-churn"] = None

    account.show()

    printed = capsys.readouterr().out
    model = printed.partition("Model churn")[2]
    assert model.split() == ["not", "deployed"]
    assert printed.count("not deployed") == 3
    assert account.asked == []


def test_a_training_stack_without_a_workflow_has_no_runs(account: Account) -> None:
    account.stacks["Training-churn"] = stack("kiban-dev-Training-churn", "CREATE_FAILED")

    account.show()

    assert account.asked == []


@pytest.mark.parametrize(("models", "each"), [(10, True), (11, False)])
def test_ten_models_are_shown_with_their_runs_and_more_are_a_row_each(
    account: Account, models: int, each: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    account.models = models

    account.show()

    printed = capsys.readouterr().out
    assert ("Model m1" in printed) is each
    assert ("11 models  ./kiban runs MODEL" in printed) is not each
    assert ("22 more" in printed) is not each
    assert len(account.asked) == (10 if each else 0)


def test_a_disagreement_is_in_the_row_of_its_model(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.models, account.live = 11, live(serving="Config-0")

    account.show()

    assert "serves Config-0, the stack says Config-1" in capsys.readouterr().out


def test_of_a_sandbox_it_says_how_much_answers_and_what_differs(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.connection = Connection("us-east-1", "http://127.0.0.1:4")

    account.show(sandbox=True)

    said = " ".join(capsys.readouterr().out.split())
    assert f"Not as on AWS {checked.summary()}" in said
    assert "every other one is refused by name" in said


def test_a_machine_gets_everything_and_of_a_sandbox_what_it_does_not_do(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    old = RemovedStack(stack("kiban-dev-Training-old"), "Training-old", "old")
    account.removed, account.stacks["Inference-churn"] = (old,), None

    account.show(as_json=True)
    on_aws = json.loads(capsys.readouterr().out)
    account.connection = Connection("us-east-1", "http://127.0.0.1:4")
    account.show(as_json=True)
    in_sandbox = json.loads(capsys.readouterr().out)

    assert (on_aws["stage"], on_aws["region"]) == ("kiban-dev", "us-east-1")
    assert on_aws["stacks"]["Storage"]["status"] == "UPDATE_COMPLETE"
    assert on_aws["stacks"]["Inference-churn"] is None
    assert on_aws["models"]["churn"]["live"] is None
    assert [one["name"] for one in on_aws["models"]["churn"]["runs"]] == ["name", "name"]
    assert [one["name"] for one in on_aws["removed_stacks"]] == ["kiban-dev-Training-old"]
    assert (on_aws["not_emulated"], on_aws["operations"]) == ([], {})
    assert "encryption" in in_sandbox["not_emulated"]
    assert in_sandbox["operations"].keys() == checked.services().keys()


def test_a_live_endpoint_of_a_machine_says_whether_it_agrees(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.live = live(serving="")

    account.show(as_json=True)

    found = json.loads(capsys.readouterr().out)["models"]["churn"]["live"]
    assert (found["agrees"], found["disagreement"]) == (
        True,
        "serves nothing, the stack says Config-1",
    )


def test_in_a_sandbox_it_says_where_it_listens_and_what_is_not_as_on_aws(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.connection = Connection("us-east-1", "http://127.0.0.1:4")

    account.show(sandbox=True)

    printed = capsys.readouterr().out
    assert "kiban-dev  http://127.0.0.1:4" in printed
    assert "data is stored as it is" in printed


def test_a_row_of_a_stack_says_its_state_and_its_age() -> None:
    assert command._row("Storage", None) == ["Storage", "[dim]not deployed[/]", ""]
    found: Any = SimpleNamespace(status="CREATE_COMPLETE", updated=datetime.now(UTC))
    assert command._row("Storage", found)[1:] == [
        "[green]CREATE_COMPLETE[/]",
        "[dim]just now[/]",
    ]
