"""A group without versions, or that is not there, is no error; one that is hidden is."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.deployment.data_removal import remove_versions
from tests.cli.service import Service, environment, refused


def removed(answer: Any, **outputs: str) -> list[str]:
    service = Service(list_model_packages=[answer], delete_model_package=[None])
    stack: Any = SimpleNamespace(outputs=outputs)
    remove_versions(environment(service), stack)
    return [one["ModelPackageName"] for one in service.given if "ModelPackageName" in one]


VERSIONS = {"ModelPackageSummaryList": [{"ModelPackageArn": "a"}, {"ModelPackageArn": "b"}]}


def test_every_version_of_the_group_is_removed() -> None:
    assert removed(VERSIONS, ModelPackageGroupName="g") == ["a", "b"]
    assert removed(VERSIONS, Other="g") == []


def test_only_a_group_that_is_gone_has_nothing_to_remove() -> None:
    assert (
        removed(refused("ValidationException", "g does not exist"), ModelPackageGroupName="g") == []
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        removed(refused("AccessDenied"), ModelPackageGroupName="g")
