"""Which of what deleted stacks left is found again, told by hand-made answers of AWS."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.deployment.kept_resources import LOOKS, KeptResource, _exists, find_kept_resources
from cli.terminal.errors import Failure
from config.loader import load_environment
from config.stack_names import all_stacks
from tests.cli.service import Service, environment, refused

DEV = load_environment("dev")
BUCKET = ("Data", "AWS::S3::Bucket", "DELETE_SKIPPED", "data")


def deleted(name: str, stack_id: str, day: int) -> dict[str, Any]:
    return {
        "StackName": name,
        "StackId": stack_id,
        "DeletionTime": datetime(2026, 1, day, tzinfo=UTC),
    }


class Account:
    """Deleted stacks, the state each came to, and what each left."""

    def __init__(self) -> None:
        self.stacks: list[dict[str, Any]] = []
        self.states: dict[str, list[tuple[str, str]]] = {}
        self.left: dict[str, list[tuple[str, str, str, str]]] = {}
        self.there: list[str] = []
        self.asked: list[str] = []

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **given: [getattr(self, operation)(**given)])

    def list_stacks(self, StackStatusFilter: list[str]) -> Any:
        assert StackStatusFilter == ["DELETE_COMPLETE"]
        self.asked.append("deleted")
        return {"StackSummaries": self.stacks}

    def describe_stack_events(self, StackName: str) -> Any:
        events = self.states.get(StackName, [(StackName, "CREATE_COMPLETE")])
        return {
            "StackEvents": [
                {"PhysicalResourceId": who, "ResourceStatus": state} for who, state in events
            ]
        }

    def list_stack_resources(self, StackName: str) -> Any:
        names = ("LogicalResourceId", "ResourceType", "ResourceStatus", "PhysicalResourceId")
        left = self.left.get(StackName, [BUCKET])
        return {"StackResourceSummaries": [dict(zip(names, one, strict=True)) for one in left]}

    def head_bucket(self, Bucket: str) -> Any:
        return {"Bucket": Bucket}

    def found(self) -> list[tuple[str, str]]:
        """The part and the identifier of each that is found."""
        stacks = {part: part in self.there or None for part in all_stacks(DEV)}
        service: Any = self
        service.exceptions = SimpleNamespace(ClientError=ClientError)
        env = environment(service, config=DEV, stacks=lambda: stacks)
        return [(one.part, one.identifier) for one in find_kept_resources(env)]


@pytest.fixture
def account() -> Account:
    return Account()


STORAGE = "kiban-dev-Storage"


def test_only_stacks_of_this_environment_that_are_not_deployed_count(account: Account) -> None:
    account.stacks = [
        deleted("kiban-prod-Storage", "p", 1),
        deleted(STORAGE, "s", 1),
        deleted("kiban-dev-Registry", "r", 2),
    ]

    assert account.found() == [("Storage", "data"), ("Registry", "data")]
    account.there = ["Storage"]
    assert account.found() == [("Registry", "data")]


def test_an_environment_that_is_all_there_asks_for_no_deleted_stacks(account: Account) -> None:
    account.there = [*all_stacks(DEV)]

    assert (account.found(), account.asked) == ([], [])


def test_the_stack_that_was_deleted_last_counts(account: Account) -> None:
    account.stacks = [deleted(STORAGE, "b", 2), deleted(STORAGE, "c", 3), deleted(STORAGE, "a", 1)]
    account.left = {name: [(*BUCKET[:3], name)] for name in "abc"}

    assert account.found() == [("Storage", "c")]


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        ([("c", "CREATE_COMPLETE")], True),
        ([("c", "UPDATE_COMPLETE")], True),
        ([("c", "IMPORT_COMPLETE")], True),
        ([("c", "DELETE_COMPLETE"), ("c", "CREATE_COMPLETE")], True),
        ([("c", "ROLLBACK_COMPLETE")], False),
        ([("data", "CREATE_COMPLETE"), ("c", "DELETE_COMPLETE")], False),
        ([], False),
    ],
)
def test_a_stack_whose_creation_failed_left_nothing_of_value(
    account: Account, events: list[tuple[str, str]], counts: bool
) -> None:
    account.stacks = [deleted(STORAGE, "c", 3), deleted(STORAGE, "a", 1)]
    account.left = {name: [(*BUCKET[:3], name)] for name in "ac"}
    account.states = {"c": events}

    assert account.found() == [("Storage", "c" if counts else "a")]


@pytest.mark.parametrize(
    ("kind", "state", "counts"),
    [
        ("AWS::S3::Bucket", "DELETE_SKIPPED", True),
        ("AWS::S3::Bucket", "DELETE_COMPLETE", False),
        ("AWS::SNS::Topic", "DELETE_SKIPPED", False),
    ],
)
def test_what_was_skipped_and_can_be_imported_was_kept(
    account: Account, kind: str, state: str, counts: bool
) -> None:
    account.stacks = [deleted(STORAGE, "s", 1)]
    account.left = {"s": [("Data", kind, state, "data")]}

    assert account.found() == ([("Storage", "data")] if counts else [])


def exists(kind: str, identifier: str, service: Service) -> bool:
    return _exists(environment(service), KeptResource("Storage", "It", kind, identifier))


@pytest.mark.parametrize(
    ("error", "is_there"),
    [(refused("NoSuchBucket"), False), (refused("404", "Not Found"), False), (None, True)],
)
def test_a_bucket_is_gone_when_aws_says_so(error: Exception | None, is_there: bool) -> None:
    assert exists("AWS::S3::Bucket", "data", Service(head_bucket=[error or {"a": 1}])) is is_there


def test_what_may_not_be_looked_at_is_not_taken_for_gone() -> None:
    with pytest.raises(ClientError, match="403"):
        exists("AWS::S3::Bucket", "data", Service(head_bucket=[refused("403", "Forbidden")]))


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("PendingDeletion", "aws kms cancel-key-deletion --key-id k && aws kms enable-key --key-i"),
        ("Disabled", "is Disabled; aws kms enable-key --key-id k; then deploy again"),
        ("Unavailable", "is Unavailable; look at it in KMS; then deploy again"),
    ],
)
def test_a_key_that_cannot_be_used_stops_the_deployment(state: str, advice: str) -> None:
    def key(state: str) -> Service:
        return Service(describe_key=[{"KeyMetadata": {"KeyState": state}}])

    assert exists("AWS::KMS::Key", "k", key("Enabled"))
    with pytest.raises(Failure) as refusal:
        exists("AWS::KMS::Key", "k", key(state))
    assert advice in str(refusal.value)


@pytest.mark.parametrize(("names", "is_there"), [(["/a", "/a/b"], True), (["/a/b"], False)])
def test_a_log_group_is_there_under_its_whole_name(names: list[str], is_there: bool) -> None:
    answer = {"logGroups": [{"logGroupName": name} for name in names]}

    assert exists("AWS::Logs::LogGroup", "/a", Service(describe_log_groups=[answer])) is is_there


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        ("AWS::ECR::Repository", "describe_repositories"),
        ("AWS::SageMaker::ModelPackageGroup", "describe_model_package_group"),
    ],
)
def test_each_type_is_asked_for_at_its_service(kind: str, operation: str) -> None:
    assert exists(kind, "x", Service(**{operation: [{"a": 1}]}))
    assert not exists(kind, "x", Service(**{operation: [refused("ValidationException", MISSING)]}))
    assert LOOKS[kind][0] in ("ecr", "sagemaker")


MISSING = "ModelPackageGroup arn:x does not exist."


def test_an_import_names_a_resource_by_its_identifier() -> None:
    assert KeptResource("Storage", "Data", "AWS::S3::Bucket", "data").to_import == {
        "ResourceType": "AWS::S3::Bucket",
        "LogicalResourceId": "Data",
        "ResourceIdentifier": {"BucketName": "data"},
    }
