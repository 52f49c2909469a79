"""What a session of a role may do against a running sandbox: conditions, policies of others."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.server.server import Sandbox

OWN, OTHER = "123456789012", "222233334444"
REGION = "us-east-1"


@pytest.fixture(scope="module")
def sandbox(running: Sandbox) -> Sandbox:
    """The shared sandbox with a bucket of another account."""
    running.clear()
    running.client("s3", account=OTHER).create_bucket(Bucket="others")
    running.client("s3", account=OTHER).put_object(Bucket="others", Key="k", Body=b"x")
    return running


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trust(principal: Any, **more: Any) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def role(sandbox: Sandbox, name: str, *statements: dict[str, Any]) -> str:
    made = sandbox.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=trust({"AWS": OWN})
    )
    if statements:
        sandbox.client("iam").put_role_policy(
            RoleName=name, PolicyName="own", PolicyDocument=policy(*statements)
        )
    return str(made["Role"]["Arn"])


def session(sandbox: Sandbox, role_arn: str, **arguments: Any) -> Any:
    found = sandbox.client("sts").assume_role(
        RoleArn=role_arn, RoleSessionName="person", **arguments
    )["Credentials"]
    own = boto3.Session(
        found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], REGION
    )
    return lambda service: own.client(service, endpoint_url=sandbox.url)


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert "AccessDenied" in caught.value.response["Error"]["Code"]
    return str(caught.value)


def test_a_condition_holds_a_session_to_a_prefix(sandbox: Sandbox) -> None:
    sandbox.client("s3").create_bucket(Bucket="own")
    prefix = {"StringLike": {"s3:prefix": "churn/*"}}
    arn = role(sandbox, "reads", allow("s3:ListBucket", "arn:aws:s3:::own", Condition=prefix))
    s3 = session(sandbox, arn)("s3")

    assert s3.list_objects_v2(Bucket="own", Prefix="churn/a")["KeyCount"] == 0
    refused(s3.list_objects_v2, Bucket="own", Prefix="other/")
    assert "no identity-based policy" in refused(s3.list_objects_v2, Bucket="own")


def test_a_metric_goes_only_into_the_namespace_that_is_allowed(sandbox: Sandbox) -> None:
    own = {"StringEquals": {"cloudwatch:namespace": "Own"}}
    arn = role(sandbox, "counts", allow("cloudwatch:PutMetricData", Condition=own))
    cloudwatch = session(sandbox, arn)("cloudwatch")
    data = [{"MetricName": "m", "Value": 1.0}]

    cloudwatch.put_metric_data(Namespace="Own", MetricData=data)
    refused(cloudwatch.put_metric_data, Namespace="Other", MetricData=data)


def test_a_role_is_passed_only_to_the_service_of_the_condition(sandbox: Sandbox) -> None:
    passed = role(sandbox, "passed")
    to_builds = {"StringEquals": {"iam:PassedToService": "codebuild.amazonaws.com"}}
    arn = role(
        sandbox,
        "passes",
        allow("sagemaker:CreateModel"),
        allow("iam:PassRole", passed, Condition=to_builds),
    )
    sagemaker = session(sandbox, arn)("sagemaker")

    message = refused(sagemaker.create_model, ModelName="m", ExecutionRoleArn=passed)
    assert f"perform: iam:PassRole on resource: {passed}" in message


def test_a_policy_of_aws_counts_and_is_listed(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    arn = role(sandbox, "looks")
    iam.attach_role_policy(
        RoleName="looks", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    )
    s3 = session(sandbox, arn)("s3")

    assert s3.list_buckets()["Buckets"]
    refused(s3.create_bucket, Bucket="another")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.attach_role_policy(RoleName="looks", PolicyArn="arn:aws:iam::aws:policy/AmazonNothing")
    assert iam.list_policies(Scope="AWS", MaxItems=1000)["IsTruncated"]


def test_a_bucket_of_another_account_needs_a_policy_on_both_sides(sandbox: Sandbox) -> None:
    theirs = sandbox.client("s3", account=OTHER)
    everything = session(sandbox, role(sandbox, "all", allow("s3:*")))("s3")
    nothing = session(sandbox, role(sandbox, "none"))("s3")

    assert "no resource-based policy" in refused(everything.get_object, Bucket="others", Key="k")
    refused(sandbox.client("s3").get_object, Bucket="others", Key="k")
    admitted = {"Principal": {"AWS": OWN}, **allow("s3:GetObject", "arn:aws:s3:::others/*")}
    theirs.put_bucket_policy(Bucket="others", Policy=policy(admitted))
    assert everything.get_object(Bucket="others", Key="k")["Body"].read() == b"x"
    assert "no identity-based policy" in refused(nothing.get_object, Bucket="others", Key="k")
    refused(everything.put_object, Bucket="others", Key="k", Body=b"")


def test_a_bucket_policy_denies_everybody_whom_its_condition_meets(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="strict")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}
    unencrypted = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    statements = ({**deny, "Condition": unencrypted}, {**deny, "Condition": insecure})
    s3.put_bucket_policy(Bucket="strict", Policy=policy(*statements))

    assert "explicit deny in a resource-based" in refused(
        s3.put_object, Bucket="strict", Key="k", Body=b""
    )
    s3.put_object(Bucket="strict", Key="k", Body=b"", ServerSideEncryption="aws:kms")


def test_a_key_lets_in_only_whom_its_policy_names(sandbox: Sandbox) -> None:
    named = role(sandbox, "named", allow("kms:*"))
    other = role(sandbox, "unnamed", allow("kms:*"))
    root = {"Principal": {"AWS": OWN}, **allow(["kms:PutKeyPolicy", "kms:DescribeKey"])}
    document = policy(root, {"Principal": {"AWS": named}, **allow("kms:Encrypt")})
    key = sandbox.client("kms").create_key(Policy=document)["KeyMetadata"]["KeyId"]

    assert session(sandbox, named)("kms").encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    encrypt = session(sandbox, other)("kms").encrypt
    assert "no resource-based policy allows the kms:Encrypt" in refused(
        encrypt, KeyId=key, Plaintext=b"x"
    )
    refused(sandbox.client("kms").encrypt, KeyId=key, Plaintext=b"x")


def test_a_role_is_assumed_by_whom_it_trusts_on_its_conditions(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    secret = {"StringEquals": {"sts:ExternalId": "told"}}
    made = iam.create_role(
        RoleName="external", AssumeRolePolicyDocument=trust({"AWS": OTHER}, Condition=secret)
    )
    arn = made["Role"]["Arn"]
    assume = sandbox.client("sts", account=OTHER).assume_role

    assert assume(RoleArn=arn, RoleSessionName="one", ExternalId="told")["Credentials"]
    message = refused(assume, RoleArn=arn, RoleSessionName="one")
    assert "because no role trust policy allows the sts:AssumeRole action" in message
    refused(
        sandbox.client("sts").assume_role, RoleArn=arn, RoleSessionName="one", ExternalId="told"
    )
    missing = f"arn:aws:iam::{OWN}:role/missing"
    refused(sandbox.client("sts").assume_role, RoleArn=missing, RoleSessionName="one")


def test_an_encrypted_object_needs_its_key_beside_the_right_to_it(sandbox: Sandbox) -> None:
    s3, kms = sandbox.client("s3"), sandbox.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    s3.create_bucket(Bucket="sealed")
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket="sealed", ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_object(Bucket="sealed", Key="k", Body=b"x")
    objects = allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::sealed/*")
    through_s3 = {
        "StringEquals": {
            "kms:ViaService": f"s3.{REGION}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::sealed",
        }
    }
    without = session(sandbox, role(sandbox, "keyless", objects))("s3")
    reader = session(
        sandbox,
        role(sandbox, "unsealing", objects, allow("kms:Decrypt", key, Condition=through_s3)),
    )

    assert f"kms:Decrypt on resource: {key}" in refused(
        without.get_object, Bucket="sealed", Key="k"
    )
    assert without.head_object(Bucket="sealed", Key="k")["ServerSideEncryption"] == "aws:kms"
    assert f"kms:GenerateDataKey on resource: {key}" in refused(
        without.put_object, Bucket="sealed", Key="new", Body=b"x"
    )
    assert reader("s3").get_object(Bucket="sealed", Key="k")["Body"].read() == b"x"
    refused(reader("s3").put_object, Bucket="sealed", Key="new", Body=b"x")
    refused(reader("kms").decrypt, KeyId=key, CiphertextBlob=b"x")
