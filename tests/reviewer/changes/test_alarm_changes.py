"""An alarm that tells fewer, does more or rings later is named; an earlier one is quiet."""

from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.finding import Finding
from tests.reviewer.handmade import environment, findings, stack

ALARM = "AWS::CloudWatch::Alarm"
TOPIC = {"Ref": "Topic"}
OTHER = "arn:aws:sns:us-east-1:444455556666:elsewhere"


def alarm(properties: dict[str, Any] | None) -> Assembly:
    """An alarm called `It`, beside a topic of ours called `Topic`."""
    resources: dict[str, Any] = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}
    if properties is not None:
        resources["It"] = {"Type": ALARM, "Properties": properties}
    return environment(stack(resources))


def found(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[Finding]:
    same = {"EvaluationPeriods": 5, "ComparisonOperator": "GreaterThanThreshold"}
    sides = [None if side is None else {**same, **side} for side in (old, new)]
    return findings(alarm(sides[0]), alarm(sides[1]))


def asked(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[tuple[str, str]]:
    asking = [one for one in found(old, new) if one.needs_person and one.area != "cost"]
    return [(one.rule, one.said) for one in asking]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("AlarmActions", "nobody hears it"),
        ("OKActions", "nobody hears that it is over"),
        ("InsufficientDataActions", "nobody hears that it sees nothing"),
    ],
)
def test_an_alarm_that_tells_nobody_any_more_is_silenced(name: str, said: str) -> None:
    empty: list[dict[str, Any]] = [{}, {name: []}]
    for nobody in empty:
        assert asked({name: [TOPIC]}, nobody) == [("alarm-silenced", said)]
        assert asked(nobody, {name: [TOPIC]}) == []


def test_an_action_beside_a_topic_of_ours_asks_on_a_new_alarm_too() -> None:
    said = f"it does more than to tell a topic of ours: {OTHER}"

    for old in ({"AlarmActions": [TOPIC]}, {}, None):
        assert asked(old, {"AlarmActions": [TOPIC, OTHER]}) == [("alarm-acts-elsewhere", said)]
    assert asked(None, {"AlarmActions": [TOPIC]}) == []
    assert asked({"AlarmActions": [OTHER]}, {"AlarmActions": [OTHER, TOPIC]}) == []


def test_an_alarm_that_no_longer_tells_one_of_several_is_named() -> None:
    assert asked({"OKActions": [TOPIC, OTHER]}, {"OKActions": [TOPIC]}) == [
        ("alarm-told-otherwise", f"it no longer tells {OTHER}")
    ]


def test_actions_that_are_off_tell_nobody() -> None:
    assert asked({}, {"ActionsEnabled": False}) == [("alarm-silenced", "its actions are off")]
    assert asked({"ActionsEnabled": False}, {"ActionsEnabled": True}) == []
    assert asked({}, {"ActionsEnabled": True}) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("GreaterThanThreshold", "LessThanThreshold", "alarm-inverted"),
        ("LessThanOrEqualToThreshold", "GreaterThanOrEqualToThreshold", "alarm-inverted"),
        ("GreaterThanThreshold", "GreaterThanUpperThreshold", "alarm-inverted"),
        ("GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "alarm-weakened"),
        ("LessThanOrEqualToThreshold", "LessThanThreshold", "alarm-weakened"),
    ],
)
def test_another_comparison_is_inverted_or_weaker(old: str, new: str, expected: str) -> None:
    sides = [{"ComparisonOperator": one, "Threshold": 1} for one in (old, new)]

    assert [rule for rule, _ in asked(*sides)] == [expected]
    back = asked(sides[1], sides[0])
    assert [rule for rule, _ in back] == (["alarm-inverted"] if "inverted" in expected else [])


@pytest.mark.parametrize(
    ("operator", "weak", "strong"),
    [
        ("GreaterThanThreshold", 9, 5),
        ("GreaterThanOrEqualToThreshold", 9, 5),
        ("LessThanThreshold", 5, 9),
        ("LessThanOrEqualToThreshold", 5, 9),
    ],
)
def test_an_alarm_rings_later_on_the_side_it_looks_at(
    operator: str, weak: int, strong: int
) -> None:
    late, soon = ({"ComparisonOperator": operator, "Threshold": one} for one in (weak, strong))

    assert asked(soon, late) == [("alarm-weakened", "it rings later")]
    assert asked(late, soon) == []
    assert [one.rule for one in found(late, soon)] == ["alarm-sharpened"]


@pytest.mark.parametrize("value", [None, "{Parameter}", True])
def test_a_threshold_that_is_no_number_is_not_compared_as_one(value: Any) -> None:
    for old, new in ((value, 5), (5, value)):
        sides = [{} if one is None else {"Threshold": one} for one in (old, new)]
        assert [rule for rule, _ in asked(*sides)] == ["alarm-threshold-changed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((3, 5), (2, 5)),
        ((3, 5), (3, 6)),
        ((5, 5), (3, 3)),
        ((5, 5), (2, 3)),
        ((None, 3), (None, 2)),
        ((None, 5), (5, 5)),
    ],
)
def test_fewer_datapoints_ring_earlier(
    old: tuple[int | None, int], new: tuple[int | None, int]
) -> None:
    sides = [_datapoints(*old), _datapoints(*new)]

    assert asked(*sides) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((3, 5), (4, 5)),
        ((3, 5), (3, 4)),
        ((3, 5), (2, 4)),
        ((None, 3), (None, 4)),
        ((3, 5), (4, 9)),
    ],
)
def test_what_may_ring_later_asks(old: tuple[int | None, int], new: tuple[int | None, int]) -> None:
    sides = [_datapoints(*old), _datapoints(*new)]

    assert asked(*sides) == [("alarm-weakened", "it takes longer to ring")]


def _datapoints(needed: int | None, periods: int) -> dict[str, Any]:
    chosen = {} if needed is None else {"DatapointsToAlarm": needed}
    return {"EvaluationPeriods": periods, **chosen}


def test_an_alarm_is_silent_where_it_rang_only_when_it_looks_the_other_way() -> None:
    old = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 1}
    silent = "it rings on another side of its threshold, and is silent where it rang"

    assert asked(old, {**old, "ComparisonOperator": "LessThanThreshold"}) == [
        ("alarm-inverted", silent)
    ]
    for other in ("GreaterThanUpperThreshold", {"Fn::If": ["A", "B", "C"]}):
        assert asked(old, {**old, "ComparisonOperator": other}) == [
            ("alarm-inverted", "it rings on another side of its threshold")
        ]
