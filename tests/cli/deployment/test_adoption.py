"""What deleted stacks left is found, looked at, and imported; or the reason is said."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from cfn.catalogue import rows
from cli.deployment import adoption, kept_resources
from cli.deployment.kept_resources import KeptResource, find_kept_resources
from cli.environments.environment import Environment
from cli.terminal.errors import Failure
from reviewer.assembly import SynthesisedStack
from sandbox.server.server import Sandbox
from tests.cli.environments.sandboxed import environment_in

KEY: dict[str, Any] = {
    "Type": "AWS::KMS::Key",
    "Properties": {
        "KeyPolicy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": {"Ref": "AWS::AccountId"}},
                    "Action": "kms:*",
                    "Resource": "*",
                }
            ],
        }
    },
    "DeletionPolicy": "Retain",
}
BUCKET: dict[str, Any] = {
    "Type": "AWS::S3::Bucket",
    "DeletionPolicy": "Retain",
    "DependsOn": ["Topic"],
    "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
}
TEMPLATE: dict[str, Any] = {
    "Resources": {"Key": KEY, "Data": BUCKET, "Topic": {"Type": "AWS::SNS::Topic"}},
    "Outputs": {"KeyArn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}}},
}
STORAGE = "kiban-dev-Storage"


def create(env: Environment, body: dict[str, Any]) -> str:
    """Create Storage and return its id."""
    formation = env.aws("cloudformation")
    stack = formation.create_stack(StackName=STORAGE, TemplateBody=json.dumps(body))
    waiter = formation.get_waiter("stack_create_complete")
    waiter.wait(StackName=STORAGE, WaiterConfig={"Delay": 1})
    return str(stack["StackId"])


def delete(env: Environment, stack_id: str) -> None:
    formation = env.aws("cloudformation")
    formation.delete_stack(StackName=stack_id)
    waiter = formation.get_waiter("stack_delete_complete")
    waiter.wait(StackName=stack_id, WaiterConfig={"Delay": 1})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    with Sandbox(tmp_path_factory.mktemp("kept")) as sandbox:
        yield environment_in(sandbox, "dev")


@pytest.fixture
def env(running: Environment) -> Iterator[Environment]:
    """dev, whose Storage was deployed and deleted, and kept its key and its bucket."""
    delete(running, create(running, TEMPLATE))
    yield running
    if running.named_stack(STORAGE):
        delete(running, STORAGE)


def storage() -> SynthesisedStack:
    return SynthesisedStack(STORAGE, "Storage", False, (), TEMPLATE, (), {})


def test_what_the_last_stack_kept_is_found(env: Environment) -> None:
    found = find_kept_resources(env)

    assert {one.logical_id: one.part for one in found} == {"Key": "Storage", "Data": "Storage"}
    by_id = {one.logical_id: one.to_import["ResourceIdentifier"] for one in found}
    assert [*by_id["Key"]] == ["KeyId"]
    assert by_id["Data"]["BucketName"].startswith("kiban-dev-storage-data")


def test_a_creation_that_failed_later_does_not_hide_it(env: Environment) -> None:
    before = find_kept_resources(env)
    broken = {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": "arn:none"}}
    formation = env.aws("cloudformation")
    body = {"Resources": {"Key": KEY, "Broken": broken | {"DependsOn": ["Key"]}}}
    failed = formation.create_stack(StackName=STORAGE, TemplateBody=json.dumps(body))["StackId"]
    with pytest.raises(WaiterError, match="ROLLBACK_COMPLETE"):
        waiter = formation.get_waiter("stack_create_complete")
        waiter.wait(StackName=failed, WaiterConfig={"Delay": 1})
    delete(env, failed)

    assert find_kept_resources(env) == before


def test_what_was_deleted_meanwhile_is_left_out(env: Environment) -> None:
    data = next(one for one in find_kept_resources(env) if one.logical_id == "Data")
    env.aws("s3").delete_bucket(Bucket=data.identifier)

    assert [one.logical_id for one in find_kept_resources(env)] == ["Key"]


def test_a_key_about_to_be_deleted_stops_it_with_the_line_that_saves_it(env: Environment) -> None:
    key = next(one for one in find_kept_resources(env) if one.logical_id == "Key")
    env.aws("kms").schedule_key_deletion(KeyId=key.identifier)

    with pytest.raises(Failure, match=f"aws kms cancel-key-deletion --key-id {key.identifier}"):
        find_kept_resources(env)
    env.aws("kms").cancel_key_deletion(KeyId=key.identifier)
    env.aws("kms").enable_key(KeyId=key.identifier)


def test_the_import_holds_the_kept_resources_and_nothing_else(env: Environment) -> None:
    kept = find_kept_resources(env)

    adoption.import_resources(env, storage(), kept)

    there = env.require_stack("Storage")
    assert (there.status, there.outputs) == ("IMPORT_COMPLETE", {})
    assert find_kept_resources(env) == []


def test_an_import_that_cloudformation_refuses_says_its_reason(env: Environment) -> None:
    kept = [replace(one, identifier="not-there") for one in find_kept_resources(env)]

    with pytest.raises(Failure, match="'not-there' was not found"):
        adoption.import_resources(env, storage(), kept)


def test_a_caller_that_may_not_look_deploys_and_is_told(
    running: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: Environment) -> list[KeptResource]:
        raise ClientError(
            {"Error": {"Code": "AccessDenied", "Message": "not you"}}, "DescribeStacks"
        )

    monkeypatch.setattr(adoption, "find_kept_resources", refuse)

    assert not adoption.adopt_kept_resources(running, Path("cdk.out"), is_written=False)
    assert "not looked for what was retained: AWS: DescribeStacks" in capsys.readouterr().err


def test_a_resource_whose_neighbour_is_gone_is_not_imported_in_part() -> None:
    data = {**BUCKET, "Properties": {"BucketName": {"Fn::GetAtt": ["Key", "Arn"]}}}
    template = {"Resources": {"Key": KEY, "Data": data}}

    with pytest.raises(Failure, match=r"without Key, which is gone; .*\[existing\]"):
        adoption.import_template(
            template, [KeptResource("Storage", "Data", "AWS::S3::Bucket", "data")]
        )


def test_every_type_that_can_be_imported_is_looked_at_first() -> None:
    importable = {kind for kind, facts in rows().items() if facts.import_id}
    assert {*kept_resources.LOOKS} == importable
