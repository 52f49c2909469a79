from dataclasses import replace

import pytest

from cli.aws import image_copy
from cli.aws.image_copy import EcrImage
from cli.terminal.errors import Failure
from sandbox.server.server import Sandbox
from tests.cli.registries import HERE, OTHER, places


def test_an_image_arrives_with_its_digest_however_often_it_is_copied(sandbox: Sandbox) -> None:
    source, target = places(sandbox)
    image = image_copy.parse_image_uri(HERE)
    digest = image_copy.digest_of(source, image)
    assert not image_copy.has_image(target, "theirs", digest)

    for _ in range(2):
        image_copy.copy_image(source, image, target, "theirs")

    assert image_copy.has_image(target, "theirs", digest)
    copied = EcrImage(OTHER, "eu-west-1", "theirs", f"promoted-{digest[7:23]}", "")
    assert image_copy.digest_of(target, copied) == digest


def test_an_image_that_is_gone_or_elsewhere_is_said(sandbox: Sandbox) -> None:
    source, target = places(sandbox)
    gone = replace(image_copy.parse_image_uri(HERE), tag="two")

    with pytest.raises(Failure, match="is gone; train the model again"):
        image_copy.copy_image(source, gone, target, "theirs")
    with pytest.raises(Failure, match="is not in ECR"):
        image_copy.parse_image_uri("docker.io/library/python:3")
