"""What stands in the way of a deletion, and which stacks a file no longer has, by hand."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.environments.environment import DeployedStack
from cli.removal.deletion_checks import Obstacle, require_deletable
from cli.removal.removed_stacks import RemovedStack, find_removed_stacks
from cli.terminal.errors import Failure
from config.loader import load_environment
from tests.cli.service import Service, environment, refused

DEV = load_environment("dev")


def stack(
    name: str = "S", status: str = "UPDATE_COMPLETE", *, protected: bool = False, **tags: str
) -> DeployedStack:
    return DeployedStack(name, status, datetime.now(UTC), {}, {}, protected, tags)


class Gone(ClientError):
    """What IAM says of a policy that is not there."""


class Account(Service):
    """An account with these resources of S, attachments and exports."""

    exceptions = SimpleNamespace(ClientError=ClientError, NoSuchEntityException=Gone)

    def __init__(
        self, *resources: tuple[str, str], attached: Any = None, imports: Any = None
    ) -> None:
        summaries = [
            {"ResourceType": f"AWS::IAM::{kind}", "PhysicalResourceId": name}
            for kind, name in resources
        ]
        nobody: dict[str, Any] = {"PolicyRoles": [], "PolicyUsers": [], "PolicyGroups": []}
        answer = attached if isinstance(attached, Exception) else {**nobody, **(attached or {})}
        exports = [
            {"Name": "ours", "ExportingStackId": "arn:aws:cloudformation:r:1:stack/S/1"},
            {"Name": "theirs", "ExportingStackId": "arn:aws:cloudformation:r:1:stack/S2/1"},
        ]
        super().__init__(
            list_stack_resources=[{"StackResourceSummaries": [*summaries, {"ResourceType": "x"}]}],
            list_entities_for_policy=[answer],
            list_exports=[{"Exports": exports}],
            list_imports=[imports or refused("ValidationError", "is not imported by any stack")],
        )


OWN = stack("Own", protected=False, **{"kiban:environment": "kiban-dev"})


def lines(
    capsys: pytest.CaptureFixture[str],
    account: Account,
    *found: Obstacle,
    stacks: tuple[DeployedStack, ...] = (stack(),),
    **more: bool,
) -> list[str]:
    """The lines of a refusal; none when nothing is in the way."""
    try:
        env = environment(account, config=DEV, named_stack={"Own": OWN}.get)
        require_deletable(env, [*stacks], found, **more)
    except Failure as failure:
        said = capsys.readouterr().err.splitlines()
        count = len(said) // 2
        things = "1 thing in" if count == 1 else f"{count} things in"
        assert str(failure).startswith(f"kiban-dev: {things} the way, nothing was changed")
        return said
    return capsys.readouterr().err.splitlines()


POLICY = ("ManagedPolicy", "arn:aws:iam::1:policy/P")


def test_nothing_in_the_way_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, Account(POLICY, ("Role", "r"))) == []


@pytest.mark.parametrize(
    ("status", "waits"),
    [
        ("UPDATE_IN_PROGRESS", True),
        ("REVIEW_IN_PROGRESS", False),
        ("UPDATE_COMPLETE", False),
        ("UPDATE_ROLLBACK_FAILED", False),
    ],
)
def test_what_moves_is_waited_for(
    status: str, waits: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    said = lines(capsys, Account(), stacks=(stack("S", status),))

    assert said == ([f"S is {status}; wait:", "  ./kiban status"] if waits else [])


def test_what_is_protected_and_what_was_found_are_each_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = lines(
        capsys,
        Account(),
        Obstacle("job j runs", "stop j"),
        stacks=(stack(protected=True), stack("S2")),
    )

    assert said[0] == "S is protected against deletion:"
    assert "--stack-name S" in said[1]
    assert said[2:] == ["job j runs:", "  stop j"]


@pytest.mark.parametrize(
    ("attached", "who"),
    [
        ({"PolicyRoles": [{"RoleName": "r"}]}, []),
        ({"PolicyRoles": [{"RoleName": "other"}]}, ["role other"]),
        ({"PolicyUsers": [{"UserName": "r"}]}, ["user r"]),
        ({"PolicyGroups": [{"GroupName": "g"}]}, ["group g"]),
        (Gone({}, "x"), []),
    ],
)
def test_a_policy_that_somebody_else_has_is_in_the_way(
    attached: Any, who: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = lines(capsys, Account(POLICY, ("Role", "r"), ("User", "u"), attached=attached))

    assert said[::2] == [f"{one} has P attached:" for one in who]
    for one, command in zip(who, said[1::2], strict=True):
        kind, name = one.split()
        assert command.strip() == (
            f"aws iam detach-{kind}-policy --{kind}-name {name} --policy-arn {POLICY[1]}"
        )


def test_a_stack_that_imports_and_stays_is_in_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    used = Account(imports={"Imports": ["Theirs", "S", "Theirs", "Own"]})

    said = lines(capsys, used)

    assert said == [
        "Own uses the export ours:",
        "  ./kiban deploy --prune",
        "Theirs uses the export ours:",
        "  aws cloudformation delete-stack --stack-name Theirs",
    ]
    assert lines(capsys, used, looks_at_imports=False) == []


TAGS = {"kiban:environment": "kiban-dev", "kiban:stack": "Training-old", "kiban:model": "old"}


def removed(*stacks: DeployedStack | Exception) -> Any:
    def account_stacks() -> list[DeployedStack]:
        found = [one for one in stacks if isinstance(one, DeployedStack)]
        for one in stacks:
            if isinstance(one, Exception):
                raise one
        return found

    return find_removed_stacks(environment(Service(), config=DEV, account_stacks=account_stacks))


@pytest.mark.parametrize(
    ("name", "tags", "is_removed"),
    [
        ("kiban-dev-Training-old", TAGS, True),
        ("kiban-dev-Training-churn", TAGS, False),
        ("kiban-dev-Training-old", {**TAGS, "kiban:environment": "kiban-prod"}, False),
        ("kiban-dev-Training-old", {}, False),
    ],
)
def test_a_removed_stack_has_the_environments_tag_and_no_place_in_its_file(
    name: str, tags: dict[str, str], is_removed: bool
) -> None:
    one = DeployedStack(name, "UPDATE_COMPLETE", datetime.now(UTC), {}, {}, False, tags)

    found = removed(one).found

    assert len(found) == is_removed
    assert all((it.part, it.model, it.is_training) == ("Training-old", "old", True) for it in found)


@pytest.mark.parametrize(
    ("part", "model", "is_training"),
    [
        ("Training-old", "old", True),
        ("Inference-old", "old", False),
        ("Training-", "", False),
        ("Training-other", "old", False),
    ],
)
def test_only_the_training_stack_of_its_model_holds_versions(
    part: str, model: str, is_training: bool
) -> None:
    assert RemovedStack(stack(), part, model).is_training is is_training


def test_what_was_deployed_last_is_deleted_first_and_what_is_unknown_before_that() -> None:
    order = [
        *("Delivery", "Storage", "Monitoring", "Network", "Registry"),
        *("Inference-old", "Training-old", "Workbench", ""),
    ]
    stacks = [
        DeployedStack(
            f"gone-{part}",
            "UPDATE_COMPLETE",
            datetime.now(UTC),
            {},
            {},
            False,
            {**TAGS, "kiban:stack": part, "kiban:model": "old" if "old" in part else ""},
        )
        for part in sorted(order)
    ]

    assert [it.part for it in removed(*stacks).found] == order[::-1]


def test_a_caller_that_may_not_look_knows_nothing_and_is_told_so() -> None:
    assert "is not allowed" in removed(refused("AccessDenied")).problem
    with pytest.raises(ClientError, match="Throttling"):
        removed(refused("Throttling"))
