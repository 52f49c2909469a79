"""A rule that its own work would start again is found, and one that only comes close is not."""

from typing import Any

import pytest

from reviewer.resolver import Resolver
from reviewer.rules import loops
from tests.reviewer.handmade import environment, stack

S3 = {"source": ["aws.s3"]}


def grant(role: str, actions: Any, resources: Any, effect: str = "Allow") -> dict[str, Any]:
    statement = {"Effect": effect, "Action": actions, "Resource": resources}
    given = {"Roles": [{"Ref": role}], "PolicyDocument": {"Statement": [statement]}}
    return {"Type": "AWS::IAM::Policy", "Properties": given}


def role() -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "s"}, "Action": "sts:AssumeRole"}
    document = {"AssumeRolePolicyDocument": {"Statement": [trust]}}
    return {"Type": "AWS::IAM::Role", "Properties": document}


def machine(name: str, own: str) -> dict[str, Any]:
    given = {"StateMachineName": name, "RoleArn": {"Fn::GetAtt": [own, "Arn"]}}
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": given}


def found(pattern: dict[str, Any], target: str = "First", **grants: Any) -> list[tuple[str, str]]:
    """Writer and what is written, where a rule with this pattern starts the first machine."""
    targets = [{"Arn": {"Ref": target}, "Id": "t"}]
    rule = {"EventPattern": pattern, "Targets": targets}
    resources = {
        "Data": {"Type": "AWS::S3::Bucket", "Properties": {}},
        "Other": {"Type": "AWS::S3::Bucket", "Properties": {}},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": rule},
        **{name: role() for name in ("FirstRole", "SecondRole", "JobRole")},
        "First": machine("first", "FirstRole"),
        "Second": machine("second", "SecondRole"),
        **grants,
    }
    assembly = environment(stack(resources))
    return [
        (one.writer.removeprefix("Storage/"), one.written.replace("Storage/", ""))
        for one in loops.Loops(assembly, Resolver(assembly)).found()
    ]


def arn(name: str, ending: str = "") -> dict[str, Any]:
    return {"Fn::Join": ["", [{"Fn::GetAtt": [name, "Arn"]}, ending]]}


def watching(key: Any = None, bucket: Any = None) -> dict[str, Any]:
    detail: dict[str, Any] = {"bucket": {"name": [{"Ref": "Data"} if bucket is None else bucket]}}
    if key is not None:
        detail["object"] = {"key": [key]}
    return {**S3, "detail": detail}


ANY = grant("FirstRole", "s3:PutObject", arn("Data", "/*"))


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:*", "s3:Put*", "*"])
def test_whoever_may_write_what_starts_it_is_a_loop(action: str) -> None:
    grants: Any = {"G": grant("FirstRole", [action, "s3:GetObject"], arn("Data", "/*"))}

    assert found(watching(), **grants) == [("FirstRole", "{Data}/*")]


@pytest.mark.parametrize(
    "given",
    [
        grant("FirstRole", "s3:GetObject", arn("Data", "/*")),
        grant("FirstRole", "s3:PutObject", arn("Other", "/*")),
        grant("FirstRole", "s3:PutObject", arn("Data", "/*"), "Deny"),
        grant("SecondRole", "s3:PutObject", arn("Data", "/*")),
    ],
)
def test_reading_another_bucket_a_denial_and_anothers_right_are_none(given: Any) -> None:
    assert found(watching(), G=given) == []


def test_only_a_rule_on_objects_or_executions_with_a_machine_behind_it_can_loop() -> None:
    assert found({**watching(), "source": ["aws.ec2"]}, G=ANY) == []
    assert found(watching(), "Topic", G=ANY) == []
    assert found({"source": ["aws.s3"]}, G=ANY) == [("FirstRole", "{Data}/*")]


@pytest.mark.parametrize(
    ("resource", "loops_"),
    [
        ("arn:aws:s3:::corporate/in/*", True),
        ("arn:aws:s3:::corporate", True),
        ("arn:aws:s3:::another/in/*", False),
        ("*", True),
    ],
)
def test_an_existing_bucket_is_known_by_its_name(resource: str, loops_: bool) -> None:
    given = grant("FirstRole", "s3:PutObject", resource)

    assert bool(found(watching(bucket="corporate"), G=given)) is loops_


def test_a_bucket_that_cannot_be_told_may_be_any() -> None:
    unknown = {**S3, "detail": {"bucket": {"name": [{"Ref": "AParameter"}]}}}

    assert found(unknown, G=ANY) == [("FirstRole", "{Data}/*")]
    assert found({**S3, "detail": {"bucket": {"name": ["*"]}}}, G=ANY) == [
        ("FirstRole", "{Data}/*")
    ]


@pytest.mark.parametrize(
    ("key", "written", "loops_"),
    [
        ({"prefix": "in/"}, "/in/x", True),
        ({"prefix": "in/"}, "/out/*", False),
        ({"suffix": "_DONE"}, "/out/_DONE", True),
        ({"suffix": "_DONE"}, "/out/x", False),
        ({"wildcard": "in/*/_DONE"}, "/in/*", True),
        ({"wildcard": "in/*/_DONE"}, "/out/*", False),
        ("in/x", "/in/x", True),
        ("in/x", "/in/y", False),
        ({"exists": True}, "/anything", True),
        ("in/x", "", False),
    ],
)
def test_a_key_that_is_written_has_to_match_one_that_is_watched(
    key: Any, written: str, loops_: bool
) -> None:
    given = grant("FirstRole", "s3:PutObject", arn("Data", written))

    assert bool(found(watching(key), G=given)) is loops_


@pytest.mark.parametrize("action", ["states:StartExecution", "states:*", "*"])
@pytest.mark.parametrize(
    "resource", [arn("Second"), "arn:aws:states:us-east-1:111122223333:stateMachine:second"]
)
def test_what_the_work_starts_belongs_to_the_work(action: str, resource: Any) -> None:
    start = grant("FirstRole", action, resource)
    write = grant("SecondRole", "s3:PutObject", arn("Data", "/*"))

    written = found(watching(), S=start, W=write)
    assert ("SecondRole", "{Data}/*") in written
    describe = grant("FirstRole", "states:DescribeExecution", resource)
    assert found(watching(), S=describe, W=write) == []


def test_two_machines_that_start_each_other_come_to_an_end() -> None:
    there = grant("FirstRole", "states:StartExecution", arn("Second"))
    back = grant("SecondRole", "states:StartExecution", arn("First"))
    write = grant("SecondRole", "s3:PutObject", arn("Data", "/*"))

    assert found(watching(), A=there, B=back, C=write) == [("SecondRole", "{Data}/*")]


def test_a_role_that_is_passed_to_a_job_writes_for_the_machine() -> None:
    write = grant("JobRole", "s3:PutObject", arn("Data", "/*"))
    passed = grant("FirstRole", "iam:PassRole", arn("JobRole"))

    assert found(watching(), P=passed, W=write) == [("JobRole", "{Data}/*")]
    assert found(watching(), P=grant("FirstRole", "iam:GetRole", arn("JobRole")), W=write) == []


@pytest.mark.parametrize(
    ("watched", "loops_"), [([{"Ref": "First"}], True), ([{"Ref": "Second"}], False), (None, True)]
)
def test_the_end_of_its_own_execution_starts_a_machine_again(watched: Any, loops_: bool) -> None:
    detail = {} if watched is None else {"stateMachineArn": watched}
    expected = [("First", "the end of its own execution")] if loops_ else []

    assert found({"source": ["aws.states"], "detail": detail}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", True),
        ("", "*", True),
        ("**", "", True),
        ("", "a", False),
        ("a", "", False),
        ("ab", "ab", True),
        ("ab", "abc", False),
        ("abc", "ab", False),
        ("a*", "*b", True),
        ("a*c", "*b*", True),
        ("a*", "b*", False),
        ("*a", "*b", False),
        ("a*b", "ab", True),
        ("*", "anything", True),
        ("x*y*z", "xyz", True),
        ("x*y*z", "xz", False),
        ("a*b*", "*c", True),
        ("**", "**", True),
        ("a**b", "a*b", True),
    ],
)
def test_two_patterns_overlap_where_one_name_matches_both(
    one: str, other: str, expected: bool
) -> None:
    assert loops._overlap(one, other) is expected
    assert loops._overlap(other, one) is expected
