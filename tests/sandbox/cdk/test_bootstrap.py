"""How the toolkit stack is deployed, and when that has failed."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.cdk import bootstrap
from sandbox.state import clients

PLACE = {"url": "http://127.0.0.1:1", "region": "eu-west-1", "account": "111122223333"}


class Formation:
    """CloudFormation with a toolkit stack in these states, one after the other."""

    def __init__(self, *states: str | Exception) -> None:
        self.states, self.made = [*states], []  # type: ignore[var-annotated]

    def describe_stacks(self, StackName: str) -> Any:
        assert StackName == "CDKToolkit"
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        return {"Stacks": [{"StackStatus": state, "StackStatusReason": "why"}]}

    def create_stack(self, **given: Any) -> None:
        self.made.append(given)


def formation(patch: pytest.MonkeyPatch, *states: str | Exception) -> Formation:
    found = Formation(*states)
    patch.setattr(clients, "client", lambda *given, **more: found)
    return found


MISSING = ClientError({"Error": {"Code": "ValidationError", "Message": "none"}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("states", "made"),
    [(("CREATE_COMPLETE",), 0), ((MISSING, "CREATE_IN_PROGRESS", "CREATE_COMPLETE"), 1)],
)
def test_the_toolkit_is_deployed_where_it_is_missing(
    states: Any, made: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = formation(monkeypatch, *states)

    bootstrap.ensure(**PLACE)

    assert len(found.made) == made
    for given in found.made:
        assert json.loads(given["TemplateBody"]) == bootstrap.template()
        assert given["Capabilities"] == ["CAPABILITY_NAMED_IAM"]


def test_a_place_that_cannot_be_asked_is_not_bootstrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    found = formation(monkeypatch, KeyError("a bug"))

    with pytest.raises(KeyError):
        bootstrap.ensure(**PLACE)
    assert found.made == []


@pytest.mark.parametrize("state", ["ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_toolkit_that_fails_is_told(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    formation(monkeypatch, state)

    with pytest.raises(RuntimeError, match=f"sandbox: bootstrap is {state}: why"):
        bootstrap.bootstrap(**PLACE)


def test_a_toolkit_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_TIMEOUT_SECONDS", -1)
    formation(monkeypatch, "CREATE_IN_PROGRESS")

    with pytest.raises(RuntimeError, match="bootstrap is CREATE_IN_PROGRESS"):
        bootstrap.bootstrap(**PLACE)
