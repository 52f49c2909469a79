"""How kept resources are imported, told by hand-made answers of CloudFormation."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.deployment import adoption, cdk_command, deployment
from cli.deployment.kept_resources import KeptResource
from cli.terminal.errors import Failure
from tests.cli.service import Service, environment, refused

DATA = KeptResource("Storage", "Data", "AWS::S3::Bucket", "data")
MOVED = KeptResource("Storage", "Moved", "AWS::S3::Bucket", "moved")
OTHER = KeptResource("Storage", "Other", "AWS::S3::Bucket", "other")
LOGS = KeptResource("Training-churn", "Logs", "AWS::Logs::LogGroup", "/logs")
TEMPLATES: dict[str, Any] = {
    "Storage": {"Data": {"Type": "AWS::S3::Bucket"}, "Other": {"Type": "AWS::SNS::Topic"}},
    "Training-churn": {"Logs": {"Type": "AWS::Logs::LogGroup"}},
}


class Adoption:
    """A deployment that finds kept resources, and each step on the way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[str] = []
        self.kept: list[KeptResource] | Exception = []
        stacks = [
            SimpleNamespace(label=label, template={"Resources": resources})
            for label, resources in TEMPLATES.items()
        ]
        for module, name, answer in (
            (adoption, "find_kept_resources", lambda env: self._find()),
            (adoption, "read_assembly", lambda folder, name: SimpleNamespace(stacks=stacks)),
            (adoption, "import_resources", self._import),
            (cdk_command, "log_file", lambda env: Path("log")),
            (cdk_command, "synth_command", lambda env, folder: ["synth"]),
            (cdk_command, "deploy_command", self._deploy_command),
            (cdk_command, "run_cdk", lambda env, words, *rest: self.steps.append(words[0])),
            (deployment, "run_with_progress", lambda env, words, *rest: self.steps.append(words)),
        ):
            monkeypatch.setattr(module, name, answer)

    def _find(self) -> list[KeptResource]:
        if isinstance(self.kept, Exception):
            raise self.kept
        return self.kept

    def _import(self, env: Any, stack: Any, kept: list[KeptResource]) -> None:
        self.steps.append(f"import {stack.label}: {' '.join(one.logical_id for one in kept)}")

    def _deploy_command(self, env: Any, folder: Path, *, is_written: bool, part: str) -> str:
        return f"deploy {part}, written {is_written}"

    def run(self, *kept: KeptResource, is_written: bool) -> bool:
        if kept:
            self.kept = [*kept]
        config = SimpleNamespace(stage="kiban-dev", environment="dev")
        env = environment(Service(), config=config)
        return adoption.adopt_kept_resources(env, Path("cdk.out"), is_written=is_written)


@pytest.fixture
def adopting(monkeypatch: pytest.MonkeyPatch) -> Adoption:
    return Adoption(monkeypatch)


@pytest.mark.parametrize("is_written", [False, True])
def test_where_nothing_was_kept_nothing_is_imported(adopting: Adoption, is_written: bool) -> None:
    assert adopting.run(is_written=is_written) is is_written
    assert adopting.steps == []


@pytest.mark.parametrize(("is_written", "synthesis"), [(False, ["synth"]), (True, [])])
def test_storage_is_deployed_before_what_names_its_key_is_imported(
    adopting: Adoption, is_written: bool, synthesis: list[str]
) -> None:
    assert adopting.run(DATA, LOGS, is_written=is_written) is True
    assert adopting.steps == [
        *synthesis,
        "import Storage: Data",
        "deploy Storage, written True",
        "import Training-churn: Logs",
    ]


def test_what_has_no_place_in_the_templates_stays_beside_them(
    adopting: Adoption, capsys: pytest.CaptureFixture[str]
) -> None:
    adopting.run(DATA, MOVED, OTHER, is_written=True)

    assert adopting.steps[0] == "import Storage: Data"
    assert capsys.readouterr().err.splitlines() == [
        "taken back: AWS::S3::Bucket data",
        "still beside: AWS::S3::Bucket moved",
        "still beside: AWS::S3::Bucket other",
    ]


def test_any_other_error_than_a_denial_stops_it(adopting: Adoption) -> None:
    adopting.kept = refused("Throttling")

    with pytest.raises(ClientError, match="Throttling"):
        adopting.run(is_written=True)


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between two looks, which take no time here."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    monkeypatch.setattr(adoption, "failure_reason", lambda env, stack: "taken")
    return waits


def imported(planned: list[str], states: list[str | None]) -> Service:
    """Import with a change set and a stack that come to these states."""
    service = Service(
        create_change_set=[None],
        describe_change_set=[{"Status": state, "StatusReason": "no\nroom"} for state in planned],
        execute_change_set=[None],
    )
    left = [SimpleNamespace(status=state) if state else None for state in states]
    env = environment(service, named_stack=lambda name: left.pop(0))
    stack: Any = SimpleNamespace(
        name="S", template={"Resources": {"Data": {"Type": "AWS::S3::Bucket", "Metadata": 1}}}
    )
    adoption.import_resources(env, stack, [DATA])
    return service


def test_an_import_is_planned_made_and_waited_for(waited: list[float]) -> None:
    service = imported(
        ["CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"],
        [None, "REVIEW_IN_PROGRESS", "IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"],
    )

    assert waited == [0.5] * 5
    asked = service.given[0]
    assert (asked["ChangeSetType"], asked["ResourcesToImport"]) == ("IMPORT", [DATA.to_import])
    assert asked["TemplateBody"] == '{"Resources": {"Data": {"Type": "AWS::S3::Bucket"}}}'


@pytest.mark.usefixtures("waited")
@pytest.mark.parametrize(
    ("planned", "states", "reason"),
    [
        (["FAILED"], [], "S: no room"),
        (["CREATE_COMPLETE"], ["IMPORT_ROLLBACK_COMPLETE"], "S: IMPORT_ROLLBACK_COMPLETE: taken"),
        (
            ["CREATE_COMPLETE"],
            ["IMPORT_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_FAILED"],
            "S: IMPORT_ROLLBACK_FAILED: taken",
        ),
    ],
)
def test_an_import_that_fails_says_why(
    planned: list[str], states: list[str | None], reason: str
) -> None:
    with pytest.raises(Failure, match=f"^{reason}$"):
        imported(planned, states)


@pytest.mark.usefixtures("waited")
@pytest.mark.parametrize(
    ("planned", "states"),
    [(["CREATE_IN_PROGRESS"], []), (["CREATE_COMPLETE"], ["IMPORT_IN_PROGRESS"])],
)
def test_an_import_without_an_end_is_given_up(
    planned: list[str], states: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adoption, "_IMPORT_SECONDS", -1)

    with pytest.raises(Failure, match=r"S: its import does not end; see: ./kiban status"):
        imported(planned, states)
