"""Bucket names that S3 gives to no general purpose bucket."""

import pytest

from config.aws_names.buckets import check_bucket_name


@pytest.mark.parametrize(
    "name",
    [
        *("a..b", "192.168.5.4", "xn--data", "sthree-data", "amzn-s3-demo-bucket"),
        *("data-s3alias", "data--ol-s3", "data.mrap", "data--use1-az4--x-s3", "data--table-s3"),
    ],
)
def test_a_name_that_no_bucket_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="bucket"):
        check_bucket_name(name)


@pytest.mark.parametrize("name", ["our.data", "192.168.5", "data-xn--", "x-s3"])
def test_a_name_like_those_is_one(name: str) -> None:
    assert check_bucket_name(name) == name
