"""What is written down of a call: its shape and states, and no value."""

from typing import Any

import pytest

from cli.environments.environment import Environment
from cli.verification.call_record import CallRecord, RecordedConnection


@pytest.fixture
def recorded(dev: Environment) -> RecordedConnection:
    given = dev.connection
    return RecordedConnection(
        given.region, given.url, given.account, secret=given.secret, record=CallRecord()
    )


def test_a_call_is_kept_by_step_with_its_members_and_states(recorded: RecordedConnection) -> None:
    formation = recorded.client("cloudformation")
    formation.describe_stacks(StackName="kiban-dev-Storage")
    formation.describe_stacks(StackName="kiban-dev-Storage")
    recorded.record.close_step("Deployment")

    (summary,) = recorded.record.steps["Deployment"].values()
    assert summary.count == 2
    assert summary.seconds > 0
    assert "Stacks[].Outputs[].OutputKey" in summary.members
    assert "Stacks[].StackStatus=CREATE_COMPLETE" in summary.states


def test_no_value_but_a_state_is_kept(recorded: RecordedConnection) -> None:
    recorded.client("sts").get_caller_identity()
    recorded.record.close_step("Who")

    (summary,) = recorded.record.steps["Who"].values()
    assert "123456789012" not in repr(summary)
    assert summary.members == {"UserId", "Account", "Arn"}


def test_keys_of_maps_are_values_too(recorded: RecordedConnection, dev: Environment) -> None:
    s3 = recorded.client("s3")
    bucket = dev.output("Storage", "DataBucketName")
    s3.put_object(Bucket=bucket, Key="tagged", Body=b"x", Metadata={"secret": "one"})
    s3.head_object(Bucket=bucket, Key="tagged")
    s3.delete_object(Bucket=bucket, Key="tagged")
    recorded.record.close_step("Object")

    assert "Metadata" in recorded.record.steps["Object"]["s3.HeadObject"].members
    assert "secret" not in repr(recorded.record.steps)


def test_an_error_is_kept_by_its_code(recorded: RecordedConnection) -> None:
    formation = recorded.client("cloudformation")
    with pytest.raises(formation.exceptions.ClientError):
        formation.describe_stacks(StackName="nothing")
    recorded.record.close_step("Missing")

    (summary,) = recorded.record.steps["Missing"].values()
    assert summary.errors == {"ValidationError"}


def test_two_records_of_one_client_do_not_mix(dev: Environment) -> None:
    given: Any = dev.connection
    first, second = CallRecord(), CallRecord()
    RecordedConnection(**vars(given), record=first).client("sts")
    client = RecordedConnection(**vars(given), record=second).client("sts")

    client.get_caller_identity()
    second.close_step("Who")

    assert second.steps["Who"]["sts.GetCallerIdentity"].count == 1
