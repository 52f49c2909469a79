"""The ECR repository: immutable tags, expiration, removal."""

import json

from tests.constructs_lib.conftest import Stacks


def test_a_tag_never_changes_its_content(usual: Stacks) -> None:
    (repository,) = usual.resources("Registry", "AWS::ECR::Repository")

    assert repository["ImageTagMutability"] == "IMMUTABLE"
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert repository["EncryptionConfiguration"]["EncryptionType"] == "KMS"


def test_old_images_expire(usual: Stacks) -> None:
    (repository,) = usual.resources("Registry", "AWS::ECR::Repository")
    rules = json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
    by_status = {rule["selection"]["tagStatus"]: rule["selection"] for rule in rules}

    assert by_status["untagged"]["countNumber"] == 7
    assert by_status["untagged"]["countUnit"] == "days"
    assert by_status["any"]["countNumber"] == 50
    # ECR takes a rule for any image in the last place only.
    assert [rule["rulePriority"] for rule in rules] == [1, 2]
    assert [*by_status] == ["untagged", "any"]


def test_images_go_with_their_repository_only_where_data_may(usual: Stacks, kept: Stacks) -> None:
    (gone,) = usual.bodies("Registry", "AWS::ECR::Repository")
    (stays,) = kept.bodies("Registry", "AWS::ECR::Repository")

    assert (gone["DeletionPolicy"], gone["Properties"]["EmptyOnDelete"]) == ("Delete", True)
    assert stays["DeletionPolicy"] == "Retain"
    assert not stays["Properties"].get("EmptyOnDelete", False)
