"""Which expressions EventBridge and Scheduler read."""

import pytest

from sandbox.refusals.event_rules import is_cron, is_rate


@pytest.mark.parametrize(
    ("expression", "is_one"),
    [
        ("rate(1 minute)", True),
        ("rate(12 hours)", True),
        ("rate(1 days)", False),
        ("rate(2 day)", False),
        ("rate(0 days)", False),
        ("rate(1 week)", False),
        (" rate(1 day)", False),
    ],
)
def test_a_rate_is_a_number_and_its_unit(expression: str, is_one: bool) -> None:
    assert is_rate(expression) is is_one


@pytest.mark.parametrize(
    ("expression", "is_one"),
    [
        ("cron(0 3 * * ? *)", True),
        ("cron(0/15 9-17 ? * MON-FRI 2026)", True),
        ("cron(0 3 L * ? *)", True),
        ("cron(0 3 ? * 6#3 *)", True),
        ("cron(0 3 * * * *)", False),
        ("cron(0 3 ? * ? *)", False),
        ("cron(0 3 * * ?)", False),
        ("cron(0 3 * * ? * *)", False),
        ("cron(0 3 * ! ? *)", False),
        ("cron()", False),
        ("0 3 * * ? *", False),
    ],
)
def test_a_cron_expression_has_six_fields_and_one_day(expression: str, is_one: bool) -> None:
    assert is_cron(expression) is is_one
