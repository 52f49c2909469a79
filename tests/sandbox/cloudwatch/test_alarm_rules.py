"""The rules of composite alarms."""

import pytest

from sandbox.cloudwatch import alarm_rules

STATES = {"a": "ALARM", "b": "OK", "with space": "ALARM", "x:y": "INSUFFICIENT_DATA"}
ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:x:y"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(a)", True),
        ("ALARM(b)", False),
        ('ALARM("with space")', True),
        (f"INSUFFICIENT_DATA({ARN})", True),
        ("OK ( b )", True),
        ("NOT ALARM(b)", True),
        ("ALARM(a) AND ALARM(b)", False),
        ("ALARM(a) OR ALARM(b)", True),
        # AND binds closer.
        ("ALARM(a) OR ALARM(a) AND ALARM(b)", True),
        ("(ALARM(a) OR ALARM(a)) AND ALARM(b)", False),
        ("NOT (ALARM(a) AND OK(b))", False),
        ("TRUE AND NOT FALSE", True),
    ],
)
def test_a_rule_is_true_or_not(rule: str, expected: bool) -> None:
    assert alarm_rules.is_true(rule, lambda name: STATES[name]) is expected


def test_the_alarms_of_a_rule_are_known_by_their_names() -> None:
    rule = f'ALARM(a) OR (OK("with space") AND NOT INSUFFICIENT_DATA({ARN}))'

    assert alarm_rules.alarms_of(rule) == ["a", "with space", "x:y"]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("", "ends too early"),
        ("ALARM(a) AND", "ends too early"),
        ("ALARM(a", "not valid at 'ALARM"),
        ("(ALARM(a)", "open parenthesis"),
        ("ALARM(a) ALARM(b)", "not valid at 'ALARM'"),
        ("AND ALARM(a)", "not valid at 'AND'"),
        ("ALARM(a) XOR ALARM(b)", "not valid at 'XOR"),
        ("NOT " * 60 + "TRUE", "nested over 50 deep"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused(rule: str, message: str) -> None:
    with pytest.raises(alarm_rules.RuleError) as refused:
        alarm_rules.is_true(rule, lambda name: "OK")

    assert message in str(refused.value)
