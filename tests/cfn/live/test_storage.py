from typing import Any

import pytest

from tests.cfn.live.answers import read

BUCKET, CLOSED = "AWS::S3::Bucket", "PublicAccessBlockConfiguration"
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def bucket(**answers: Any) -> dict[str, Any]:
    return read(BUCKET, "data", head_bucket={}, **answers)


def test_a_bucket_without_settings_is_open_and_otherwise_empty() -> None:
    found = bucket()

    assert found.pop(CLOSED) == dict.fromkeys(BLOCKS, False)
    assert found == {
        "VersioningConfiguration": {"Status": None},
        "OwnershipControls": None,
        "BucketEncryption": {"ServerSideEncryptionConfiguration": []},
        "LifecycleConfiguration": None,
        "LoggingConfiguration": {"DestinationBucketName": None, "LogFilePrefix": None},
        "NotificationConfiguration": {"EventBridgeConfiguration": None},
        "CorsConfiguration": None,
        "WebsiteConfiguration": None,
        "ReplicationConfiguration": None,
    }


@pytest.mark.parametrize("block", BLOCKS)
def test_each_block_of_public_access_is_read_alone(block: str) -> None:
    found = bucket(get_public_access_block={CLOSED: {block: True}})

    assert found[CLOSED] == {**dict.fromkeys(BLOCKS, False), block: True}


def test_a_bucket_that_is_gone_does_not_exist() -> None:
    with pytest.raises(LookupError):
        read(BUCKET, "data")


@pytest.mark.parametrize(
    ("told", "read_as"),
    [({"BucketKeyEnabled": True}, True), ({"BucketKeyEnabled": False}, False), ({}, False)],
)
def test_a_bucket_uses_no_bucket_key_unless_it_says_so(
    told: dict[str, bool], read_as: bool
) -> None:
    default = {"SSEAlgorithm": "aws:kms"}
    rules = [{"ApplyServerSideEncryptionByDefault": default, **told}]

    found = bucket(get_bucket_encryption={"ServerSideEncryptionConfiguration": {"Rules": rules}})

    assert found["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
        {"BucketKeyEnabled": read_as, "ServerSideEncryptionByDefault": default}
    ]


@pytest.mark.parametrize(
    ("answer", "read_as"),
    [
        ({}, {"EventBridgeConfiguration": None}),
        (
            {"EventBridgeConfiguration": {}},
            {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
        ),
        (
            {
                "QueueConfigurations": [{"Id": "q"}],
                "TopicConfigurations": [],
                "ResponseMetadata": {},
            },
            {"EventBridgeConfiguration": None, "QueueConfigurations": [{"Id": "q"}]},
        ),
        ({"Else": [1]}, {"EventBridgeConfiguration": None}),
    ],
)
def test_who_is_told_of_objects_is_read(answer: dict[str, Any], read_as: dict[str, Any]) -> None:
    found = bucket(get_bucket_notification_configuration=answer)

    assert found["NotificationConfiguration"] == read_as


def test_a_log_group_is_that_of_its_whole_name() -> None:
    groups = [
        {"logGroupName": "/kiban/a-more", "retentionInDays": 1},
        {"logGroupName": "/kiban/a", "retentionInDays": 30, "kmsKeyId": "k"},
    ]

    found = read("AWS::Logs::LogGroup", "/kiban/a", describe_log_groups={"logGroups": groups})

    assert found == {"RetentionInDays": 30, "KmsKeyId": "k"}
    with pytest.raises(LookupError, match="/kiban/b does not exist"):
        read("AWS::Logs::LogGroup", "/kiban/b", describe_log_groups={"logGroups": groups})


def test_an_image_repository_without_policies_has_none() -> None:
    about = {
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
    }
    described = {"repositories": [about]}

    found = read("AWS::ECR::Repository", "image", describe_repositories=described)

    assert found == {
        "ImageTagMutability": "IMMUTABLE",
        "ImageScanningConfiguration": {"ScanOnPush": True},
        "LifecyclePolicy": {"LifecyclePolicyText": None},
        "RepositoryPolicyText": None,
    }


def test_a_key_is_read_with_its_rotation_and_its_policy() -> None:
    found = read(
        "AWS::KMS::Key",
        "1-2",
        describe_key={
            "KeyMetadata": {"Description": "d", "Enabled": False, "KeyState": "Disabled"}
        },
        get_key_rotation_status={"KeyRotationEnabled": True},
        get_key_policy={"Policy": '{"Statement": []}'},
    )

    assert found == {
        "Description": "d",
        "Enabled": False,
        "EnableKeyRotation": True,
        "KeyPolicy": {"Statement": []},
    }


def test_a_policy_of_a_bucket_is_read_as_the_document_it_is() -> None:
    found = read("AWS::S3::BucketPolicy", "data", get_bucket_policy={"Policy": '{"a": 1}'})

    assert found == {"PolicyDocument": {"a": 1}}
