"""Regions of an environment file are those that botocore knows SageMaker in."""

import botocore.session
import pytest

from config.places.regions import check_region, partition_of, partitions


def test_the_list_is_that_of_botocore() -> None:
    session = botocore.session.get_session()

    assert partitions() == {
        name: session.get_available_regions("sagemaker", name)
        for name in session.get_available_partitions()
    }


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("us-esat-1", "us-east-1"),
        ("US-East-1", "us-east-1"),
        ("us-east-1a", "us-east-1"),
        (" eu-west-1", "eu-west-1"),
        ("ap-norteast-1", "ap-northeast-1"),
        ("eu-central1", "eu-central-1"),
    ],
)
def test_a_region_that_aws_does_not_have_is_refused_with_the_nearest(given: str, near: str) -> None:
    with pytest.raises(ValueError, match=rf"did you mean {near}\?$"):
        check_region(given)


@pytest.mark.parametrize("given", ["", "Mars", "tokyo"])
def test_what_is_near_to_no_region_is_told_how_to_write_one(given: str) -> None:
    with pytest.raises(ValueError, match=r"write one as in ap-northeast-1$"):
        check_region(given)


def test_a_region_has_the_partition_of_its_arns() -> None:
    assert partition_of("eu-west-1") == "aws"
    assert partition_of("cn-north-1") == "aws-cn"
    assert partition_of("us-gov-west-1") == "aws-us-gov"
