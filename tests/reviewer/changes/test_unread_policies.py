"""No part of a policy is passed over: each is read in every case of Fn::If, or asks as text."""

import json
from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.finding import Finding
from reviewer.resolver import Resolver
from reviewer.sheets.data import data
from reviewer.sheets.iam import iam
from tests.reviewer.handmade import environment, findings, stack

Body = dict[str, Any]
READ: Body = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "q"}
REFUSE: Body = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "q"}
HERE: Body = {"StringEquals": {"aws:SourceAccount": "{account}"}}
NOTHING = {"Ref": "AWS::NoValue"}


def choice(if_true: Any, if_false: Any = NOTHING, condition: str = "IsProd") -> Body:
    return {"Fn::If": [condition, if_true, if_false]}


def holding(
    document: Any, kind: str = "AWS::SQS::QueuePolicy", key: str = "PolicyDocument"
) -> Assembly:
    """One resource with this policy, in JSON or as a text."""
    return environment(stack({"It": {"Type": kind, "Properties": {key: document}}}))


def policy(*statements: Any) -> Assembly:
    return holding({"Version": "2012-10-17", "Statement": [*statements]})


def found(old: Assembly, new: Assembly) -> list[Finding]:
    return findings(old, new, "permissions")


def rules(old: Assembly, new: Assembly) -> list[str]:
    return [one.rule for one in found(old, new)]


OPEN, LOST, UNREAD = ["open-to-anybody"], ["refusal-dropped"], ["policy-unreadable"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [choice(READ)], OPEN),
        ([], [choice(NOTHING, READ)], OPEN),
        ([READ], [choice(READ)], []),
        ([READ], [choice(READ, READ)], []),
        ([choice(READ)], [READ], OPEN),
        ([choice(READ)], [choice(NOTHING, READ)], OPEN),
        ([choice(READ)], [choice(READ, condition="Other")], OPEN),
        ([REFUSE], [choice(REFUSE)], LOST),
        ([choice(REFUSE)], [choice(REFUSE)], []),
        ([choice(REFUSE)], [REFUSE], []),
        ([choice(REFUSE)], [choice(NOTHING, REFUSE)], LOST),
        ([choice(choice(READ, condition="A"))], [choice(READ)], OPEN),
        ([choice(READ)], [choice(choice(READ, condition="A"))], []),
        # What contradicts itself is never in force.
        ([], [choice(choice(NOTHING, READ))], []),
        ([], [choice([READ, READ])], OPEN),
    ],
)
def test_a_statement_in_a_condition_of_the_template_is_in_force_in_some_cases(
    old: list[Any], new: list[Any], expected: list[str]
) -> None:
    assert rules(policy(*old), policy(*new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # The whole list, the whole document.
        ({"Statement": [REFUSE]}, {"Statement": choice([REFUSE], [])}, LOST),
        ({"Statement": [REFUSE]}, choice({"Statement": [REFUSE]}), LOST),
        ({"Statement": []}, choice({"Statement": [READ]}), OPEN),
        # Parts of a statement.
        ([REFUSE], [{**REFUSE, "Effect": choice("Deny", "Allow")}], ["open-to-anybody", *LOST]),
        ([READ], [{**READ, "Action": choice("sqs:SendMessage", "sqs:*")}], OPEN),
        ([READ], [{**READ, "Action": ["sqs:SendMessage", choice("sqs:ReceiveMessage")]}], OPEN),
        ([READ], [{**READ, "Action": ["sqs:SendMessage", choice("sqs:SendMessage")]}], []),
        ([REFUSE], [{**REFUSE, "Action": choice(["sqs:*"], ["sqs:SendMessage"])}], LOST),
        ([REFUSE], [{**REFUSE, "Resource": ["q", choice("p")]}], []),
        ([{**READ, "Condition": HERE}], [{**READ, "Condition": choice(HERE, {})}], OPEN),
        ([{**READ, "Condition": HERE}], [{**READ, "Condition": choice({}, {})}], OPEN * 2),
        ([REFUSE], [{**REFUSE, "Condition": choice(HERE)}], ["policy-unreadable", *LOST]),
        ([REFUSE], [{**REFUSE, "Condition": choice(HERE, {})}], LOST),
        (
            [{**READ, "Principal": {"AWS": "1"}}],
            [{**READ, "Principal": choice({"AWS": "1"}, "*")}],
            OPEN,
        ),
        (
            [{**READ, "Principal": {"AWS": "1"}}],
            [{**READ, "Principal": {"AWS": ["1", choice("2")]}}],
            ["resource-policy-opened"],
        ),
    ],
)
def test_fn_if_is_read_wherever_it_stands_in_a_policy(
    old: Any, new: Any, expected: list[str]
) -> None:
    assert rules(holding(old), holding(new)) == expected


def test_what_a_new_resource_opens_in_some_cases_is_open() -> None:
    nothing = environment(stack({}))

    assert rules(nothing, policy(READ)) == OPEN
    assert rules(nothing, policy(choice(READ))) == OPEN
    assert rules(nothing, policy({**READ, "Condition": HERE})) == []


def test_a_bucket_whose_refusal_is_conditional_does_not_require_tls() -> None:
    refusal = {**REFUSE, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}

    def shown(statement: Any) -> str:
        given = {"Bucket": {"Ref": "Data"}, "PolicyDocument": {"Statement": [statement]}}
        resources = {
            "Data": {"Type": "AWS::S3::Bucket"},
            "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": given},
        }
        assembly = environment(stack(resources))
        return data(assembly, Resolver(assembly))

    assert "| required |" in shown(refusal)
    assert "| **not required** |" in shown(choice(refusal))


def test_a_finding_says_which_condition_decides() -> None:
    (one,) = found(policy(), policy(choice(READ)))
    assert one.after == "only when the condition `IsProd` holds"

    (one,) = found(policy(), policy(choice(NOTHING, READ)))
    assert one.after == "only when the condition `IsProd` does not hold"


TEXT = json.dumps({"Version": "2012-10-17", "Statement": [READ]})
JOINED = {
    "Fn::Join": [
        "",
        [
            '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"',
            {"Fn::GetAtt": ["It", "Arn"]},
            '"}]}',
        ],
    ]
}
SUBSTITUTED = {
    "Fn::Sub": '{"Statement":{"Effect":"Allow","Principal":"*","Action":"a:b","Resource":"${It}"}}'
}


@pytest.mark.parametrize("document", [TEXT, f"\n  {TEXT}", JOINED, SUBSTITUTED])
@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("AWS::Logs::ResourcePolicy", "PolicyDocument"),
        ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy"),
        ("AWS::ECR::RegistryPolicy", "PolicyText"),
        ("AWS::ECR::Repository", "RepositoryPolicyText"),
        ("AWS::Events::EventBus", "Policy"),
        ("AWS::S3::AccessPoint", "Policy"),
        ("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupPolicy"),
        ("AWS::Backup::BackupVault", "AccessPolicy"),
        ("AWS::KMS::ReplicaKey", "KeyPolicy"),
        ("AWS::SNS::TopicInlinePolicy", "PolicyDocument"),
        ("AWS::SQS::QueueInlinePolicy", "PolicyDocument"),
        ("AWS::EFS::FileSystem", "FileSystemPolicy"),
        ("AWS::OpenSearchService::Domain", "AccessPolicies"),
        ("AWS::S3::BucketPolicy", "PolicyDocument"),
    ],
)
def test_a_policy_in_a_text_is_read_of_every_type(kind: str, key: str, document: Any) -> None:
    nobody = {"Statement": {**REFUSE, "Principal": {"AWS": "1"}}}

    assert "open-to-anybody" in rules(holding(nobody, kind, key), holding(document, kind, key))


def test_a_policy_deeper_in_a_resource_is_read() -> None:
    def table(policy: Any) -> Assembly:
        return holding(policy, "AWS::DynamoDB::Table", "ResourcePolicy")

    nobody: Body = {"PolicyDocument": {"Statement": []}}
    assert rules(table(nobody), table({"PolicyDocument": {"Statement": READ}})) == OPEN
    assert rules(table(nobody), table(choice({"PolicyDocument": TEXT}))) == OPEN


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (3, "a number that is no statement"),
        ("x", "a text that is no statement"),
        ({"Ref": "Statement"}, "an object that is no statement"),
        ({"Fn::Transform": {"Name": "N"}}, "an object that is no statement"),
        ({**READ, "Effect": "allow"}, "its Effect is allow"),
        ({**READ, "Effect": {"Ref": "Effect"}}, "its Effect is {Effect}"),
        ({**READ, "Effect": None}, "its Effect is null"),
        ({**READ, "Actions": "a:b"}, "Actions is no part of a statement"),
        ({"Effect": "Allow", "Resource": "*"}, "it has no Action"),
        ({**READ, "Action": []}, "its Action is empty"),
        ({**READ, "Action": {"a": "b"}}, "its Action holds an object"),
        ({**READ, "Action": [None]}, "its Action holds null"),
        ({**READ, "NotAction": "a:b"}, "it has both Action and NotAction"),
        ({**READ, "Resource": 3}, "its Resource holds a number"),
        ({**READ, "Principal": {"Aws": "*"}}, "Aws is no kind of principal"),
        ({**READ, "Principal": {"AWS": {"AWS": {"a": "b"}}}}, "its AWS holds an object"),
        ({**READ, "Condition": "x"}, "its Condition is a text"),
        ({**READ, "Condition": {"Bool": 3}}, "Bool of its Condition is a number"),
        ({**READ, "Condition": {"Bool": {"a": {"b": "c"}}}}, "a of its Condition is an object"),
        (
            {**READ, "Action": ["a"] * 3, "Resource": [f"r{n}" for n in range(2001)]},
            "it stands for more than 2,000 permissions",
        ),
        (
            {**READ, "Condition": {"Bool": {f"k{n}": choice("a", "b", f"C{n}") for n in range(5)}}},
            "more than 4 conditions decide about one part",
        ),
        (
            {
                **READ,
                "Action": [choice("a", "b", f"A{n}") for n in range(20)],
                "Resource": [choice("a", "b", f"R{n}") for n in range(20)],
            },
            "Fn::If makes more than 200 cases of it",
        ),
    ],
)
def test_a_statement_that_is_not_understood_asks_with_its_text(body: Any, fault: str) -> None:
    (one,) = found(policy(REFUSE), policy(REFUSE, body))

    assert (one.rule, one.at, one.needs_person) == ("policy-unreadable", "Storage/It", True)
    assert one.said == f"a policy that cannot be read: {fault}"
    assert one.before == "-"
    assert one.after != "-"
    assert found(policy(body), policy(body)) == []


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (None, "it is null that is no JSON of a policy"),
        (3, "it is a number that is no JSON of a policy"),
        ("no JSON", "it is a text that is no JSON of a policy"),
        ({"Ref": "Document"}, "it is a text that is no JSON of a policy"),
        ({"Version": "2012-10-17"}, "it has no Statement"),
        ({"Statement": [], "Statements": [READ]}, "Statements is no part of a policy"),
        ('{"Statement": [], "Statement": []}', "it is a text that is no JSON of a policy"),
        ('{"Statement":' + "[" * 5000 + "]" * 5000 + "}", "it is a text that is no JSON of"),
    ],
)
def test_a_policy_that_is_not_understood_asks(document: Any, fault: str) -> None:
    (one, *_) = [item for item in found(policy(), holding(document)) if item.rule == UNREAD[0]]

    assert one.said.startswith(f"a policy that cannot be read: {fault}")


def test_a_policy_of_too_many_permissions_asks_as_a_whole() -> None:
    many = {**READ, "Resource": [f"r{number}" for number in range(1500)]}

    assert rules(policy(many), policy(many)) == []
    assert rules(policy(), policy(many, {**many, "Action": "sqs:ReceiveMessage"})) == UNREAD


def test_in_the_older_language_a_variable_is_a_text() -> None:
    own = {**READ, "Resource": "q/${aws:username}"}

    def written(version: str) -> Assembly:
        return holding({"Version": version, "Statement": [own]})

    old, new = written("2008-10-17"), written("2012-10-17")
    assert (rules(old, old), rules(old, new)) == ([], OPEN)
    assert rules(new, written("2020-01-01")) == UNREAD


def test_the_sheet_shows_what_cannot_be_read() -> None:
    assembly = policy({**READ, "Effect": "allow"})

    shown = iam(assembly, Resolver(assembly))
    assert "- **A policy that cannot be read**, since its Effect is allow: `{'Action'" in shown


def test_what_all_but_some_may_do_grows_with_every_exception_less() -> None:
    def but(*actions: str) -> Assembly:
        return policy({"Effect": "Allow", "Principal": "*", "NotAction": [*actions]})

    assert rules(but("sqs:A", "sqs:B"), but("sqs:A")) == OPEN
    assert rules(but("sqs:A"), but("sqs:A")) == []
    assert rules(but("sqs:*"), but("sqs:Get*")) == OPEN
    everything = policy({"Effect": "Allow", "Principal": "*", "Action": "*"})
    assert rules(everything, but("sqs:A")) == []


def test_policies_of_users_and_groups_are_read_with_conditions() -> None:
    def user(*policies: Any, arns: Any = ()) -> Assembly:
        given = {"Policies": [*policies], "ManagedPolicyArns": [*arns]}
        return environment(stack({"It": {"Type": "AWS::IAM::User", "Properties": given}}))

    inline = {
        "PolicyName": "P",
        "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "r"}},
    }
    foreign = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert rules(user(), user(inline)) == ["permission-added"]
    assert rules(user(), user(choice(inline))) == ["permission-added"]
    assert rules(user(), user("text")) == UNREAD
    assert rules(user(), user(arns=[choice(foreign)])) == ["foreign-policy-attached"]
    assert rules(user(arns=[foreign]), user(arns=[choice(foreign)])) == []


def function(**permission: Any) -> Assembly:
    given = {"FunctionName": "f", "Action": "lambda:InvokeFunction", **permission}
    return environment(stack({"It": {"Type": "AWS::Lambda::Permission", "Properties": given}}))


def test_a_permission_of_a_function_is_a_statement() -> None:
    narrow = function(Principal="s3.amazonaws.com", SourceAccount="1", SourceArn="arn:x")

    assert rules(narrow, narrow) == []
    assert rules(narrow, function(Principal="*", SourceArn="arn:x")) == OPEN
    wide = function(Principal="s3.amazonaws.com", SourceAccount="1")
    assert rules(narrow, wide) == ["condition-dropped"]
    assert rules(wide, narrow) == []


ROOT = {"AWS": {"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "AWS::AccountId"}, ":root"]]}}
MANAGED: Body = {"Effect": "Allow", "Principal": ROOT, "Action": "kms:*", "Resource": "*"}
USED: Body = {**MANAGED, "Principal": {"AWS": "arn:aws:iam::1:role/r"}, "Action": "kms:Decrypt"}


@pytest.mark.parametrize(
    ("new", "is_lost"),
    [
        ([MANAGED, USED], False),
        ([{**MANAGED, "Principal": {"AWS": {"Ref": "AWS::AccountId"}}}], False),
        ([USED], True),
        ([{**MANAGED, "Action": "kms:Decrypt"}], True),
        ([{**MANAGED, "Condition": HERE}], True),
        ([choice(MANAGED)], True),
        ([{**MANAGED, "Effect": "Deny"}], True),
        ([{**MANAGED, "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}], True),
    ],
)
def test_a_key_without_the_statement_of_the_root_has_no_manager(
    new: list[Any], is_lost: bool
) -> None:
    def key(*statements: Any) -> Assembly:
        return holding({"Statement": [*statements]}, "AWS::KMS::Key", "KeyPolicy")

    told = [one for one in found(key(MANAGED), key(*new)) if one.rule == "key-unmanaged"]
    assert bool(told) is is_lost
    for one in told:
        assert one.said.startswith("the account's administrators can no longer manage this key")
    fresh = [one.rule for one in found(environment(stack({})), key(*new))]
    assert ("key-unmanaged" in fresh) is is_lost
    assert "key-unmanaged" not in rules(key(*new), key(*new)) or not is_lost
