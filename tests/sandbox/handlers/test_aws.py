"""Calls of the API that a handler makes."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.handlers.aws import Aws
from sandbox.handlers.native_iam import ManagedPolicy
from sandbox.handlers.resource import ResourceError
from tests.sandbox.handlers.recorder import Recorder, made


def failed(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "Delete")


class Failing(Aws):
    """An account that answers every call so."""

    def __init__(self, error: Exception) -> None:
        super().__init__("123456789012", "us-east-1", "")
        self.__dict__["error"] = error

    error: Exception

    def call(self, service: str, operation: str, parameters: dict[str, Any]) -> Any:
        raise self.error


def test_what_is_gone_already_is_deleted() -> None:
    Failing(failed("NoSuchBucket")).forget("s3", "delete_bucket", {})


@pytest.mark.parametrize("error", [failed("BucketNotEmpty"), KeyError("x is not found")])
def test_another_failure_is_told(error: Exception) -> None:
    with pytest.raises(type(error)):
        Failing(error).forget("s3", "delete_bucket", {})


def test_a_policy_that_is_gone_is_attached_to_nobody() -> None:
    policy = {"PolicyArn": "arn"}

    ManagedPolicy()._refuse_attached(Failing(failed("NoSuchEntity")), policy)
    with pytest.raises(ClientError):
        ManagedPolicy()._refuse_attached(Failing(failed("AccessDenied")), policy)


@pytest.mark.parametrize("kind", ["PolicyRoles", "PolicyUsers", "PolicyGroups"])
def test_a_policy_that_something_else_has_is_not_deleted(kind: str) -> None:
    nobody: dict[str, list[Any]] = {"PolicyRoles": [], "PolicyUsers": [], "PolicyGroups": []}
    aws = Recorder(list_entities_for_policy={**nobody, kind: [1]})

    with pytest.raises(ResourceError, match="Cannot delete a policy attached to entities"):
        ManagedPolicy().delete(aws, made())
    assert "delete_policy" not in aws.operations()
