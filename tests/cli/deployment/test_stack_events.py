"""Why a stack failed is the newest reason of what failed or was rolled back."""

from types import SimpleNamespace
from typing import Any

import pytest

from cli.deployment.stack_events import failure_reason
from tests.cli.service import Service, environment


def event(status: str, reason: str | None = None) -> dict[str, str]:
    said = {} if reason is None else {"ResourceStatusReason": reason}
    return {"ResourceStatus": status, **said}


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([event("CREATE_FAILED", "It\nis taken")], "It is taken"),
        ([event("ROLLBACK_IN_PROGRESS", "Data failed")], "Data failed"),
        ([event("CREATE_IN_PROGRESS", "by hand"), event("DELETE_FAILED", "in use")], "in use"),
        ([event("UPDATE_ROLLBACK_COMPLETE"), event("UPDATE_FAILED", "first")], "first"),
        ([event("UPDATE_FAILED", "newest"), event("UPDATE_FAILED", "older")], "newest"),
        ([event("UPDATE_COMPLETE", "fine")], "UPDATE_FAILED"),
        ([], "UPDATE_FAILED"),
    ],
)
def test_a_reason_is_that_of_the_newest_failure(events: list[Any], reason: str) -> None:
    stack: Any = SimpleNamespace(name="S", status="UPDATE_FAILED")
    env = environment(Service(describe_stack_events=[{"StackEvents": events}]))

    assert failure_reason(env, stack) == reason
