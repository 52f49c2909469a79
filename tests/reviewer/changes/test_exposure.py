"""Each way in or out is named when it opens; closing it, or leaving it open, is not."""

import json
from typing import Any

import pytest

from cfn.catalogue import rows
from cfn.registry_schemas import create_only
from reviewer.changes.finding import text
from reviewer.changes.replacement import replaced
from reviewer.changes.resource_diff import Revision, diff_resources
from tests.reviewer.handmade import environment, findings, nested, one, stack, told

BUCKET, GROUP = "AWS::S3::Bucket", "AWS::EC2::SecurityGroup"
MACHINE = "AWS::StepFunctions::StateMachine"
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
SHUT = dict.fromkeys(BLOCKS, True)
SWITCHES = [(kind, switch) for kind, facts in rows().items() for switch in facts.switches]
OPENED = [kind for kind, facts in rows().items() if facts.opens]


def rules(kind: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[str]:
    return [rule for rule, _, _ in told(kind, old, new, "exposure")]


@pytest.mark.parametrize(("kind", "switch"), SWITCHES)
def test_a_switch_that_loses_its_safe_value_is_named(kind: str, switch: Any) -> None:
    unsafe = not switch.safe if isinstance(switch.safe, bool) else "another"
    safe, open_ = nested(switch.property, switch.safe), nested(switch.property, unsafe)

    expected = (switch.rule, text(switch.safe), text(unsafe))
    assert told(kind, safe, open_, "exposure") == [expected]
    assert rules(kind, open_, safe) == []
    assert rules(kind, open_, {**open_, "Other": 1}) == []
    assert rules(kind, safe, {**safe, "Other": 1}) == []
    # Something new is judged by the same switch.
    assert switch.rule in rules(kind, None, open_)
    assert switch.rule not in rules(kind, None, safe)
    # A switch that is off by itself is safe without its property; another is not.
    assert (rules(kind, {}, open_) == [switch.rule]) == (switch.safe is False)
    assert (rules(kind, safe, {}) == []) == (switch.safe is False)


@pytest.mark.parametrize("kind", OPENED)
def test_something_that_opens_a_way_is_named_when_it_is_new(kind: str) -> None:
    rule = "stored-keys-added" if kind.startswith("AWS::IAM::") else "way-out-added"
    assert told(kind, None, {}, "exposure") == [(rule, "-", "there")]
    assert rule not in rules(kind, {}, {"Other": 1})
    assert rules(kind, {}, None) == []


def test_a_new_topic_opens_nothing() -> None:
    assert rules("AWS::SNS::Topic", None, {}) == []


def shut(**changes: bool) -> dict[str, Any]:
    return {"PublicAccessBlockConfiguration": {**SHUT, **changes}}


@pytest.mark.parametrize("block", BLOCKS)
def test_each_block_of_public_access_counts(block: str) -> None:
    (lost,) = findings(one(BUCKET, shut()), one(BUCKET, shut(**{block: False})), "exposure")

    assert (lost.rule, lost.before, lost.after) == ("public-access-block-off", "blocked", "open")
    assert lost.said == f"public access is no longer blocked: {block}"
    assert rules(BUCKET, shut(**{block: False}), shut()) == []
    assert rules(BUCKET, None, shut(**{block: False})) == ["public-access-block-off"]


def test_a_bucket_that_stays_shut_is_not_named() -> None:
    assert rules(BUCKET, None, shut()) == []
    assert rules(BUCKET, shut(), {**shut(), "Tags": []}) == []
    assert rules(BUCKET, shut(), {}) == ["public-access-block-off"]
    assert rules(BUCKET, {}, {"Tags": []}) == []
    assert rules("AWS::S3::AccessPoint", None, {"Tags": []}) == ["access-point-added"]


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("CorsConfiguration", "cors-added"),
        ("ReplicationConfiguration", "replicated-elsewhere"),
        ("WebsiteConfiguration", "website"),
    ],
)
def test_a_bucket_that_others_get_is_named(key: str, rule: str) -> None:
    given = {**shut(), key: {"Rules": [1]}}

    assert rules(BUCKET, shut(), given) == [rule]
    assert rule not in rules(BUCKET, given, shut())
    assert rule not in rules(BUCKET, given, {**given, key: {"Rules": [2]}})
    assert rules(BUCKET, None, given) == [rule]


def test_a_list_of_access_for_the_public_is_named() -> None:
    private, public = ({**shut(), "AccessControl": name} for name in ("Private", "PublicRead"))

    assert rules(BUCKET, private, public) == ["public-acl"]
    assert rules(BUCKET, shut(), public) == ["public-acl"]
    assert rules(BUCKET, public, {**public, "Tags": []}) == []
    assert rules(BUCKET, public, private) == []
    assert "public-acl" not in rules(BUCKET, private, shut())


@pytest.mark.parametrize(
    ("kind", "key", "rule"),
    [
        ("AWS::SageMaker::Model", "VpcConfig", "left-network"),
        ("AWS::SageMaker::NotebookInstance", "SubnetId", "left-network"),
    ],
)
def test_a_fence_that_is_taken_away_is_named(kind: str, key: str, rule: str) -> None:
    held = {key: "it", "AssumeRolePolicyDocument": {"Statement": []}}
    free: dict[str, Any] = {"AssumeRolePolicyDocument": {"Statement": []}}

    assert rules(kind, held, free) == [rule]
    assert rules(kind, free, held) == []
    assert rules(kind, free, {**free, "Other": 1}) == []
    assert rules(kind, held, {**held, key: "another"}) == []
    assert rule not in rules(kind, None, free)


def test_a_boundary_that_is_taken_away_or_exchanged_is_named() -> None:
    kind = "AWS::IAM::Role"
    free: dict[str, Any] = {"AssumeRolePolicyDocument": {"Statement": []}}
    held, other = ({**free, "PermissionsBoundary": name} for name in ("one", "another"))

    gone, exchanged = (told(kind, held, new, "permissions") for new in (free, other))
    assert gone == [("boundary-removed", "one", "-")]
    assert exchanged == [("boundary-changed", "one", "another")]
    assert rules(kind, free, held) == rules(kind, held, {**held, "Path": "/"}) == []
    assert rules(kind, None, free) == []


def test_the_policy_of_an_endpoint_limits_it_only_while_it_is_there() -> None:
    kind = "AWS::EC2::VPCEndpoint"
    policy: dict[str, Any] = {"PolicyDocument": {"Statement": []}}

    assert rules(kind, policy, {}) == ["endpoint-policy-removed"]
    assert rules(kind, {}, policy) == []
    assert rules(kind, {}, {"Tags": []}) == []
    assert rules(kind, policy, {**policy, "Tags": []}) == []
    assert rules("AWS::IAM::ManagedPolicy", policy, {}) == []


def job(isolated: bool | None) -> dict[str, Any]:
    arguments = {} if isolated is None else {"EnableNetworkIsolation": isolated}
    train = {"Type": "Task", "Resource": "arn:aws:states:::x", "Arguments": arguments}
    return {"DefinitionString": json.dumps({"States": {"Train": train}})}


def test_a_job_that_leaves_its_isolation_is_named_by_its_state() -> None:
    for lost in (False, None):
        (found,) = findings(one(MACHINE, job(True)), one(MACHINE, job(lost)), "exposure")
        assert (found.rule, found.said) == ("isolation-off", "Train: the job may reach the network")
        assert rules(MACHINE, job(lost), job(True)) == []
    assert rules(MACHINE, job(None), job(False)) == []


def group(**given: Any) -> dict[str, Any]:
    nothing = [{"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp"}]
    return {"GroupDescription": "g", "SecurityGroupEgress": nothing, **given}


@pytest.mark.parametrize(
    ("rule", "direction", "expected"),
    [
        ({"CidrIp": "0.0.0.0/0"}, "Ingress", "open-to-internet"),
        ({"CidrIpv6": "::/0"}, "Ingress", "open-to-internet"),
        ({"CidrIp": "10.0.0.0/8"}, "Ingress", "ingress-added"),
        ({"SourceSecurityGroupId": "sg-1"}, "Ingress", "ingress-added"),
        ({"SourcePrefixListId": "pl-1"}, "Ingress", "ingress-added"),
        ({"CidrIp": "0.0.0.0/0"}, "Egress", "egress-added"),
        ({"DestinationPrefixListId": "pl-1"}, "Egress", "egress-added"),
    ],
)
def test_a_new_rule_of_a_security_group_is_named(
    rule: dict[str, Any], direction: str, expected: str
) -> None:
    given = {**rule, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    more = group(**{f"SecurityGroup{direction}": [given]})

    (found,) = findings(one(GROUP, group()), one(GROUP, more), "exposure")
    assert found.rule == expected
    assert found.said.endswith("tcp 443")
    assert found.after == next(iter(rule.values()))
    assert rules(GROUP, more, group()) == []
    assert rules(GROUP, more, {**more, "Tags": []}) == []


def test_a_new_group_is_named_only_when_everybody_may_come_in() -> None:
    inside = group(SecurityGroupIngress=[{"CidrIp": "10.0.0.0/8", "IpProtocol": "-1"}])
    everybody = group(SecurityGroupIngress=[{"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}])

    assert rules(GROUP, None, inside) == []
    assert rules(GROUP, None, everybody) == ["open-to-internet"]


def test_a_group_without_a_rule_lets_everything_out() -> None:
    (found,) = findings(one(GROUP, group()), one(GROUP, {"GroupDescription": "g"}), "exposure")

    assert (found.rule, found.said) == (
        "egress-added",
        "`0.0.0.0/0` may be reached: every protocol and port",
    )


def test_a_rule_that_is_a_resource_counts_for_its_group() -> None:
    rule = {"GroupId": {"Ref": "It"}, "CidrIp": "0.0.0.0/0", "IpProtocol": "udp", "FromPort": 1}
    both = {
        "It": {"Type": GROUP, "Properties": group()},
        "Rule": {"Type": f"{GROUP}Ingress", "Properties": rule},
    }

    (found,) = findings(one(GROUP, group()), environment(stack(both)), "exposure")
    assert (found.rule, found.at) == ("open-to-internet", "Storage/It")
    assert found.said == "everybody may come in: udp 1-any"


def test_only_what_the_registry_calls_create_only_replaces() -> None:
    def causes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
        before, after = (Revision(one("AWS::EC2::Subnet", each)) for each in (old, new))
        return replaced(diff_resources(before, after), "us-east-1")

    assert causes({"CidrBlock": "a"}, {"CidrBlock": "b"}) == {"Storage/It": "CidrBlock"}
    assert causes({"Tags": []}, {"Tags": [{"Key": "k", "Value": "v"}]}) == {}
    assert create_only("AWS::Example::Lake", "us-east-1") == ()
    assert create_only("AWS::EC2::Subnet", "xx-nowhere-1") == create_only("AWS::EC2::Subnet", "")


def test_another_type_under_the_same_id_replaces() -> None:
    before, after = (Revision(one(kind, {})) for kind in ("AWS::SNS::Topic", "AWS::SQS::Queue"))

    assert replaced(diff_resources(before, after), "us-east-1") == {"Storage/It": "its type"}
