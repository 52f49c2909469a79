"""The platform's KMS key: rotation, deletion, and the services that may use it."""

from tests.constructs_lib.conftest import Stacks


def test_the_key_turns_every_year(usual: Stacks) -> None:
    (key,) = usual.resources("Storage", "AWS::KMS::Key")

    assert key["EnableKeyRotation"] is True


def test_a_deleted_key_can_be_saved_longer_where_data_is_kept(usual: Stacks, kept: Stacks) -> None:
    days = [
        stacks.resources("Storage", "AWS::KMS::Key")[0]["PendingWindowInDays"]
        for stacks in (usual, kept)
    ]

    assert days == [7, 30]


def test_the_key_serves_log_groups_of_this_account_only(usual: Stacks) -> None:
    (key,) = usual.resources("Storage", "AWS::KMS::Key")
    (logs,) = (
        statement
        for statement in key["KeyPolicy"]["Statement"]
        if statement["Principal"].get("Service") == "logs.us-east-1.amazonaws.com"
    )

    (pattern,) = logs["Condition"]["ArnLike"].values()
    assert pattern == {
        "Fn::Join": ["", ["arn:aws:logs:us-east-1:", {"Ref": "AWS::AccountId"}, ":*"]]
    }
    assert not [action for action in logs["Action"] if "*" in action]


def test_what_publishes_to_the_topic_may_use_the_key(usual: Stacks) -> None:
    (key,) = usual.resources("Storage", "AWS::KMS::Key")
    publishers = [
        statement
        for statement in key["KeyPolicy"]["Statement"]
        if "budgets.amazonaws.com" in statement["Principal"].get("Service", [])
    ]

    assert len(publishers) == 1
    assert publishers[0]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert publishers[0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_log_delivery_reads_with_the_key_what_this_account_logs(usual: Stacks) -> None:
    (key,) = usual.resources("Storage", "AWS::KMS::Key")
    (delivery,) = (
        statement
        for statement in key["KeyPolicy"]["Statement"]
        if statement["Principal"].get("Service") == "delivery.logs.amazonaws.com"
    )

    assert delivery["Action"] == "kms:Decrypt"
    (context,) = delivery["Condition"]["StringLike"]
    # Known to be sent: the data key is generated with it, and opens with nothing else.
    assert context == "kms:EncryptionContext:SourceArn"


def test_services_use_the_key_for_an_encryption_context_or_an_account_only(usual: Stacks) -> None:
    (key,) = usual.resources("Storage", "AWS::KMS::Key")
    conditions = [one["Condition"] for one in key["KeyPolicy"]["Statement"] if "Condition" in one]

    names = {name for one in conditions for test in one.values() for name in test}
    assert names == {
        "kms:EncryptionContext:aws:logs:arn",
        "kms:EncryptionContext:SourceArn",
        "aws:SourceAccount",
    }


def test_cloudwatch_logs_may_do_with_the_key_what_an_encrypted_group_needs(usual: Stacks) -> None:
    # docs.aws.amazon.com: CloudWatch Logs User Guide, "Encrypt log data using KMS".
    (key,) = usual.resources("Storage", "AWS::KMS::Key")
    (logs,) = (
        statement
        for statement in key["KeyPolicy"]["Statement"]
        if statement["Principal"].get("Service") == "logs.us-east-1.amazonaws.com"
    )

    assert {*logs["Action"]} == {
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    }
