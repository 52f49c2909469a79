"""How an assembly is deployed, stack by stack, and what goes wrong."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.cdk.in_process_deploy import DeployError
from sandbox.state import clients, context
from tests.sandbox.cdk.place import Artifact, Place, deployed, place_of, stack


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    return place_of(monkeypatch)


def test_each_stack_is_deployed_and_told_of(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    place.ends = ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]

    found = deployed(monkeypatch, Artifact(), on_progress=told.append)

    assert found == {"app": "CREATE_COMPLETE"}
    assert told == ["app: CREATE_COMPLETE"]
    (plan,) = place.named("plan")
    assert (plan["ChangeSetType"], plan["Tags"]) == ("CREATE", [{"Key": "k", "Value": "v"}])
    assert place.named("protect") == []


@pytest.mark.parametrize(
    ("exclusively", "names"), [(None, ["app", "other"]), (["other"], ["other"]), ([], [])]
)
def test_only_the_named_stacks_are_deployed(
    exclusively: Any, names: list[str], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.ends = ["CREATE_COMPLETE"] * 2
    artifacts = (Artifact(), Artifact(stack_name="other"))

    assert [*deployed(monkeypatch, *artifacts, exclusively=exclusively)] == names


@pytest.mark.parametrize(("letters", "is_body"), [(51_173, True), (51_174, False)])
def test_a_template_that_is_longer_than_cloudformation_takes_lies_in_the_bucket(
    letters: int, is_body: bool, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.ends = ["CREATE_COMPLETE"]
    body = {"Resources": {}, "Extra": "x" * letters}

    deployed(monkeypatch, Artifact(body=body))

    (plan,) = place.named("plan")
    assert ("TemplateBody" in plan, "TemplateURL" in plan) == (is_body, not is_body)
    if not is_body:
        key = plan["TemplateURL"].removeprefix("http://here/")
        assert key.startswith(f"cdk-hnb659fds-assets-{clients.ACCOUNT}-us-east-1/")
        assert json.loads(place.objects[key]) == body


def test_each_place_is_bootstrapped_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.ends = ["CREATE_COMPLETE"] * 3
    there = {"account": "222233334444", "region": "eu-west-1"}

    deployed(
        monkeypatch,
        Artifact(stack_name="a"),
        Artifact(stack_name="b", **there),
        Artifact(stack_name="c", **there),
    )

    assert json.loads(place.objects["places"]) == [
        [clients.ACCOUNT, "us-east-1"],
        ["222233334444", "eu-west-1"],
    ]
    monkeypatch.setattr(context, "is_set", lambda: True)
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(region="ap-northeast-1"))
    place.stacks, place.ends = {}, ["CREATE_COMPLETE"]
    deployed(monkeypatch, Artifact())
    assert json.loads(place.objects["places"])[-1] == [clients.ACCOUNT, "ap-northeast-1"]


@pytest.mark.parametrize(
    ("status", "kind", "deleted"),
    [
        ("CREATE_COMPLETE", "UPDATE", False),
        ("UPDATE_ROLLBACK_COMPLETE", "UPDATE", False),
        ("ROLLBACK_COMPLETE", "CREATE", True),
        ("REVIEW_IN_PROGRESS", "CREATE", False),
    ],
)
def test_a_stack_that_is_there_is_updated_and_one_that_never_was_starts_over(
    status: str, kind: str, deleted: bool, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.stacks["app"] = stack(status)
    place.ends = ["REVIEW_IN_PROGRESS"] if "REVIEW" in status else []
    place.ends += ["UPDATE_COMPLETE"]

    assert deployed(monkeypatch, Artifact()) == {"app": "UPDATE_COMPLETE"}
    assert place.named("plan")[0]["ChangeSetType"] == kind
    assert bool(place.named("delete")) is deleted


@pytest.mark.parametrize("present", [True, False])
def test_a_plan_without_changes_is_no_failure(
    present: bool, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    place.ends = []
    if present:
        place.stacks["app"] = stack("UPDATE_COMPLETE")
    place.plan = {"Status": "FAILED", "StatusReason": "The information didn't contain changes."}

    found = deployed(monkeypatch, Artifact(is_protected=True), on_progress=told.append)

    assert found == {"app": "UPDATE_COMPLETE" if present else "REVIEW_IN_PROGRESS"}
    assert told == ["app: no changes"]
    assert place.named("forget") and not place.named("execute")
    assert place.named("protect")


def test_a_plan_that_fails_is_told_with_its_reason(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.plan = {"Status": "FAILED", "StatusReason": "no such export"}

    with pytest.raises(DeployError, match="app: no such export"):
        deployed(monkeypatch, Artifact())
    assert place.named("forget")


@pytest.mark.parametrize(
    ("end", "more", "message"),
    [
        ("ROLLBACK_COMPLETE", {"StackStatusReason": "why"}, "app: ROLLBACK_COMPLETE: why"),
        ("UPDATE_ROLLBACK_COMPLETE", {}, "app: UPDATE_ROLLBACK_COMPLETE: no reason given"),
        ("DELETE_COMPLETE", {}, "app: DELETE_COMPLETE: no reason given"),
    ],
)
def test_a_stack_that_does_not_become_what_it_should_is_told(
    end: str, more: dict[str, str], message: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.stacks["app"] = stack("CREATE_COMPLETE", **more)
    place.ends = [end]

    with pytest.raises(DeployError, match=message):
        deployed(monkeypatch, Artifact())


def test_a_stack_that_somebody_deletes_meanwhile_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Place, "execute_change_set", lambda self, **which: self.stacks.clear())

    with pytest.raises(DeployError, match="app: it was deleted meanwhile; deploy again"):
        deployed(monkeypatch, Artifact())


def test_values_of_parameters_are_given_or_kept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [{"ParameterKey": "Kept"}, {"ParameterKey": "Given"}, {"ParameterKey": "Gone"}]
    place.stacks["app"] = stack("CREATE_COMPLETE", Parameters=known)
    place.ends = ["UPDATE_COMPLETE"]
    declared: dict[str, Any] = {"Parameters": {"Given": {}, "Kept": {}, "New": {}}, "Resources": {}}

    deployed(monkeypatch, Artifact(body=declared, parameters={"Given": "g"}))

    assert place.named("plan")[0]["Parameters"] == [
        {"ParameterKey": "Given", "ParameterValue": "g"},
        {"ParameterKey": "Kept", "UsePreviousValue": True},
    ]
