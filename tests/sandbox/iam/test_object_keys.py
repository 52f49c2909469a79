"""Which key an operation on an object needs, by its own encryption or its bucket's."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.iam import object_keys
from sandbox.iam.callers import Caller, NotAllowed
from sandbox.iam.object_keys import needs

OWNER, REGION = "123456789012", "us-east-1"
KEY = f"arn:aws:kms:{REGION}:{OWNER}:key/k-1"
OTHER = f"arn:aws:kms:{REGION}:999988887777:key/k-2"


class Objects(dict[str, list[Any]]):
    def getlist(self, key: str, default: list[Any]) -> list[Any]:
        return self.get(key, default)


def bucket(default: dict[str, str] | None = None, *, has_key: bool = False) -> Any:
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": has_key}
    return SimpleNamespace(
        account_id=OWNER,
        region_name=REGION,
        encryption={"Rule": rule} if default else None,
        keys=Objects(),
    )


def version(key_id: str | None, name: str = "v", algorithm: str = "aws:kms") -> Any:
    return SimpleNamespace(encryption=algorithm, kms_key_id=key_id, version_id=name)


@pytest.fixture
def buckets(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The buckets of an account whose key has an alias."""
    found: dict[str, Any] = {}
    accounts = {name: ("aws", OWNER) for name in ("plain", "sealed")}

    class Backends(dict[str, Any]):
        bucket_accounts = accounts

    backends = Backends({OWNER: {"aws": SimpleNamespace(buckets=found)}})
    key = SimpleNamespace(arn=KEY, aliases={"alias/own"})
    monkeypatch.setattr(object_keys, "s3_backends", backends)
    monkeypatch.setattr(
        object_keys, "kms_backends", {OWNER: {REGION: SimpleNamespace(keys={"k-1": key})}}
    )
    yield found


def actions(operation: str, bucket: str = "sealed", /, **params: Any) -> list[tuple[str, str]]:
    found = needs(operation, {"Bucket": bucket, "Key": "k", **params})
    return [(one.action, one.key_arn) for one in found]


@pytest.mark.parametrize(
    "key_id", [KEY, "k-1", "alias/own", f"arn:aws:kms:{REGION}:{OWNER}:alias/own"]
)
def test_an_object_is_read_with_its_own_key_however_that_was_named(
    key_id: str, buckets: dict[str, Any]
) -> None:
    buckets["sealed"] = bucket({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": OTHER})
    buckets["sealed"].keys["k"] = [version(key_id)]

    assert actions("GetObject") == [("kms:Decrypt", KEY)]


def test_an_object_in_two_layers_needs_its_key_too(buckets: dict[str, Any]) -> None:
    buckets["sealed"] = bucket({"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": KEY})
    buckets["sealed"].keys["k"] = [version(KEY, algorithm="aws:kms:dsse")]

    assert actions("GetObject") == [("kms:Decrypt", KEY)]
    assert actions("PutObject") == [("kms:GenerateDataKey", KEY)]


def test_each_version_has_the_key_that_it_was_written_with(buckets: dict[str, Any]) -> None:
    buckets["sealed"] = bucket()
    buckets["sealed"].keys["k"] = [version(OTHER, "old"), version(KEY, "new")]

    assert actions("GetObject") == [("kms:Decrypt", KEY)]
    assert actions("GetObject", VersionId="old") == [("kms:Decrypt", OTHER)]
    assert actions("GetObject", VersionId="gone") == []


@pytest.mark.parametrize(
    "found", [version(None), version("alias/aws/s3"), version(None, algorithm="AES256")]
)
def test_aws_own_key_admits_whom_s3_admits(found: Any, buckets: dict[str, Any]) -> None:
    buckets["sealed"] = bucket()
    buckets["sealed"].keys["k"] = [found]

    assert actions("GetObject") == []


@pytest.mark.parametrize(
    ("operation", "needed"),
    [
        ("HeadObject", []),
        ("DeleteObject", []),
        ("ListObjectsV2", []),
        ("PutObject", ["kms:GenerateDataKey"]),
        ("CreateMultipartUpload", ["kms:GenerateDataKey"]),
        ("UploadPart", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("CompleteMultipartUpload", ["kms:Decrypt"]),
    ],
)
def test_what_is_written_is_encrypted_as_the_bucket_says(
    operation: str, needed: list[str], buckets: dict[str, Any]
) -> None:
    buckets["sealed"] = bucket({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY})
    buckets["plain"] = bucket({"SSEAlgorithm": "AES256"})

    assert actions(operation) == [(action, KEY) for action in needed]
    assert actions(operation, "plain") == []
    assert actions(operation, "nobodys") == []


def test_a_writer_may_name_another_encryption(buckets: dict[str, Any]) -> None:
    buckets["sealed"] = bucket({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY})
    buckets["plain"] = bucket()
    named = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": OTHER}

    assert actions("PutObject", **named) == [("kms:GenerateDataKey", OTHER)]
    assert actions("PutObject", "plain", **named) == [("kms:GenerateDataKey", OTHER)]
    assert actions("PutObject", ServerSideEncryption="AES256") == []
    assert actions("PutObject", ServerSideEncryption="aws:kms") == [("kms:GenerateDataKey", KEY)]


def test_a_copy_needs_the_keys_of_both(buckets: dict[str, Any]) -> None:
    buckets["sealed"] = bucket({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY})
    buckets["plain"] = bucket()
    buckets["plain"].keys["from"] = [version(OTHER, "old"), version(None, "new")]

    old = actions("CopyObject", CopySource="/plain/from?versionId=old")
    assert old == [("kms:GenerateDataKey", KEY), ("kms:Decrypt", OTHER)]
    assert actions("CopyObject", CopySource="plain/from") == [("kms:GenerateDataKey", KEY)]


@pytest.mark.parametrize(("has_key", "what"), [(True, "sealed"), (False, "sealed/k")])
def test_the_call_of_s3_says_for_what_it_is(
    has_key: bool, what: str, buckets: dict[str, Any]
) -> None:
    buckets["sealed"] = bucket({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}, has_key=has_key)

    (need,) = needs("PutObject", {"Bucket": "sealed", "Key": "k"})

    assert need.given == {
        "kms:ViaService": f"s3.{REGION}.amazonaws.com",
        "kms:EncryptionContextKeys": ("aws:s3:arn",),
        "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{what}",
    }


def test_a_job_needs_the_key_of_its_data(
    buckets: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    buckets["sealed"] = bucket({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY})
    asked: list[Any] = []

    def need(caller: Caller, action: str, resource: str, given: Any = None) -> None:
        asked.append((action, resource))
        if action.startswith("kms:"):
            raise NotAllowed("no key")

    monkeypatch.setattr(Caller, "need", need)

    with pytest.raises(NotAllowed, match="no key"):
        Caller(REGION, "role").need_object("s3:PutObject", "sealed", "k")
    assert asked == [("s3:PutObject", "arn:aws:s3:::sealed/k"), ("kms:GenerateDataKey", KEY)]
