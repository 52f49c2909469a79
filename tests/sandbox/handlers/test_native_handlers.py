"""Which calls make, change and remove a bucket, a role and a policy."""

import re
from typing import Any

import pytest

from sandbox.handlers.handlers import handler_of
from sandbox.handlers.native_iam import InlinePolicy, ManagedPolicy, Role
from sandbox.handlers.native_storage import Bucket
from sandbox.handlers.resource import ResourceError, changed, keep_identity, require_handlers
from tests.sandbox.handlers.recorder import Recorder, made, resource

DOCUMENT: dict[str, Any] = {"Statement": []}
WHOLE = {"Version": "2012-10-17", **DOCUMENT}
ROLE: dict[str, Any] = {"create_role": {"Role": {"Arn": "arn:role", "RoleId": "id"}}}
POLICY: dict[str, Any] = {"create_policy": {"Policy": {"Arn": "arn:policy", "PolicyId": "id"}}}


def bucket(**properties: Any) -> Recorder:
    aws = Recorder()
    Bucket().create(aws, resource(BucketName="b", **properties))
    return aws


def test_a_bucket_of_the_account_is_not_taken_into_a_stack() -> None:
    aws = Recorder(list_buckets={"Buckets": [{"Name": "b"}]})

    with pytest.raises(ResourceError, match="with identifier 'b' already exists"):
        Bucket().create(aws, resource(BucketName="b"))
    assert aws.named("create_bucket") == []


def test_a_bucket_lies_in_its_region_and_knows_its_addresses() -> None:
    here, there = Recorder(), Recorder("eu-west-1")
    one, other = resource(BucketName="b"), resource()

    Bucket().create(here, one)
    Bucket().create(there, other)

    assert here.calls == [("list_buckets", {}), ("create_bucket", {"Bucket": "b"})]
    assert there.named("create_bucket") == [
        {
            "Bucket": other.name,
            "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"},
        }
    ]
    assert re.fullmatch(r"stack-logical-[a-z0-9]{12}", other.name)
    assert one.physical_id == "b"
    assert one.attributes == {
        "Arn": "arn:aws:s3:::b",
        "DomainName": "b.s3.amazonaws.com",
        "RegionalDomainName": "b.s3.us-east-1.amazonaws.com",
        "DualStackDomainName": "b.s3.dualstack.us-east-1.amazonaws.com",
        "WebsiteURL": "http://b.s3-website-us-east-1.amazonaws.com",
    }


@pytest.mark.parametrize(
    ("property_", "operation"),
    [
        ("PublicAccessBlockConfiguration", "put_public_access_block"),
        ("VersioningConfiguration", "put_bucket_versioning"),
        ("OwnershipControls", "put_bucket_ownership_controls"),
    ],
)
def test_a_setting_of_a_bucket_is_a_call_of_its_own(property_: str, operation: str) -> None:
    assert bucket(**{property_: {"A": 1}}).named(operation) == [
        {"Bucket": "b", property_: {"A": 1}}
    ]
    assert bucket(Tags=[]).operations() == ["list_buckets", "create_bucket"]


def test_a_bucket_is_encrypted_logged_and_tells_of_its_objects() -> None:
    default = {"SSEAlgorithm": "aws:kms"}
    rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    aws = bucket(
        BucketEncryption={
            "ServerSideEncryptionConfiguration": [rule, {"ServerSideEncryptionByDefault": default}]
        },
        LoggingConfiguration={"DestinationBucketName": "logs", "LogFilePrefix": "p/", "X": 1},
        NotificationConfiguration={"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
    )

    (encryption,) = aws.named("put_bucket_encryption")
    assert encryption["ServerSideEncryptionConfiguration"]["Rules"] == [
        {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True},
        {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": False},
    ]
    (logging,) = aws.named("put_bucket_logging")
    assert logging["BucketLoggingStatus"] == {
        "LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "p/"}
    }
    (told,) = aws.named("put_bucket_notification_configuration")
    assert told["NotificationConfiguration"] == {"EventBridgeConfiguration": {}}
    with pytest.raises(ResourceError, match="bucket notification LambdaConfigurations is not"):
        bucket(NotificationConfiguration={"LambdaConfigurations": []})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, {"ID": "rule-0", "Status": "Enabled", "Filter": {"Prefix": ""}}),
        (
            {"Id": "i", "Status": "Disabled", "Prefix": "p", "ExpirationInDays": 3},
            {
                "ID": "i",
                "Status": "Disabled",
                "Filter": {"Prefix": "p"},
                "Expiration": {"Days": 3},
            },
        ),
        ({"ExpirationDate": "d"}, {"Expiration": {"Date": "d"}}),
        ({"ExpiredObjectDeleteMarker": True}, {"Expiration": {"ExpiredObjectDeleteMarker": True}}),
        (
            {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
            {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
        ),
        (
            {"NoncurrentVersionExpiration": {"NoncurrentDays": 2}},
            {"NoncurrentVersionExpiration": {"NoncurrentDays": 2}},
        ),
        (
            {"NoncurrentVersionExpirationInDays": 2},
            {"NoncurrentVersionExpiration": {"NoncurrentDays": 2}},
        ),
        (
            {"Transitions": [{"StorageClass": "IA", "TransitionInDays": 9}, {"StorageClass": "G"}]},
            {"Transitions": [{"StorageClass": "IA", "Days": 9}, {"StorageClass": "G", "Days": 0}]},
        ),
    ],
)
def test_a_lifecycle_rule_is_said_in_the_words_of_the_api(
    rule: dict[str, Any], expected: dict[str, Any]
) -> None:
    (call,) = bucket(LifecycleConfiguration={"Rules": [rule]}).named(
        "put_bucket_lifecycle_configuration"
    )

    (found,) = call["LifecycleConfiguration"]["Rules"]
    usual = {"ID": "rule-0", "Status": "Enabled", "Filter": {"Prefix": ""}}
    assert found == {**usual, **expected}


def test_a_bucket_changes_in_place_unless_its_name_does() -> None:
    old = made(BucketName="b", VersioningConfiguration={"Status": "Enabled"}, Tags=[])
    same = resource(BucketName="b", VersioningConfiguration={"Status": "Suspended"}, Tags=[])
    aws, other = Recorder(), Recorder()

    assert Bucket().update(aws, same, old) is False
    assert aws.operations() == ["put_bucket_versioning"]
    assert same.physical_id == "physical"
    renamed = resource(BucketName="c")
    assert Bucket().update(other, renamed, old) is True
    assert renamed.physical_id == "c"
    Bucket().delete(aws, same)
    assert aws.calls[-1] == ("delete_bucket", {"Bucket": "physical"})


def test_a_role_comes_with_everything_that_the_template_says() -> None:
    aws = Recorder(**ROLE)
    kept: dict[str, Any] = {
        "Path": "/p/",
        "Description": "d",
        "MaxSessionDuration": 9,
        "PermissionsBoundary": "b",
    }
    role = resource(
        RoleName="r",
        AssumeRolePolicyDocument=DOCUMENT,
        ManagedPolicyArns=["arn:one", "arn:aws:iam::aws:policy/P"],
        Policies=[{"PolicyName": "n", "PolicyDocument": DOCUMENT}],
        Tags=[{"Key": "k", "Value": "v"}],
        Other=1,
        **kept,
    )

    Role().create(aws, role)

    assert aws.named("create_role") == [
        {
            "RoleName": "r",
            "AssumeRolePolicyDocument": WHOLE,
            "Tags": [{"Key": "k", "Value": "v"}],
            **kept,
        }
    ]
    assert [one["PolicyArn"] for one in aws.named("attach_role_policy")] == [
        "arn:one",
        "arn:aws:iam::aws:policy/P",
    ]
    assert aws.named("put_role_policy") == [
        {"RoleName": "r", "PolicyName": "n", "PolicyDocument": WHOLE}
    ]
    assert (role.physical_id, role.attributes) == ("r", {"Arn": "arn:role", "RoleId": "id"})


@pytest.mark.parametrize(
    ("was", "will_be", "expected"),
    [
        (None, "b", ["get_policy", "put_role_permissions_boundary"]),
        ("a", "b", ["get_policy", "put_role_permissions_boundary"]),
        ("b", "b", []),
        ("b", None, ["delete_role_permissions_boundary"]),
    ],
)
def test_a_boundary_is_put_on_a_role_and_taken_off_it_in_place(
    was: str | None, will_be: str | None, expected: list[str]
) -> None:
    old, new = ({"PermissionsBoundary": it} if it else {} for it in (was, will_be))
    trust: dict[str, Any] = {"AssumeRolePolicyDocument": DOCUMENT}
    aws = Recorder()

    assert Role().update(aws, resource(**trust, **new), made(**trust, **old)) is False
    assert [name for name in aws.operations() if not name.startswith("update_")] == expected


def test_a_role_changes_its_trust_and_its_policies_in_place() -> None:
    policies = [{"PolicyName": "n", "PolicyDocument": DOCUMENT}]
    old = made(ManagedPolicyArns=["arn:old"], Policies=policies)
    new = resource(
        AssumeRolePolicyDocument=DOCUMENT,
        Description="d",
        MaxSessionDuration=9,
        ManagedPolicyArns=["arn:new"],
    )
    aws = Recorder()

    assert Role().update(aws, new, old) is False
    assert aws.calls == [
        ("update_assume_role_policy", {"RoleName": "name", "PolicyDocument": WHOLE}),
        ("update_role", {"RoleName": "name", "Description": "d", "MaxSessionDuration": 9}),
        ("detach_role_policy", {"RoleName": "name", "PolicyArn": "arn:old"}),
        ("delete_role_policy", {"RoleName": "name", "PolicyName": "n"}),
        ("attach_role_policy", {"RoleName": "name", "PolicyArn": "arn:new"}),
    ]
    Role().delete(aws, old)
    assert aws.operations()[-3:] == ["detach_role_policy", "delete_role_policy", "delete_role"]


@pytest.mark.parametrize(
    ("handler", "name", "answers", "more"),
    [
        (Role(), "RoleName", ROLE, {"AssumeRolePolicyDocument": DOCUMENT}),
        (ManagedPolicy(), "ManagedPolicyName", POLICY, {"PolicyDocument": DOCUMENT}),
    ],
)
def test_another_path_is_another_one_and_a_typed_name_is_in_its_way(
    handler: Any, name: str, answers: Any, more: dict[str, Any]
) -> None:
    free, typed = ({**more, "Path": "/old/", **given} for given in ({}, {name: "n"}))

    assert handler.update(Recorder(**answers), resource(**free | {"Path": "/new/"}), made(**free))
    with pytest.raises(ResourceError, match="custom-named resource requires"):
        handler.update(Recorder(**answers), resource(**typed | {"Path": "/new/"}), made(**typed))
    assert handler.update(Recorder(**answers), resource(**typed | {name: "m"}), made(**typed))


class Versions(Recorder):
    """A policy with so many versions, the last of which counts."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.__dict__["number"] = number
        nobody: dict[str, Any] = {"PolicyRoles": [], "PolicyUsers": [], "PolicyGroups": []}
        self.answers["list_entities_for_policy"] = nobody

    number: int

    def client(self, service: str) -> Any:
        return self

    def list_policy_versions(self, PolicyArn: str) -> dict[str, Any]:
        ids = sorted(range(8, 8 + self.number), key=str)
        last = 7 + self.number
        return {"Versions": [{"VersionId": f"v{n}", "IsDefaultVersion": n == last} for n in ids]}


@pytest.mark.parametrize(("number", "deleted"), [(4, []), (5, ["v8"])])
def test_a_sixth_version_of_a_policy_takes_the_place_of_the_oldest(
    number: int, deleted: list[str]
) -> None:
    aws = Versions(number)
    new, old = resource(PolicyDocument={"Statement": [1]}), made(PolicyDocument=DOCUMENT)

    assert ManagedPolicy().update(aws, new, old) is False
    assert [one["VersionId"] for one in aws.named("delete_policy_version")] == deleted
    (created,) = aws.named("create_policy_version")
    assert created["SetAsDefault"] is True
    assert ManagedPolicy().update(aws, resource(PolicyDocument=DOCUMENT), old) is False
    assert len(aws.named("create_policy_version")) == 1


def test_a_policy_is_attached_where_the_template_says_and_nowhere_else() -> None:
    aws = Versions(2)
    old, new = (
        made(PolicyDocument=DOCUMENT, Roles=["a"]),
        resource(PolicyDocument=DOCUMENT, Roles=["b"]),
    )

    ManagedPolicy().update(aws, new, old)
    assert aws.calls == [
        ("detach_role_policy", {"RoleName": "a", "PolicyArn": "physical"}),
        ("attach_role_policy", {"RoleName": "b", "PolicyArn": "physical"}),
    ]
    ManagedPolicy().delete(aws, old)
    assert aws.operations()[2:] == [
        "detach_role_policy",
        "list_entities_for_policy",
        "delete_policy_version",
        "delete_policy",
    ]


def test_an_inline_policy_is_written_into_its_roles() -> None:
    aws = Recorder()
    old = made(PolicyName="n", PolicyDocument=DOCUMENT, Roles=["a"])
    new = resource(PolicyName="n", PolicyDocument=DOCUMENT, Roles=["b"])

    assert InlinePolicy().update(aws, new, old) is False
    assert aws.calls == [
        ("delete_role_policy", {"RoleName": "a", "PolicyName": "name"}),
        ("put_role_policy", {"RoleName": "b", "PolicyName": "n", "PolicyDocument": WHOLE}),
    ]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("Custom::Thing", "custom resource Custom::Thing is refused"),
        ("AWS::CloudFormation::CustomResource", "is refused: it runs a Lambda function"),
        ("AWS::CloudFormation::Stack", "AWS::CloudFormation::Stack is not emulated"),
        ("AWS::CloudFormation::Macro", "AWS::CloudFormation::Macro is not emulated"),
        ("AWS::Nobody::Knows", "AWS::Nobody::Knows is not emulated"),
    ],
)
def test_a_type_that_is_not_emulated_is_refused_by_its_name(kind: str, message: str) -> None:
    with pytest.raises(ResourceError, match=message):
        handler_of(kind)
    with pytest.raises(ResourceError, match=message):
        require_handlers(handler_of, [kind, "AWS::S3::Bucket"])


def test_what_differs_is_named_and_what_stays_keeps_its_identity() -> None:
    old, new = made(A=1, B=2), resource(A=1, B=3, C=4)

    assert changed(new, old) == {"B", "C"}
    keep_identity(new, old)
    assert (new.physical_id, new.name, new.attributes) == ("physical", "name", {"Arn": "arn"})
    assert old.attribute("Arn") == "arn"
    with pytest.raises(ResourceError, match=r"attribute X of AWS::X::Y \(Logical\) is not known"):
        old.attribute("X")


@pytest.mark.parametrize(("length", "lowercase"), [(20, False), (63, True)])
def test_a_name_that_is_made_up_fits(length: int, lowercase: bool) -> None:
    long = resource()
    long.stack_name = "s" * 80

    name = long.generated_name(length=length, lowercase=lowercase)
    assert len(name) == length
    assert (name == name.lower()) == lowercase
    assert name != long.generated_name(length=length, lowercase=lowercase)
