"""Tags of an environment file that CloudFormation, IAM or SageMaker would refuse."""

import pytest

from config.aws_names.tags import check_tags


@pytest.mark.parametrize(
    ("tags", "problem"),
    [
        ({"kiban:stack": "x"}, "tag key 'kiban:stack' begins as the platform's own do"),
        ({"a,b": "x"}, "tag key 'a,b' has the character ','"),
        ({"a\nb": "x"}, r"tag key 'a\\nb' has the character '\\n'"),
        ({"a": ""}, "tag 'a' has a value of 0 characters; write 1 to 256"),
        ({"a": "x" * 257}, "tag 'a' has a value of 257 characters"),
        ({"a": "x;y"}, "the value of tag 'a' has the character ';'"),
        ({"Owner": "x", "owner": "y"}, "'Owner' and 'owner' are one key for IAM"),
    ],
)
def test_a_tag_that_no_stack_could_have_is_refused(tags: dict[str, str], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        check_tags(tags)


def test_a_tag_may_have_every_letter_and_what_aws_takes_beside() -> None:
    tags = {"費用 1_.:/=+-@": "部門 ½", "k" * 128: "v" * 256}

    assert check_tags(tags) == tags
