"""Whom an alarm tells that its state has changed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from moto.cloudwatch.models import Alarm

from sandbox.cloudwatch import history, state_changes
from sandbox.eventbridge import events
from sandbox.state.stores import Place

TOPIC, FUNCTION = "arn:aws:sns:r:1:t", "arn:aws:lambda:r:1:function:f"
POLICY = "arn:aws:autoscaling:r:1:scalingPolicy:u:resource/r:policyName/p"
HERE = Place("123456789012", "us-east-1")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Events that were put, messages that were delivered, policies that were triggered."""
    found: list[Any] = []
    monkeypatch.setattr(events, "put", lambda place, event: found.append(event))
    monkeypatch.setattr(
        events, "deliver", lambda target, text, event: found.append((target["Arn"], text))
    )
    monkeypatch.setitem(
        state_changes.ACTIONS, "autoscaling", lambda *given: found.append(("scaled", given[2]))
    )
    yield found
    history.forget()


def alarm(state: str = "OK", **more: Any) -> Any:
    names = (
        *("unit", "treat_missing_data", "evaluate_low_sample_count_percentile"),
        *("threshold_metric_id", "rule", "extended_statistic", "datapoints_to_alarm"),
        *("insufficient_data_actions", "metric_data_queries"),
    )
    usual: dict[str, Any] = {
        **dict.fromkeys(names),
        "account_id": HERE.account,
        "region_name": HERE.region,
        "name": "late",
        "namespace": "N",
        "metric_name": "M",
        "comparison_operator": "GreaterThanThreshold",
        "evaluation_periods": 1,
        "period": 60,
        "threshold": 5.0,
        "statistic": "Sum",
        "description": "text",
        "dimensions": [{"Name": "d", "Value": "v"}],
        "alarm_actions": [TOPIC, FUNCTION, POLICY],
        "ok_actions": ["arn:aws:sns:r:1:ok"],
        "actions_enabled": True,
    }
    one = Alarm(**{**usual, **more})
    one.state_value, one.state_reason, one.state_reason_data = state, "before", ""
    return one


def set_state(one: Any, state: str, data: Any = None) -> None:
    backend = SimpleNamespace(
        alarms={"late": one}, account_id=HERE.account, region_name=HERE.region
    )
    state_changes._set_alarm_state(backend, "late", "because", data, state)


def test_a_change_is_an_event_with_both_states_and_the_metric(told: list[Any]) -> None:
    set_state(alarm(), "ALARM", data="{}")

    detail = told[0].detail
    assert detail["state"].pop("timestamp").endswith("+0000")
    assert detail["previousState"].pop("timestamp").endswith("+0000")
    assert detail == {
        "alarmName": "late",
        "state": {"value": "ALARM", "reason": "because", "reasonData": "{}"},
        "previousState": {"value": "OK", "reason": "before"},
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
    assert told[0].resources == [alarm().alarm_arn]


def test_a_state_that_stays_is_no_change(told: list[Any]) -> None:
    set_state(alarm("ALARM"), "ALARM")

    assert told == []
    assert history.items(HERE, {}) == []


@pytest.mark.parametrize(
    ("before", "state", "actions"),
    [
        ("OK", "ALARM", [TOPIC, "scaled"]),
        ("ALARM", "OK", ["arn:aws:sns:r:1:ok"]),
        ("OK", "INSUFFICIENT_DATA", []),
    ],
)
def test_the_actions_of_the_new_state_are_done(
    before: str, state: str, actions: list[str], told: list[Any]
) -> None:
    set_state(alarm(before), state)

    assert [arn for arn, _ in told[1:]] == actions
    for _, text in [one for one in told[1:] if one[0] != "scaled"]:
        message = json.loads(text)
        assert (message["AlarmName"], message["NewStateValue"]) == ("late", state)
        assert (message["OldStateValue"], message["Trigger"]["MetricName"]) == (before, "M")
        assert message["Trigger"]["Statistic"] == "SUM"


def test_an_alarm_whose_actions_are_off_tells_no_topic(told: list[Any]) -> None:
    set_state(alarm(actions_enabled=False), "ALARM")

    assert len(told) == 1


def test_a_policy_is_triggered_again_every_minute_and_a_topic_is_not(told: list[Any]) -> None:
    one = alarm("ALARM")

    state_changes.repeat(HERE, one)
    one.state_value = "OK"
    state_changes.repeat(HERE, one)

    assert told == [("scaled", POLICY)]


def test_an_action_that_fails_is_in_the_history_and_keeps_no_other_from_being_done(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> None:
        raise KeyError("no topic")

    monkeypatch.setattr(events, "deliver", fail)
    set_state(alarm(), "ALARM")

    assert told[1:] == [("scaled", POLICY)]
    items = history.items(HERE, {"AlarmName": "late"})
    assert [one["HistorySummary"] for one in items] == [
        f"Successfully executed action {POLICY}",
        f"Failed to execute action {TOPIC}",
        "Alarm updated from OK to ALARM",
    ]
    states = json.loads(items[2]["HistoryData"])
    assert states["oldState"] == {"stateValue": "OK", "stateReason": "before"}
    assert states["newState"]["stateValue"] == "ALARM"


@pytest.mark.parametrize(
    ("request_", "number"),
    [
        ({}, 2),
        ({"HistoryItemType": "Action"}, 1),
        ({"AlarmName": "other"}, 0),
        ({"AlarmTypes": ["CompositeAlarm"]}, 0),
        ({"StartDate": datetime(2099, 1, 1)}, 0),
        ({"EndDate": datetime(2000, 1, 1, tzinfo=UTC)}, 0),
        ({"StartDate": datetime(2000, 1, 1, tzinfo=UTC)}, 2),
    ],
)
def test_the_history_is_filtered(request_: dict[str, Any], number: int, told: list[Any]) -> None:
    set_state(alarm(alarm_actions=[TOPIC]), "ALARM")

    found = history.items(HERE, request_)

    assert len(found) == number
    assert found[::-1] == history.items(HERE, {**request_, "ScanBy": "TimestampAscending"})
