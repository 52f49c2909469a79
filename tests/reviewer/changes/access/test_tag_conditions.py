"""A tag that a condition names decides about access; every other one is words for people."""

from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.finding import Finding
from tests.reviewer.handmade import environment, findings, stack


def tagged(condition: dict[str, Any], tags: Any, resource: str = "*") -> Assembly:
    """A queue with tags, and a policy of a role with one condition."""
    allow = {"Effect": "Allow", "Action": "sqs:*", "Resource": resource, "Condition": condition}
    return environment(
        stack(
            {
                "Q": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": tags}},
                "P": {
                    "Type": "AWS::IAM::ManagedPolicy",
                    "Properties": {"PolicyDocument": {"Statement": [allow]}},
                },
            }
        )
    )


def asked(old: Assembly, new: Assembly) -> list[Finding]:
    return [one for one in findings(old, new) if one.needs_person]


def tag(value: str, key: str = "Team") -> list[dict[str, str]]:
    return [{"Key": key, "Value": value}, {"Key": "other", "Value": "x"}]


@pytest.mark.parametrize(
    "key", ["aws:ResourceTag/team", "aws:ResourceTag/Team", "sqs:resourceTag/Team"]
)
def test_a_tag_that_a_condition_names_asks(key: str) -> None:
    condition = {"StringEquals": {key: "a"}}

    (found,) = asked(tagged(condition, tag("a")), tagged(condition, tag("b")))

    assert (found.rule, found.before, found.after) == ("condition-tag-changed", "a", "b")
    assert found.said == "a policy decides by this tag who may do what: Team"
    (gone,) = asked(tagged(condition, tag("a")), tagged(condition, tag("a")[1:]))
    assert (gone.before, gone.after) == ("a", "-")
    more = [*tag("a"), {"Key": "new", "Value": "x"}]
    assert asked(tagged(condition, tag("a")), tagged(condition, more)) == []


def test_a_tag_that_a_variable_of_a_policy_names_asks() -> None:
    sides = [tagged({}, tag(value), "q/${aws:PrincipalTag/Team}") for value in "ab"]

    assert [one.rule for one in asked(*sides)] == ["condition-tag-changed"]


def test_a_map_of_tags_is_read_like_a_list() -> None:
    condition = {"StringEquals": {"aws:ResourceTag/Team": "a"}}
    sides = [tagged(condition, {"Team": value}) for value in "ab"]

    (found,) = asked(*sides)
    assert (found.rule, found.before, found.after) == ("condition-tag-changed", "a", "b")


def test_a_tag_that_no_condition_names_asks_nobody() -> None:
    condition = {"StringEquals": {"aws:RequestedRegion": "a"}}

    assert asked(tagged(condition, tag("a")), tagged(condition, tag("b"))) == []
