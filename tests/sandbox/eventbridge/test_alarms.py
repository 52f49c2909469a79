"""Whom an alarm tells that its state has changed."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.eventbridge import alarms, events

TOPIC, FUNCTION = "arn:aws:sns:r:1:t", "arn:aws:lambda:r:1:function:f"
HERE: dict[str, Any] = {"account_id": "123456789012", "region_name": "us-east-1"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Events that were put, and messages that were delivered."""
    found: list[Any] = []
    monkeypatch.setattr(events, "put", lambda place, event: found.append(event))
    monkeypatch.setattr(
        events, "deliver", lambda target, text, event: found.append((target["Arn"], text))
    )

    def moto(self: Any, name: str, reason: str, data: str, state: str) -> None:
        self.alarms.setdefault(name, alarm()).state_value = state

    monkeypatch.setattr(alarms, "_moto_set", moto)
    return found


def alarm(state: str = "OK", **more: Any) -> Any:
    usual: dict[str, Any] = {
        "state_value": state,
        "alarm_arn": "arn:alarm",
        "actions_enabled": True,
        "alarm_actions": [TOPIC, FUNCTION],
        "ok_actions": ["arn:aws:sns:r:1:ok"],
        "insufficient_data_actions": None,
        "namespace": "N",
        "metric_name": "M",
        "dimensions": [SimpleNamespace(name="d", value="v")],
        "period": 60,
        "statistic": "Sum",
        "description": "text",
    }
    return SimpleNamespace(**{**usual, **more})


def set_state(one: Any, state: str, data: str = "") -> None:
    backend = SimpleNamespace(alarms={"late": one} if one else {}, **HERE)
    alarms._set_alarm_state(backend, "late", "because", data, state)


def test_a_change_is_an_event_with_both_states_and_the_metric(told: list[Any]) -> None:
    set_state(alarm(), "ALARM", data="{}")

    detail = told[0].detail
    assert detail["state"].pop("timestamp").endswith("+0000")
    assert detail == {
        "alarmName": "late",
        "state": {"value": "ALARM", "reason": "because", "reasonData": "{}"},
        "previousState": {"value": "OK"},
        "configuration": {
            "description": "text",
            "metrics": [
                {
                    "id": "m1",
                    "metricStat": {
                        "metric": {"namespace": "N", "name": "M", "dimensions": {"d": "v"}},
                        "period": 60,
                        "stat": "Sum",
                    },
                    "returnData": True,
                }
            ],
        },
    }


def test_a_state_that_stays_is_no_change(told: list[Any]) -> None:
    set_state(alarm("ALARM"), "ALARM")

    assert told == []


def test_an_alarm_that_moto_makes_had_no_data_before(told: list[Any]) -> None:
    set_state(None, "ALARM")

    assert told[0].detail["previousState"] == {"value": "INSUFFICIENT_DATA"}
    assert "reasonData" not in told[0].detail["state"]


@pytest.mark.parametrize(
    ("before", "state", "topics"),
    [
        ("OK", "ALARM", [TOPIC]),
        ("ALARM", "OK", ["arn:aws:sns:r:1:ok"]),
        ("OK", "INSUFFICIENT_DATA", []),
    ],
)
def test_the_topics_of_the_new_state_are_told(
    before: str, state: str, topics: list[str], told: list[Any]
) -> None:
    set_state(alarm(before), state)

    assert [arn for arn, _ in told[1:]] == topics
    for _, text in told[1:]:
        message = json.loads(text)
        assert (message["AlarmName"], message["NewStateValue"]) == ("late", state)


def test_an_alarm_whose_actions_are_off_tells_no_topic(told: list[Any]) -> None:
    set_state(alarm(actions_enabled=False, dimensions=None), "ALARM")

    assert len(told) == 1
    assert told[0].detail["configuration"]["metrics"][0]["metricStat"]["metric"]["dimensions"] == {}
