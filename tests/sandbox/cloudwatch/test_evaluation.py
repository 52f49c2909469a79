"""Alarms of a sandbox whose clock is moved: their states, and what AWS says of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.server.server import Sandbox
from sandbox.state import clock
from tests.sandbox import moved_clock


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox
    moved_clock.set_back()


class Watched:
    """One metric and the alarms on it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.client, self._sandbox = sandbox.client("cloudwatch"), sandbox
        sandbox.reset()

    def put(self, *values: float, name: str = "M") -> None:
        rows = [{"MetricName": name, "Value": one, "Timestamp": clock.now()} for one in values]
        self.client.put_metric_data(Namespace="Own", MetricData=rows)

    def alarm(self, name: str = "high", **more: Any) -> None:
        usual = {
            "Namespace": "Own",
            "MetricName": "M",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanThreshold",
        }
        rows = {k: v for k, v in {**usual, **more}.items() if v is not None}
        self.client.put_metric_alarm(AlarmName=name, **rows)

    def minute(self) -> None:
        clock.advance(60)

    def seen(self, name: str = "high") -> Any:
        found = self.client.describe_alarms(
            AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        return (*found["MetricAlarms"], *found["CompositeAlarms"])[0]

    def state(self, name: str = "high") -> str:
        return str(self.seen(name)["StateValue"])


@pytest.fixture
def watched(running: Sandbox) -> Watched:
    clock.advance(61 - clock.now().timestamp() % 60)  # the next minute begins
    return Watched(running)


def test_an_alarm_goes_off_and_comes_back(watched: Watched) -> None:
    watched.alarm()
    assert watched.state() == "INSUFFICIENT_DATA"
    watched.put(3, 4)
    watched.minute()

    seen = watched.seen()
    assert seen["StateValue"] == "ALARM"
    assert "1 out of the last 1 datapoints [7.0 (" in seen["StateReason"]
    data = json.loads(seen["StateReasonData"])
    assert (data["recentDatapoints"], data["statistic"], data["period"]) == ([7.0], "Sum", 60)
    watched.put(1)
    watched.minute()
    assert watched.state() == "OK"
    items = watched.client.describe_alarm_history(AlarmName="high")["AlarmHistoryItems"]
    assert [one["HistorySummary"] for one in items] == [
        "Alarm updated from ALARM to OK",
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "high" created',
    ]


def test_an_alarm_that_is_put_again_keeps_its_state_until_it_is_evaluated(
    watched: Watched,
) -> None:
    watched.alarm()
    watched.put(9)
    watched.minute()
    watched.alarm(Threshold=100)

    assert (watched.state(), watched.seen()["Threshold"]) == ("ALARM", 100)
    watched.minute()
    assert watched.state() == "OK"


def test_two_of_three_periods_of_five_minutes(watched: Watched) -> None:
    watched.alarm(Period=300, EvaluationPeriods=3, DatapointsToAlarm=2)
    watched.put(9)
    clock.advance(300)
    assert watched.state() == "INSUFFICIENT_DATA"
    watched.put(1)
    clock.advance(300)
    assert watched.state() == "OK"
    watched.put(9)
    clock.advance(60)
    # The last five minutes, whenever they began.
    assert watched.state() == "ALARM"


def test_a_policy_is_triggered_once_for_each_minute_in_alarm(watched: Watched) -> None:
    policy = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:u:resource/r:policyName/p"
    watched.alarm(AlarmActions=[policy])
    for minute in (1, 2):
        watched.put(9)
        watched.minute()
        asked = {"AlarmName": "high", "HistoryItemType": "Action"}
        found = watched.client.describe_alarm_history(**asked)["AlarmHistoryItems"]
        assert [one["HistorySummary"] for one in found] == [
            f"Successfully executed action {policy}"
        ] * minute


def test_a_percentile_and_too_few_values_for_it(watched: Watched) -> None:
    percentile: dict[str, Any] = {"Statistic": None, "ExtendedStatistic": "p90"}
    watched.alarm(**percentile)
    watched.alarm("careful", EvaluateLowSampleCountPercentile="ignore", **percentile)
    watched.put(*[1] * 8, 9, 9)
    watched.minute()
    assert (watched.state(), watched.state("careful")) == ("ALARM", "INSUFFICIENT_DATA")
    watched.put(*[1] * 80, *[9] * 20)
    watched.minute()
    assert watched.state("careful") == "ALARM"


def test_an_expression_over_two_metrics(watched: Watched) -> None:
    def query(query_id: str, metric: str) -> dict[str, Any]:
        stat = {"Metric": {"Namespace": "Own", "MetricName": metric}, "Period": 60, "Stat": "Sum"}
        return {"Id": query_id, "MetricStat": stat, "ReturnData": False}

    rows = [
        {"Id": "share", "Expression": "IF(all > 0, 100 * bad / all, 0)", "ReturnData": True},
        query("bad", "Bad"),
        query("all", "All"),
    ]
    plain: dict[str, Any] = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    watched.alarm(Metrics=rows, TreatMissingData="notBreaching", **plain)
    watched.put(1, name="Bad")
    watched.put(10, name="All")
    watched.minute()
    assert watched.state() == "ALARM"
    watched.put(0, name="All")
    watched.minute()
    assert watched.state() == "OK"


def test_ten_seconds_are_enough_where_the_period_says_so(watched: Watched) -> None:
    watched.client.put_metric_data(
        Namespace="Own",
        MetricData=[
            {
                "MetricName": "Fine",
                "Value": 9,
                "StorageResolution": 1,
                "Timestamp": clock.now(),
            }
        ],
    )
    watched.alarm(MetricName="Fine", Period=10)
    clock.advance(10)
    assert watched.state() == "ALARM"


def test_a_state_that_was_set_lasts_until_the_next_evaluation(watched: Watched) -> None:
    watched.alarm(TreatMissingData="notBreaching")
    watched.client.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="test")
    assert watched.state() == "ALARM"
    watched.minute()
    assert watched.state() == "OK"


def test_a_composite_alarm_follows_the_others(watched: Watched) -> None:
    watched.alarm()
    watched.alarm("other", MetricName="N", TreatMissingData="notBreaching")
    watched.client.put_composite_alarm(
        AlarmName="both", AlarmRule='ALARM(high) AND NOT ALARM("other")'
    )
    watched.put(9)
    watched.minute()
    seen = watched.seen("both")
    assert (seen["StateValue"], seen["AlarmRule"]) == (
        "ALARM",
        'ALARM(high) AND NOT ALARM("other")',
    )
    watched.put(9)
    watched.put(9, name="N")
    watched.minute()
    assert watched.state("both") == "OK"
    names = [one["AlarmName"] for one in watched.client.describe_alarms()["MetricAlarms"]]
    assert names == ["high", "other"]


def test_a_composite_alarm_follows_a_state_that_a_person_sets_at_once(watched: Watched) -> None:
    watched.alarm()
    watched.client.put_composite_alarm(AlarmName="one", AlarmRule="ALARM(high)")
    watched.client.put_composite_alarm(AlarmName="all", AlarmRule="ALARM(one)")

    for value, follows in (("ALARM", "ALARM"), ("OK", "OK")):
        watched.client.set_alarm_state(AlarmName="high", StateValue=value, StateReason="a person")

        assert (watched.state("one"), watched.state("all")) == (follows, follows)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"OKActions": ["arn:aws:lambda:r:1:function:f"]}, "lambda does not act on alarms here"),
        ({"AlarmActions": ["arn:aws:automate:r:ec2:stop"]}, "automate does not act on alarms"),
        ({"AlarmActions": ["topic"]}, "topic does not act on alarms here: topic"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "GreaterThanUpperThreshold is not"),
        ({"ThresholdMetricId": "ad1"}, "ThresholdMetricId of an alarm is not evaluated here"),
        ({"TreatMissingData": "guess"}, "Option guess is not supported"),
        ({"Statistic": None, "ExtendedStatistic": "tm99"}, "the statistic 'tm99' is not computed"),
        (
            {"Metrics": [{"Id": "a", "Expression": "SEARCH(a)", "ReturnData": True}]},
            "'SEARCH' in 'SEARCH.a.' is not evaluated here",
        ),
    ],
)
def test_an_alarm_that_would_not_be_evaluated_is_refused(
    given: dict[str, Any], message: str, watched: Watched
) -> None:
    with pytest.raises(ClientError, match=message):
        watched.alarm(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"AlarmRule": "ALARM(nobody)"}, "nobody"),
        ({"AlarmRule": "ALARM("}, "AlarmRule is not valid"),
        ({"AlarmRule": "TRUE", "ActionsSuppressor": "high"}, "ActionsSuppressor of an alarm"),
        (
            {"AlarmRule": "TRUE", "InsufficientDataActions": ["arn:aws:ssm:r:1:opsitem:1"]},
            "ssm does not act on alarms here",
        ),
    ],
)
def test_a_composite_alarm_that_would_not_be_evaluated_is_refused(
    given: dict[str, Any], message: str, watched: Watched
) -> None:
    with pytest.raises(ClientError, match=message):
        watched.client.put_composite_alarm(AlarmName="both", **given)
