"""When a schedule fires, and what a target receives, as EventBridge says it."""

from datetime import datetime
from typing import Any

import pytest

from sandbox.eventbridge import cron, input_transformers

# A Sunday, the last day of its month.
MOMENT = datetime(2026, 5, 31, 3, 15)
FIELDS = ("15", "3", "31", "5", "?", "2026")


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("rate(1 minute)", 1),
        ("rate(5 minutes)", 5),
        ("rate(1 hour)", 60),
        ("rate(2 hours)", 120),
        ("rate(1 day)", 1_440),
        ("rate(2 days)", 2_880),
    ],
)
def test_a_rate_has_a_number_and_a_unit(expression: str, minutes: int) -> None:
    assert cron.rate_minutes(expression) == minutes


@pytest.mark.parametrize(
    "expression", ["rate(0 minutes)", "rate(5 weeks)", "rate(5)", "5 minutes", "rate(-1 day)"]
)
def test_what_is_no_rate_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"use rate\(5 minutes\)"):
        cron.rate_minutes(expression)


def fires(**fields: str) -> bool:
    given = dict(zip(("minute", "hour", "day", "month", "weekday", "year"), FIELDS, strict=True))
    return cron.matches(f"cron({' '.join((given | fields).values())})", MOMENT)


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("minute", ["15", "*", "0/5", "10-20", "1,15", "*/15", "15/7"], ["14", "16-20", "*/2"]),
        ("hour", ["3", "*", "0-3", "3-5", "1/2"], ["4", "0-2", "4-5"]),
        ("day", ["31", "L", "?", "1/2", "30-31"], ["30", "1-30"]),
        ("month", ["5", "MAY", "may", "APR-JUN", "1,5"], ["6", "JUN", "JAN-APR"]),
        ("weekday", ["1", "SUN", "sun", "SUN-TUE", "?", "*"], ["2", "MON", "MON-SAT", "7"]),
        ("year", ["2026", "*", "2020-2030", "2020/2"], ["2025", "2021/2", "2027-2030"]),
    ],
)
def test_a_schedule_fires_when_every_field_names_the_minute(
    field: str, right: list[str], wrong: list[str]
) -> None:
    assert [word for word in right if not fires(**{field: word})] == []
    assert [word for word in wrong if fires(**{field: word})] == []


@pytest.mark.parametrize("name", ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])
def test_the_days_of_a_week_begin_with_sunday(name: str) -> None:
    # The 3rd of May 2026 is a Sunday.
    number = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT").index(name)

    assert cron.matches(f"cron(* * ? * {name} *)", datetime(2026, 5, 3 + number))
    assert cron.matches(f"cron(* * ? * {number + 1} *)", datetime(2026, 5, 3 + number))


@pytest.mark.parametrize("expression", ["cron(* * * * *)", "cron(* * * * * * *)", "cron()"])
def test_a_schedule_with_another_number_of_fields_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="cron has 6"):
        cron.matches(expression, MOMENT)


EVENT = {"source": "aws.s3", "detail": {"size": 3, "key": 'a"b', "list": [1]}}
PATHS = {"size": "$.detail.size", "key": "$.detail.key", "none": "$.detail.none"}


def received(template: str) -> Any:
    return input_transformers.apply(
        {"InputTransformer": {"InputPathsMap": PATHS, "InputTemplate": template}}, EVENT
    )


def test_a_target_receives_the_event_unless_it_says_otherwise() -> None:
    assert input_transformers.apply({}, EVENT) == EVENT
    assert input_transformers.apply({"Input": '{"a": 1}'}, EVENT) == {"a": 1}
    assert input_transformers.apply({"InputPath": "$.detail.size"}, EVENT) == 3
    assert input_transformers.apply({"InputPath": "$.detail.none"}, EVENT) is None


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{"n": <size>, "k": <key>}', {"n": 3, "k": 'a"b'}),
        ('"size <size> of <key>"', 'size 3 of a"b'),
        ('"<none>"', "null"),
        ("<none>", None),
        ('"<unknown>"', "<unknown>"),
        ('"(size>"', "(size>"),
        ('"a \\" <size>"', 'a " 3'),
        ('{"e": <aws.events.event.json>}', {"e": EVENT}),
        ('{"<size>": "<size>"}', {"3": "3"}),
    ],
)
def test_a_place_in_a_template_is_json_outside_of_quotes_and_text_inside(
    template: str, expected: Any
) -> None:
    assert received(template) == expected


def test_a_template_that_makes_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        received("size <size>")
