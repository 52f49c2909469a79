"""The order and the end of a plan, and what of it follows from what, by hand-made environments."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.finding import Finding
from reviewer.plan.deployment_plan import DeploymentPlan
from reviewer.plan.verdict import ChangeSetAnswer, Kind, Verdict, exit_code
from tests.reviewer.handmade import environment, one, stack
from tests.reviewer.plan.test_planned_resources import TOPIC, planned, told


def users(count: int) -> dict[str, Any]:
    return {
        f"User{number}": {
            "Type": TOPIC,
            "Properties": {"DisplayName": {"Fn::GetAtt": ["It", "TopicName"]}},
        }
        for number in range(count)
    }


@pytest.mark.parametrize(
    ("count", "follows"),
    [
        (0, []),
        (1, ["Storage/User0"]),
        (4, [f"Storage/User{number}" for number in range(4)]),
        (6, [*(f"Storage/User{number}" for number in range(4)), "2 more"]),
    ],
)
def test_four_of_those_that_refer_to_what_is_replaced_are_named(
    count: int, follows: list[str]
) -> None:
    def with_users(name: str) -> Assembly:
        it = {"Type": TOPIC, "Properties": {"TopicName": name}}
        return environment(stack({"It": it, **users(count)}))

    found = planned(with_users("a"), with_users("b"))

    (verdict,) = [it for it in found.verdicts if it.at == "Storage/It"]
    assert [*verdict.follows] == follows
    quiet = planned(one(TOPIC, {"DisplayName": "a"}), one(TOPIC, {"DisplayName": "b"}))
    assert quiet.verdicts[0].follows == ()


@pytest.mark.parametrize(
    ("kinds", "needs_person", "code"),
    [
        ([], False, 0),
        ([], True, 3),
        (["in place", "added", "replaced", "removed"], False, 0),
        (["look"], False, 3),
        (["data lost"], False, 3),
        (["refused"], False, 4),
        (["in place", "look", "refused"], True, 4),
    ],
)
def test_a_plan_ends_as_its_gravest_verdict_does(
    kinds: list[Kind], needs_person: bool, code: int
) -> None:
    verdicts = [Verdict(kind, "at", "T", "said") for kind in kinds]

    assert exit_code(verdicts, needs_person=needs_person) == code


def test_what_does_not_exist_for_its_condition_is_left_out() -> None:
    def conditional(**more: Any) -> Assembly:
        it = {"Type": TOPIC, "Properties": more.pop("It", {}), "Condition": "HasModel"}
        return environment(stack({"It": it, **more}))

    absent = {"absent": frozenset({("Storage", "It")})}
    beside = {"Type": TOPIC, "Properties": {}, "Condition": "HasModel"}
    free = {"Type": TOPIC, "Properties": {}}
    changed = conditional(It={"DisplayName": "b"})

    assert told(conditional(), changed, **absent) == []
    assert told(conditional(), changed) == [("in place", "Storage/It", "DisplayName")]
    assert told(conditional(), conditional(New=beside), **absent) == []
    assert told(conditional(), conditional(New=free), **absent) == [
        ("added", "Storage/New", "it is made")
    ]
    assert told(conditional(), conditional(New=beside)) == [("added", "Storage/New", "it is made")]


def test_the_gravest_verdict_stands_first_and_the_rest_is_counted() -> None:
    def of(**topics: dict[str, Any]) -> Assembly:
        return environment(
            stack({name: {"Type": TOPIC, "Properties": it} for name, it in topics.items()})
        )

    found = planned(
        of(A={"DisplayName": "1"}, B={"TopicName": "1"}, C={}, D={}),
        of(A={"DisplayName": "2"}, B={"TopicName": "2"}, C={}, E={}),
    )

    assert [(it.kind, it.at) for it in found.verdicts] == [
        ("replaced", "Storage/B"),
        ("removed", "Storage/D"),
        ("added", "Storage/E"),
        ("in place", "Storage/A"),
    ]
    assert found.unchanged == 1
    assert [it.at for it in found.of_kind("replaced")] == ["Storage/B"]


def test_a_change_set_adds_what_no_template_shows() -> None:
    seen = ChangeSetAnswer(changes={"It": {"Action": "Modify", "Replacement": "True"}})
    given = {"change_sets": {"Storage": seen}}

    same = told(one(TOPIC, {}), one(TOPIC, {}), **given)
    replaced = told(one(TOPIC, {"TopicName": "a"}), one(TOPIC, {"TopicName": "b"}), **given)

    assert [kind for kind, *_ in same] == ["look"]
    assert [kind for kind, *_ in replaced] == ["replaced"]


@pytest.mark.parametrize(
    ("rule", "is_told"),
    [
        *((rule, False) for rule in ("added", "removed", "replaced", "changed", "data-removed")),
        ("permissions-broadened", True),
    ],
)
def test_what_a_verdict_says_already_is_not_told_again(rule: str, is_told: bool) -> None:
    found = Finding(rule, "safety", "Storage/It", "said")
    plan = DeploymentPlan((), 0, cast("Any", SimpleNamespace(findings=[found])))

    assert plan.findings == ((found,) if is_told else ())


def test_what_refers_to_itself_is_no_follower_and_a_plain_reference_makes_one() -> None:
    def linked(name: str) -> Assembly:
        display = {"Ref": "It"}
        it = {"Type": TOPIC, "Properties": {"TopicName": name, "DisplayName": display}}
        user = {"Type": TOPIC, "Properties": {"DisplayName": display}}
        return environment(stack({"It": it, "User": user, "Other": {"Type": TOPIC}}))

    found = planned(linked("a"), linked("b"))

    (verdict,) = [one for one in found.verdicts if one.at == "Storage/It"]
    assert verdict.follows == ("Storage/User",)
