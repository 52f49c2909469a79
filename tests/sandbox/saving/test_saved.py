"""A sandbox that was saved comes back on another port, with all that anybody can ask for."""

import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from moto.cloudformation.models import cloudformation_backends

from sandbox.saving.refused import FileRefused, SaveRefused, StillRunning
from sandbox.saving.saved import Saved
from sandbox.server.server import Sandbox
from sandbox.stepfunctions import steps
from tests.journeys.world import wait_for
from tests.sandbox.saving import account
from tests.sandbox.saving.account import BUCKET

# Most of the time of this file is the making of something of every service, once.


class Two(NamedTuple):
    """What was there before, and the sandbox that came back."""

    before: dict[str, Any]
    url: str
    secret: str
    contents: dict[str, bytes]
    encrypted: bytes
    file: Path
    sandbox: Sandbox


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    file = tmp_path_factory.mktemp("saved") / "all.sandbox"
    # A minute may begin at any time, and an alarm would have another state.
    patched = pytest.MonkeyPatch()
    patched.setattr("sandbox.cloudwatch.evaluation.tick", lambda moment: None)
    with Sandbox(tmp_path_factory.mktemp("first")) as first:
        account.fill(first)
        before = account.described(first)
        encrypted = first.client("kms").encrypt(KeyId="alias/kept", Plaintext=b"hidden")
        told = (first.url, first.secret, contents(first), encrypted["CiphertextBlob"])
        first.save(file)
    with Sandbox(tmp_path_factory.mktemp("second"), saved=Saved.open(file)) as second:
        yield Two(before, *told, file, second)
    patched.undo()


def contents(sandbox: Sandbox) -> dict[str, bytes]:
    """Every version of every object of the bucket."""
    s3 = sandbox.client("s3")
    return {
        one["VersionId"]: s3.get_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])[
            "Body"
        ].read()
        for one in s3.list_object_versions(Bucket=BUCKET)["Versions"]
    }


def test_every_call_answers_as_before(two: Two) -> None:
    after = account.described(two.sandbox)

    assert {name: said for name, said in after.items() if said != two.before[name]} == {}


def test_objects_have_every_version_with_its_bytes(two: Two) -> None:
    assert sorted(two.contents.values()) == [b"", b"\x00third", b"first", b"x"]
    assert contents(two.sandbox) == two.contents


def test_the_address_and_the_secret_are_new(two: Two) -> None:
    queue = two.sandbox.client("sqs").get_queue_url(QueueName="kept")["QueueUrl"]

    assert two.sandbox.url != two.url
    assert queue.startswith(two.sandbox.url)
    assert two.sandbox.secret != two.secret
    assert two.secret.encode() not in two.file.read_bytes()


def test_what_was_encrypted_is_decrypted(two: Two) -> None:
    found = two.sandbox.client("kms").decrypt(CiphertextBlob=two.encrypted)

    assert found["Plaintext"] == b"hidden"


def test_rules_still_deliver_and_machines_still_run(two: Two) -> None:
    sqs, states = two.sandbox.client("sqs"), two.sandbox.client("stepfunctions")
    queue = sqs.get_queue_url(QueueName="kept")["QueueUrl"]
    entry = {"Source": "mine", "DetailType": "after", "Detail": "{}"}
    two.sandbox.client("events").put_events(Entries=[entry])
    run = states.start_execution(stateMachineArn=account.MACHINE, name="two", input="{}")

    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]

    bodies = [one["Body"] for one in found]
    assert "hello" in bodies
    assert any('"after"' in body for body in bodies)
    assert states.describe_execution(executionArn=run["executionArn"])["name"] == "two"
    ended = run["executionArn"].removesuffix("two") + "one"
    states.stop_execution(executionArn=ended)
    assert states.describe_execution(executionArn=ended)["status"] == "SUCCEEDED"


def test_a_security_group_is_found_by_every_filter(two: Two) -> None:
    # moto finds by a table of methods, which is made anew.
    ec2 = two.sandbox.client("ec2")
    filters = [{"Name": "group-name", "Values": ["kept"]}]
    (group,) = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    filters = [{"Name": "group-id", "Values": [group["GroupId"]]}]

    assert len(ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]) == 2


def test_the_file_is_its_owners_alone(two: Two) -> None:
    assert stat.S_IMODE(two.file.stat().st_mode) == 0o600


def test_a_sandbox_that_came_back_can_be_saved_again(two: Two, tmp_path: Path) -> None:
    again = tmp_path / "again"

    numbers = two.sandbox.save(again)

    assert numbers == {"objects": 5, "endpoints": 0}
    Saved.open(again).reader.close()


def test_a_file_is_never_written_over(two: Two) -> None:
    with pytest.raises(FileExistsError):
        two.sandbox.save(two.file)
    Saved.open(two.file).reader.close()


def test_what_runs_is_named_and_nothing_is_written(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = two.sandbox.client("stepfunctions")
    # It goes on until it is stopped, however slow the machine is.
    monkeypatch.setattr(steps, "LONGEST_WAIT_SECONDS", 3_600.0)
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3_600, "End": True}}}
    arn = states.create_state_machine(
        name="waits", definition=json.dumps(wait), roleArn=account.ROLE
    )["stateMachineArn"]
    run = states.start_execution(stateMachineArn=arn, name="long")["executionArn"]

    with pytest.raises(StillRunning, match="execution long of waits") as refused:
        two.sandbox.save(tmp_path / "not")

    assert refused.value.names == ["execution long of waits"]
    assert not (tmp_path / "not").exists()
    states.stop_execution(executionArn=run)
    ended = ("ABORTED",)  # or the next test finds it running
    wait_for(
        lambda: states.describe_execution(executionArn=run)["status"] in ended or None, "its end"
    )


@pytest.mark.parametrize("kept", ["unfinished", "failed"])
def test_a_stack_whose_change_waits_to_be_taken_back_is_named(
    two: Two, tmp_path: Path, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = next(iter(cloudformation_backends[account.ACCOUNT]["us-east-1"].stacks.values()))
    monkeypatch.setattr(stack, kept, object())

    with pytest.raises(SaveRefused, match=f"stack {stack.name} is in .* cannot be saved"):
        two.sandbox.save(tmp_path / "not")
    assert not (tmp_path / "not").exists()


def test_a_class_that_is_not_on_the_list_is_named(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.s3.models import s3_backends

    backend = s3_backends[account.ACCOUNT]["aws"]
    monkeypatch.setitem(backend.buckets, "odd", Odd())

    with pytest.raises(SaveRefused, match=r"buckets\.odd: a tests\..*\.Odd cannot be saved"):
        two.sandbox.save(tmp_path / "not")
    assert not (tmp_path / "not").exists()


class Odd:
    """Something that moto does not have."""


def test_an_attribute_that_is_not_on_the_list_is_named(two: Two, tmp_path: Path) -> None:
    from moto.s3.models import s3_backends

    bucket = s3_backends[account.ACCOUNT]["aws"].buckets[BUCKET]
    bucket.odd = 1
    try:
        with pytest.raises(SaveRefused, match="FakeBucket has odd, which cannot be saved"):
            two.sandbox.save(tmp_path / "not")
    finally:
        del bucket.odd


def test_a_service_that_is_not_on_the_list_is_named(two: Two, tmp_path: Path) -> None:
    from moto.acm.models import acm_backends
    from moto.core.base_backend import BackendDict

    acm_backends[account.ACCOUNT]["us-east-1"]
    try:
        with pytest.raises(SaveRefused, match="the service acm cannot be saved"):
            two.sandbox.save(tmp_path / "not")
    finally:
        BackendDict._instances.remove(acm_backends)


def rewritten(two: Two, tmp_path: Path, old: bytes, new: bytes) -> Path:
    """The file with other bytes of the same length in its state, its hash not changed."""
    changed = tmp_path / "changed.sandbox"
    with zipfile.ZipFile(two.file) as source, zipfile.ZipFile(changed, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(
                entry, content.replace(old, new) if entry.filename == "state.json" else content
            )
    changed.chmod(0o600)
    return changed


def reindexed(two: Two, tmp_path: Path, **changes: Any) -> Path:
    """The file with other facts in its index."""
    changed = tmp_path / "changed.sandbox"
    with zipfile.ZipFile(two.file) as source, zipfile.ZipFile(changed, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "sandbox.json":
                content = json.dumps({**json.loads(content), **changes}).encode()
            target.writestr(entry, content)
    changed.chmod(0o600)
    return changed


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": ""}, "it does not say what its url is"),
        ({"url": "http://example.com"}, "it does not say what its url is"),
        ({"region": "../x"}, "it does not say what its region is"),
        ({"kiban": 1}, "it does not say what its kiban is"),
        ({"clock": -1}, "what it says of itself"),
        ({"clock": 1e12}, "what it says of itself"),
        ({"clock": float("nan")}, "what it says of itself"),
        ({"capacity": "no"}, "what it says of itself"),
        ({"capacity": "[]"}, "what it says of itself"),
        ({"new_account": "yes"}, "what it says of itself"),
    ],
)
def test_an_index_with_other_facts_is_refused(
    changes: dict[str, Any], message: str, two: Two, tmp_path: Path
) -> None:
    with pytest.raises(FileRefused, match=message):
        Saved.open(reindexed(two, tmp_path, **changes))


def test_another_version_is_named_beside_this_one(two: Two, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"and moto 1\.2\.3, this is 1-\w{8} and moto 5\."):
        Saved.open(reindexed(two, tmp_path, moto="1.2.3"))


def test_a_state_that_was_changed_is_refused(two: Two, tmp_path: Path) -> None:
    saved = Saved.open(rewritten(two, tmp_path, b"alias/kept", b"alias/evil"))

    with pytest.raises(FileRefused, match=r"state\.json is not what was saved: its hash differs"):
        saved.put_back()
