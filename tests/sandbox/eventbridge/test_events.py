"""Which targets get an event, and what becomes of one that cannot be delivered."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.events import models

from sandbox.eventbridge import events
from sandbox.iam import role_check
from sandbox.state.stores import Place

QUEUE, BUS = (
    "arn:aws:sqs:us-east-1:123456789012:q",
    "arn:aws:events:us-east-1:123456789012:event-bus/b",
)
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
EVENT = {"time": "2026-05-31T03:15:00Z", "source": "s", "detail-type": "t", "detail": {"a": 1}}


def rule(pattern: Any, *targets: dict[str, Any], state: str = "ENABLED") -> Any:
    return SimpleNamespace(
        name="r",
        arn="arn:r",
        state=state,
        targets=[*targets],
        event_pattern=models.EventPattern.load(json.dumps(pattern) if pattern else None),
    )


@pytest.fixture
def delivered(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was delivered; to `bad` nothing can be."""
    found: list[Any] = []

    def deliver(target: dict[str, Any], payload: Any, event: Any) -> None:
        if "Error" in target:
            raise target["Error"]
        found.append((target["Arn"], payload))

    monkeypatch.setattr(events, "deliver", deliver)
    events.DELIVERIES.clear()
    return found


@pytest.mark.parametrize(
    ("pattern", "state", "count"),
    [
        ({"source": ["s"]}, "ENABLED", 1),
        ({"source": ["other"]}, "ENABLED", 0),
        ({"source": ["s"]}, "DISABLED", 0),
        (None, "ENABLED", 0),
    ],
)
def test_a_rule_that_is_on_and_matches_sends_to_its_targets(
    pattern: Any, state: str, count: int, delivered: list[Any]
) -> None:
    events._send_to_targets(rule(pattern, {"Arn": QUEUE}, state=state), EVENT)

    assert [payload for _, payload in delivered] == [EVENT] * count


def test_what_moto_adds_for_a_replay_is_not_sent(delivered: list[Any]) -> None:
    added = {"ingestion-time": 1, "replay-name": "r"}
    moment = datetime(2026, 5, 31, 3, 15, tzinfo=UTC).timestamp()

    replayed = {**EVENT, **added, "time": moment}
    events._send_to_targets(rule({"source": ["s"]}, {"Arn": QUEUE}), replayed)

    assert delivered == [(QUEUE, EVENT)]


def denied() -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "Call")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (events.Undeliverable("NO_RESOURCE", "gone"), "NO_RESOURCE", "gone"),
        (events.Undeliverable("SDK_CLIENT_ERROR", "x"), "SDK_CLIENT_ERROR", "x"),
        (denied(), "NO_PERMISSIONS", "not you"),
        (ValueError(), "NO_RESOURCE", "ValueError"),
    ],
)
def test_an_event_that_cannot_be_delivered_goes_to_the_dead_letters(
    error: Exception,
    code: str,
    message: str,
    delivered: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dead: list[Any] = []
    monkeypatch.setattr(events, "_send_message", lambda *given: dead.append(given))
    broken = {"Arn": QUEUE, "Error": error}
    caught = {**broken, "DeadLetterConfig": {"Arn": "arn:dead"}}

    events._send_to_targets(rule({"source": ["s"]}, broken, caught, {"Arn": QUEUE}), EVENT)

    assert delivered == [(QUEUE, EVENT)]
    ((target, text, attributes),) = dead
    assert (target, json.loads(text)) == ({"Arn": "arn:dead"}, EVENT)
    said = {name: one["StringValue"] for name, one in attributes.items()}
    assert (said["ERROR_CODE"], said["RULE_ARN"], said["TARGET_ARN"]) == (code, "arn:r", QUEUE)
    assert message in said["ERROR_MESSAGE"]
    errors = [one.error for one in events.DELIVERIES]
    assert [bool(one) for one in errors] == [True, True, False]


def test_an_execution_is_started_only_with_the_right_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def require(*given: Any) -> None:
        asked.append(given)
        raise denied()

    monkeypatch.setattr(role_check, "require", require)

    with pytest.raises(ClientError, match="not you"):
        events.deliver({"Arn": MACHINE, "RoleArn": "role"}, {}, EVENT)
    assert asked == [("role", "states:StartExecution", [MACHINE])]


def test_a_target_that_is_not_emulated_is_told() -> None:
    target = {"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f"}

    with pytest.raises(events.Undeliverable, match="a lambda target is not emulated") as caught:
        events.deliver(target, {}, EVENT)
    assert caught.value.code == "NO_RESOURCE"


@pytest.mark.parametrize(("payload", "text"), [({"a": 1}, '{"a": 1}'), ("text", "text"), (3, "3")])
def test_each_kind_of_target_is_handed_the_payload(
    payload: Any, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Any] = []
    bus = SimpleNamespace(put_events=lambda entries: found.append(("bus", entries[0]["Detail"])))
    monkeypatch.setattr(events, "_start_execution", lambda *given: found.append(("run", given[2])))
    monkeypatch.setattr(events, "_send_message", lambda *given: found.append(("queue", given[1])))
    monkeypatch.setattr(events, "_write_log", lambda *given: found.append(("log", given[1])))
    monkeypatch.setattr(events, "events_backends", {"123456789012": {"us-east-1": bus}})

    for arn in (MACHINE, QUEUE, "arn:aws:logs:us-east-1:123456789012:log-group:g:*", BUS):
        events.deliver({"Arn": arn}, payload, EVENT)

    run = json.dumps(payload)
    assert found == [("run", run), ("queue", text), ("log", text), ("bus", '{"a": 1}')]


def test_an_event_is_put_on_the_bus_of_its_place(
    delivered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = rule({"source": ["s"]}, {"Arn": QUEUE})
    bus = SimpleNamespace(rules={"r": one})
    backend = SimpleNamespace(event_buses={"default": bus})
    monkeypatch.setattr(events, "events_backends", {"1": {"eu": backend}})

    events.put(Place("1", "eu"), events.Event("s", "t", {"at": datetime.fromtimestamp(1, UTC)}))

    ((_, message),) = delivered
    assert (message["account"], message["region"]) == ("1", "eu")
    assert message["detail"] == {"at": 1_000}
