"""What a change set says beyond the templates is told, and what it repeats is not."""

from typing import Any, get_args

import pytest

from reviewer.plan.change_set_verdicts import change_set_verdicts
from reviewer.plan.verdict import ChangeSetAnswer, Deployed, Kind, Verdict
from tests.reviewer.handmade import one

TOPIC = one("AWS::SNS::Topic", {})


def told(answer: ChangeSetAnswer, kind: Kind | None = None) -> list[tuple[str, str, str]]:
    """Kind, place and words of each verdict, where the templates say `kind` of `It`."""
    known = {"Storage/It": Verdict(kind, "Storage/It", "T", "")} if kind else {}
    deployed = Deployed(TOPIC, change_sets={"Storage": answer})
    found = change_set_verdicts(deployed, TOPIC, known)
    return [(verdict.kind, verdict.at, verdict.said) for verdict in found]


def changed(action: str, **more: Any) -> ChangeSetAnswer:
    change = {"Action": action, "ResourceType": "AWS::SNS::Topic", **more}
    return ChangeSetAnswer(changes={"It": change})


@pytest.mark.parametrize(
    ("action", "foreseen", "words"),
    [
        ("Add", {"added", "look"}, "CloudFormation: add of this resource"),
        ("Remove", {"removed", "data lost"}, "CloudFormation: remove of this resource"),
        ("Import", set(), "CloudFormation: import of this resource"),
    ],
)
@pytest.mark.parametrize("kind", [None, *get_args(Kind)])
def test_what_the_templates_do_not_foresee_needs_an_eye(
    action: str, foreseen: set[str], words: str, kind: Kind | None
) -> None:
    expected = [] if kind in foreseen else [("look", "Storage/It", words)]

    assert told(changed(action), kind) == expected


DETAILS = [
    {"Target": {"Name": "TopicName", "RequiresRecreation": "Always"}},
    {"Target": {"Name": "Tags", "RequiresRecreation": "Never"}},
    {},
]


@pytest.mark.parametrize(
    ("kind", "is_known"),
    [
        (None, False),
        ("in place", False),
        ("added", False),
        ("removed", False),
        ("replaced", True),
        ("data lost", True),
        ("look", True),
        ("refused", True),
    ],
)
def test_a_replacement_that_the_templates_do_not_show_names_what_causes_it(
    kind: Kind | None, is_known: bool
) -> None:
    said = ("look", "Storage/It", "CloudFormation: it is replaced: TopicName")

    assert told(changed("Modify", Replacement="True", Details=DETAILS), kind) == (
        [] if is_known else [said]
    )
    assert told(changed("Modify", Replacement="False", Details=DETAILS), kind) == []


def test_a_refused_change_set_and_one_that_was_not_made_are_told() -> None:
    assert told(ChangeSetAnswer(refused="no such export")) == [
        ("refused", "Storage", "no such export")
    ]
    assert told(ChangeSetAnswer(unasked="throttled")) == [
        ("look", "Storage", "CloudFormation was not asked: throttled")
    ]
    assert told(ChangeSetAnswer()) == []


def test_a_resource_of_no_template_is_named_by_its_logical_id() -> None:
    answer = ChangeSetAnswer(changes={"Stray": {"Action": "Add"}})

    assert told(answer) == [("look", "Storage/Stray", "CloudFormation: add of this resource")]
