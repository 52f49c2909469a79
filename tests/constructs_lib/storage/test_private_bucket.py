"""S3 buckets: private, versioned, encrypted, with access logs."""

from typing import Any

import pytest

from tests.constructs_lib.conftest import Stacks
from tests.constructs_lib.storage.lifecycle_rules import rules

BUCKETS = ("Data", "Artifacts", "Monitoring", "Logs")


WATCHED = BUCKETS[:3]


def policies(stacks: Stacks) -> list[dict[str, Any]]:
    return stacks.resources("Storage", "AWS::S3::BucketPolicy")


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_is_closed_to_the_public(usual: Stacks, name: str) -> None:
    bucket = usual.bucket(name)

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_keeps_what_is_overwritten(usual: Stacks, name: str) -> None:
    bucket = usual.bucket(name)

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    old = rules(bucket)["OldVersions"]
    assert old["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert old["ExpiredObjectDeleteMarker"] is True


@pytest.mark.parametrize("name", BUCKETS)
def test_an_upload_that_never_ended_goes_after_a_week(usual: Stacks, name: str) -> None:
    rule = rules(usual.bucket(name))["IncompleteUploads"]

    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_owns_what_is_put_into_it(usual: Stacks, name: str) -> None:
    ownership = usual.bucket(name)["OwnershipControls"]["Rules"]

    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_every_bucket_refuses_plain_http(usual: Stacks) -> None:
    assert len(policies(usual)) == len(BUCKETS)
    for policy in policies(usual):
        denied = [
            statement
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny"
            and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        ]
        assert denied


@pytest.mark.parametrize("name", WATCHED)
def test_access_is_written_down_under_the_buckets_own_name(usual: Stacks, name: str) -> None:
    logging = usual.bucket(name)["LoggingConfiguration"]

    assert logging["LogFilePrefix"] == f"{name.lower()}/"
    assert logging["DestinationBucketName"]["Ref"].startswith("Logs")


@pytest.mark.parametrize("name", WATCHED)
def test_objects_are_under_our_key(usual: Stacks, name: str) -> None:
    (rule,) = usual.bucket(name)["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["BucketKeyEnabled"] is True


def test_access_logs_arrive_because_their_bucket_has_no_key_of_ours(usual: Stacks) -> None:
    logs = usual.bucket("Logs")

    (rule,) = logs["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert "LoggingConfiguration" not in logs


def test_access_logs_are_taken_from_our_buckets_only(usual: Stacks) -> None:
    delivered = [
        statement
        for policy in policies(usual)
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]

    assert len(delivered) == len(WATCHED)
    for statement in delivered:
        assert statement["Principal"] == {"Service": "logging.s3.amazonaws.com"}
        assert statement["Action"] == "s3:PutObject"
        assert set(statement["Condition"]) == {"ArnLike", "StringEquals"}


def test_only_the_data_bucket_announces_its_objects(usual: Stacks) -> None:
    announcing = [name for name in BUCKETS if "NotificationConfiguration" in usual.bucket(name)]

    assert announcing == ["Data"]
    assert usual.bucket("Data")["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }


def test_every_bucket_refuses_tls_older_than_1_2(usual: Stacks) -> None:
    for policy in policies(usual):
        refused = [
            statement
            for statement in policy["PolicyDocument"]["Statement"]
            if statement.get("Condition") == {"NumericLessThan": {"s3:TlsVersion": 1.2}}
        ]
        assert [(one["Effect"], one["Action"]) for one in refused] == [("Deny", "s3:*")]


@pytest.mark.parametrize("name", WATCHED)
def test_the_key_of_a_bucket_is_that_of_the_platform(usual: Stacks, name: str) -> None:
    (rule,) = usual.bucket(name)["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    key = rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert key["Fn::GetAtt"][0].startswith("Key")
