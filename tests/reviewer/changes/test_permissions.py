"""More rights are named by the gravest thing about them; fewer, or the same ones again, are not."""

from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.finding import Finding
from reviewer.resolver import Resolver
from reviewer.sheets.iam import iam
from reviewer.statements import all_statements, said
from tests.reviewer.handmade import environment, findings, stack

Body = dict[str, Any]
MACHINE = {"Service": "states.amazonaws.com"}
STRANGER = {"AWS": "arn:aws:iam::444455556666:root"}
READ: Body = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
HERE: Body = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
TRUST: Body = {"Effect": "Allow", "Principal": MACHINE, "Action": "sts:AssumeRole"}
ADMIT: Body = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "q",
    "Condition": HERE,
}
REFUSE: Body = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "q"}


def role(*statements: Body, trust: Body = TRUST, **properties: Any) -> Assembly:
    """A role with one policy of these statements."""
    given = {"AssumeRolePolicyDocument": {"Statement": [trust]}, **properties}
    policy = {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": [*statements]}}
    return environment(
        stack(
            {
                "Role": {"Type": "AWS::IAM::Role", "Properties": given},
                "Policy": {"Type": "AWS::IAM::Policy", "Properties": policy},
            }
        )
    )


def queue(*statements: Body) -> Assembly:
    """A queue with a policy of these statements; without a policy for none."""
    policy = {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": [*statements]}}
    resources: dict[str, Any] = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {}}}
    if statements:
        resources["Admits"] = {"Type": "AWS::SQS::QueuePolicy", "Properties": policy}
    return environment(stack(resources))


def named(old: Assembly, new: Assembly) -> list[Finding]:
    return findings(old, new, "permissions")


def names(old: Assembly, new: Assembly) -> list[str]:
    return [found.rule for found in named(old, new)]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"Action": ["s3:GetObject", "s3:PutObject"]}, "permission-added"),
        ({"Resource": ["arn:aws:s3:::data/*", "arn:aws:s3:::more/*"]}, "permission-added"),
        ({"Resource": "*"}, "wildcard-resource"),
        ({"Action": "s3:*"}, "wildcard-action"),
        ({"Action": "s3:*", "Resource": "*"}, "wildcard-action"),
        ({"NotAction": "iam:*", "Action": None}, "wildcard-action"),
    ],
)
def test_more_rights_of_a_role_are_named_by_the_gravest(more: Body, rule: str) -> None:
    wider = {key: value for key, value in (READ | more).items() if value}

    (found,) = named(role(READ), role(wider))
    assert (found.rule, found.at, found.before) == (rule, "Storage/Role", "not allowed")
    assert found.after == "without any condition"
    if "NotAction" not in wider:
        assert names(role(wider), role(READ)) == []


def test_what_was_allowed_in_other_words_is_nothing_new() -> None:
    wide = READ | {"Action": "s3:*", "Resource": "*"}

    assert names(role(wide), role(wide, READ)) == []
    assert names(role(wide), role(READ | {"Action": "S3:GETOBJECT"})) == []
    assert names(role(READ), role(READ | {"Effect": "Deny", "Resource": "*"})) == []
    two = READ | {"Action": "s3:PutObject"}
    assert names(role(READ, two), role(READ | {"Action": ["s3:GetObject", "s3:PutObject"]})) == []


def test_a_refusal_gives_no_rights_to_what_comes_after_it() -> None:
    assert names(role(READ | {"Effect": "Deny"}), role(READ)) == [
        "permission-added",
        "refusal-dropped",
    ]


def test_a_question_mark_in_a_pattern_stands_for_one_character() -> None:
    pattern, matched, longer = (
        READ | {"Resource": f"arn:aws:s3:::data/*/{end}"} for end in ("?", "a", "ab")
    )

    assert names(role(pattern), role(matched)) == []
    assert names(role(pattern), role(longer)) == ["permission-added"]


@pytest.mark.parametrize(
    ("old", "new", "is_looser"),
    [
        (HERE, {}, True),
        ({}, HERE, False),
        (HERE, HERE | {"Bool": {"aws:SecureTransport": "true"}}, False),
        (HERE, {"StringEquals": {"AWS:SOURCEACCOUNT": "111122223333"}}, False),
        (HERE, {"StringEquals": {"aws:SourceAccount": "444455556666"}}, True),
        (HERE, {"StringEquals": {"aws:SourceAccount": ["111122223333", "4"]}}, True),
        (HERE, {"StringLike": {"aws:SourceAccount": "111122223333"}}, False),
        (HERE, {"StringLike": {"aws:SourceAccount": "1111*"}}, True),
        (
            {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
            {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::data"}},
            False,
        ),
        (
            {"StringNotEquals": {"aws:SourceVpc": ["a", "b"]}},
            {"StringNotEquals": {"aws:SourceVpc": "a"}},
            True,
        ),
        ({"Null": {"aws:SourceVpc": "true"}}, {"Null": {"aws:SourceVpc": "true"}}, False),
        (
            {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}},
            {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
            True,
        ),
    ],
)
def test_a_condition_that_lets_more_through_is_named(old: Body, new: Body, is_looser: bool) -> None:
    found = named(role(READ | {"Condition": old}), role(READ | {"Condition": new}))

    assert [one.rule for one in found] == ["condition-dropped"] * is_looser
    if is_looser:
        assert found[0].before.startswith("only when `")
        assert (found[0].after == "without any condition") == (not new)


def test_what_is_not_excepted_is_all_that_is_given() -> None:
    def without(*actions: str) -> Assembly:
        return role({"Effect": "Allow", "NotAction": [*actions], "Resource": "*"})

    assert names(without("iam:*"), without("iam:*", "sts:*")) == []
    assert names(without("iam:*", "sts:*"), without("iam:*")) == ["wildcard-action"]
    assert names(without("iam:*"), role(READ)) == []
    assert names(without("s3:*"), role(READ)) == ["permission-added"]
    stranger = ADMIT | {"NotPrincipal": STRANGER, "Principal": None, "Condition": {}}
    but_one = {key: value for key, value in stranger.items() if value is not None}
    assert names(queue(ADMIT), queue(but_one)) == ["open-to-anybody"]


def test_a_statement_that_is_split_or_merged_allows_the_same() -> None:
    def when(*accounts: str) -> Body:
        return READ | {"Condition": {"StringEquals": {"aws:SourceAccount": [*accounts]}}}

    assert names(role(when("1", "2")), role(when("1"), when("2"))) == []
    assert names(role(when("1"), when("2")), role(when("1", "2"))) == []
    assert names(role(when("1"), when("2")), role(when("1", "2", "3"))) == ["condition-dropped"]
    several = READ | {"Action": ["s3:GetObject", "s3:PutObject"]}
    split = [READ | {"Action": name} for name in several["Action"]]
    assert names(role(several), role(*split)) == names(role(*split), role(several)) == []


def test_who_may_hand_on_a_role_is_named() -> None:
    passing = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}

    assert names(role(READ), role(READ, passing)) == ["pass-role-added"]


def test_a_refusal_for_people_is_missed_with_its_policy() -> None:
    def managed(*policies: str) -> Assembly:
        refused = {key: value for key, value in REFUSE.items() if key != "Principal"}
        body = {"Users": ["u"], "PolicyDocument": {"Statement": [refused]}}
        made = {"Type": "AWS::IAM::ManagedPolicy", "Properties": body}
        return environment(stack(dict.fromkeys(policies, made)))

    assert "refusal-dropped" in names(managed("P"), managed())
    assert names(managed("P"), managed("P")) == []


def test_a_policy_that_a_role_no_longer_carries_allows_nothing_new() -> None:
    def carried(*names: str, **more: Any) -> Assembly:
        arns = [{"Ref": name} for name in names]
        given = {"AssumeRolePolicyDocument": {"Statement": [TRUST]}, "ManagedPolicyArns": arns}
        policy = {"PolicyDocument": {"Statement": [READ | more]}}
        return environment(
            stack(
                {
                    "Role": {"Type": "AWS::IAM::Role", "Properties": given},
                    "P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy},
                }
            )
        )

    assert names(carried("P"), carried()) == []
    assert names(carried("P"), carried(Action="s3:PutObject")) == ["permission-added"]
    assert names(carried(), carried("P")) == ["permission-added"]


def test_a_policy_on_an_endpoint_that_had_none_narrows_it() -> None:
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}

    def endpoint(**properties: Any) -> Assembly:
        kind = "AWS::EC2::VPCEndpoint"
        return environment(stack({"Way": {"Type": kind, "Properties": properties}}))

    assert names(endpoint(), endpoint(PolicyDocument={"Statement": [anybody]})) == []


def test_more_that_may_assume_a_role_are_named() -> None:
    both = {"Service": ["states.amazonaws.com", "ec2.amazonaws.com"]}

    (found,) = named(role(READ), role(READ, trust=TRUST | {"Principal": both}))
    assert found.rule == "trust-widened"
    assert found.said == "more may assume it: `ec2.amazonaws.com`: `sts:AssumeRole`"
    assert names(role(READ, trust=TRUST | {"Principal": both}), role(READ)) == []
    assert names(role(READ), role(READ, trust=TRUST | {"Principal": "*"})) == ["open-to-anybody"]


def test_more_that_a_resource_admits_are_named() -> None:
    assert names(queue(ADMIT), queue(ADMIT, ADMIT | {"Principal": STRANGER})) == [
        "resource-policy-opened"
    ]
    assert names(queue(ADMIT), queue(ADMIT | {"Principal": "*"})) == ["resource-policy-opened"]
    everybody = ADMIT | {"Principal": "*", "Condition": {}}
    assert names(queue(ADMIT), queue(everybody)) == ["open-to-anybody"]
    assert names(queue(ADMIT, ADMIT | {"Principal": STRANGER}), queue(ADMIT)) == []


def test_a_policy_that_is_in_no_template_is_the_gravest() -> None:
    amazons = ["arn:aws:iam::aws:policy/AdministratorAccess"]

    assert names(role(READ), role(READ, ManagedPolicyArns=amazons)) == ["foreign-policy-attached"]
    assert names(role(READ, ManagedPolicyArns=amazons), role(READ)) == []


def test_a_refusal_that_is_lost_is_named_while_its_holder_stays() -> None:
    narrower = REFUSE | {"Action": "sqs:SendMessage"}
    insecure = REFUSE | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}

    (lost,) = named(queue(ADMIT, insecure), queue(ADMIT))
    assert (lost.rule, lost.before, lost.after) == ("refusal-dropped", "refused", "not refused")
    assert lost.said == (
        "no longer refused: anybody: `sqs:*` on `q` when `aws:SecureTransport` is false"
    )
    assert names(queue(ADMIT, REFUSE), queue(ADMIT, narrower)) == ["refusal-dropped"]
    assert names(queue(ADMIT, narrower), queue(ADMIT, REFUSE)) == []
    assert names(queue(ADMIT, REFUSE), queue(ADMIT, REFUSE)) == []
    assert names(queue(ADMIT), queue(ADMIT, REFUSE)) == []
    assert names(queue(ADMIT, REFUSE), environment(stack({}))) == []


def test_a_new_role_is_shown_whole() -> None:
    (found,) = named(
        environment(stack({})), role(READ, READ | {"Effect": "Deny", "Action": "s3:Put"})
    )

    assert (found.rule, found.before) == ("role-added", "not there")
    assert found.said == "a new holder of 2 statements: `s3:GetObject`"


@pytest.mark.parametrize(
    ("principal", "condition", "expected"),
    [
        (MACHINE, {}, []),
        ({"AWS": "arn:aws:iam::{account}:root"}, {}, []),
        (STRANGER, {}, ["resource-policy-opened"]),
        (STRANGER, HERE, ["resource-policy-opened"]),
        ({"CanonicalUser": "79a5"}, HERE, ["resource-policy-opened"]),
        ("*", {}, ["open-to-anybody"]),
        ("*", HERE, []),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}, []),
        ("*", {"StringLike": {"aws:PrincipalOrgID": "*"}}, ["open-to-anybody"]),
        ("*", {"Bool": {"aws:SecureTransport": "true"}}, ["open-to-anybody"]),
        ("*", {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, ["open-to-anybody"]),
    ],
)
def test_a_new_resource_for_others_is_named(
    principal: Any, condition: Body, expected: list[str]
) -> None:
    fresh = queue(ADMIT | {"Principal": principal, "Condition": condition})

    assert names(environment(stack({})), fresh) == expected
    assert names(environment(stack({})), queue(REFUSE)) == []


def test_a_new_role_that_strangers_may_assume_is_named_whatever_the_condition() -> None:
    trusting = TRUST | {"Principal": STRANGER, "Condition": HERE}

    assert "trust-widened" in names(environment(stack({})), role(READ, trust=trusting))
    assert "trust-widened" not in names(environment(stack({})), role(READ))


def test_the_policy_of_a_new_endpoint_of_a_network_narrows_only() -> None:
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    policy = {"PolicyDocument": {"Statement": [anybody]}}
    new = environment(stack({"Way": {"Type": "AWS::EC2::VPCEndpoint", "Properties": policy}}))

    assert names(environment(stack({})), new) == []


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"StringEquals": {"k": "v"}}, "`k` is `v`"),
        ({"ArnEquals": {"k": "v"}}, "`k` is `v`"),
        ({"StringLike": {"k": ["v", "w"]}}, "`k` is like `v` or `w`"),
        ({"ArnLike": {"k": "v"}}, "`k` is like `v`"),
        ({"StringNotEquals": {"k": "v"}}, "`k` is not `v`"),
        ({"ForAnyValue:StringEquals": {"k": "v"}}, "`k` has one of `v`"),
        ({"ForAllValues:StringEquals": {"k": "v"}}, "`k` has only `v`"),
        ({"NumericLessThan": {"k": "1.2"}}, "`k` is below `1.2`"),
        ({"Bool": {"k": "true"}}, "`k` is true"),
        ({"Null": {"k": "true"}}, "`k` is absent"),
        ({"Null": {"k": "false"}}, "`k` is present"),
        ({"DateLessThan": {"k": "v"}}, "`k` DateLessThan `v`"),
        ({"StringEquals": {"k": "v"}, "Bool": {"b": "true"}}, "`b` is true and `k` is `v`"),
        ({}, ""),
    ],
)
def test_a_condition_in_words(condition: Body, words: str) -> None:
    assembly = queue(ADMIT | {"Condition": condition})

    (found,) = all_statements(assembly, Resolver(assembly))
    assert said(found.conditions) == words


def test_every_place_that_carries_a_statement_is_read() -> None:
    inline = [{"PolicyName": "More", "PolicyDocument": {"Statement": READ}}]
    assembly = role(READ, Policies=inline, ManagedPolicyArns=["arn:aws:iam::aws:policy/P"])
    orphan = {"PolicyDocument": {"Statement": [READ]}}
    managed = environment(stack({"M": {"Type": "AWS::IAM::ManagedPolicy", "Properties": orphan}}))

    found = [
        (one.kind, one.holder, one.actions) for one in all_statements(assembly, Resolver(assembly))
    ]
    assert sorted(found) == [
        ("role", "Storage/Role", ("policy:arn:aws:iam::aws:policy/P",)),
        ("role", "Storage/Role", ("s3:GetObject",)),
        ("role", "Storage/Role", ("s3:GetObject",)),
        ("trust", "Storage/Role", ("sts:AssumeRole",)),
    ]
    assert [one.holder for one in all_statements(managed, Resolver(managed))] == ["Storage/M"]


def test_who_is_meant_is_said_without_the_word_for_a_service_or_an_account() -> None:
    principal = {"Federated": "token", "Service": "s", "AWS": "a"}
    assembly = role(READ, trust=TRUST | {"Principal": principal})

    trust = next(one for one in all_statements(assembly, Resolver(assembly)) if one.kind == "trust")
    assert trust.principals == ("Federated token", "a", "s")


def test_the_sheet_says_what_bounds_a_role() -> None:
    bounded = role(READ, PermissionsBoundary="arn:aws:iam::111122223333:policy/boundary")

    said_of = {name: iam(it, Resolver(it)) for name, it in (("yes", bounded), ("no", role(READ)))}

    assert "policy/boundary` bounds it: both have to allow a call." in said_of["yes"]
    assert "bounds it" not in said_of["no"]
