"""Which objects are the input of a job, what their outputs are called, and what has none."""

import gzip
import json
from typing import Any

import pytest

from sandbox.iam.callers import Caller, NotAllowed
from sandbox.sagemaker.transform import inputs
from sandbox.sagemaker.transform.inputs import InputError, InputObject
from tests.sandbox.sagemaker.transform.batch import Bucket

CALLER = Caller("us-east-1", "arn:role")


def found(uri: str, kind: str = "S3Prefix") -> dict[str, str]:
    entries = inputs.find_objects({"S3DataType": kind, "S3Uri": uri}, CALLER)
    return {entry.key: entry.output for entry in entries}


@pytest.mark.parametrize(
    ("uri", "outputs"),
    [
        ("s3://b/in/", {"in/a.csv": "a.csv.out", "in/sub/b.csv": "sub/b.csv.out"}),
        ("s3://b/in/sub/b.csv", {"in/sub/b.csv": "b.csv.out"}),
        ("s3://b/in/sub", {"in/sub/b.csv": "b.csv.out"}),
        ("s3://b/in/s", {"in/sub/b.csv": "sub/b.csv.out"}),
        ("s3://b/in_", {"in_old/c.csv": "in_old/c.csv.out"}),
        ("s3://b", {"in/a.csv": "in/a.csv.out"}),
    ],
)
def test_an_output_mirrors_the_key_below_the_prefix(
    uri: str, outputs: dict[str, str], bucket: Bucket
) -> None:
    bucket.objects = dict.fromkeys(("in/sub/b.csv", "in/a.csv", "in_old/c.csv", "in/folder/"), b"")

    assert outputs.items() <= found(uri).items()
    assert "in/folder/" not in found(uri)


def test_a_prefix_is_raw_text_and_takes_its_neighbours_too(bucket: Bucket) -> None:
    bucket.objects = dict.fromkeys(("in/a.csv", "in_old/c.csv"), b"")

    assert [*found("s3://b/in")] == ["in/a.csv", "in_old/c.csv"]


def manifest(bucket: Bucket, content: Any) -> dict[str, str]:
    bucket.objects["m.json"] = (
        content if isinstance(content, bytes) else json.dumps(content).encode()
    )
    return found("s3://b/m.json", "ManifestFile")


def test_a_manifest_lists_keys_below_its_prefix(bucket: Bucket) -> None:
    names = manifest(bucket, [{"prefix": "s3://b/data/"}, "x/1.csv", "2.csv"])

    assert names == {"data/x/1.csv": "x/1.csv.out", "data/2.csv": "2.csv.out"}
    assert manifest(bucket, [{"prefix": "s3://b/data/"}]) == {}


@pytest.mark.parametrize(
    "content",
    [b"no JSON", {"prefix": "s3://b"}, [], ["x"], [{"prefix": "b/"}], [{"prefix": "s3://b"}, 1]],
)
def test_another_manifest_is_refused(content: Any, bucket: Bucket) -> None:
    with pytest.raises(InputError, match="the manifest is no JSON list"):
        manifest(bucket, content)


def test_content_is_decompressed_when_the_request_says_so(bucket: Bucket) -> None:
    entry = InputObject("b", "k", "k.out")
    bucket.objects["k"] = packed = gzip.compress(b"1,2\n")

    assert inputs.read_content(entry, "Gzip", CALLER) == b"1,2\n"
    assert inputs.read_content(entry, "None", CALLER) == packed
    for broken in (b"1,2\n", packed[:-4], packed[:12] + b"\0" * 20):
        bucket.objects["k"] = broken
        with pytest.raises(InputError, match="Failed to decompress the object with Gzip"):
            inputs.read_content(entry, "Gzip", CALLER)


def test_an_object_that_is_gone_is_an_error(bucket: Bucket) -> None:
    with pytest.raises(InputError, match=r"Failed to read s3://b/k: .*NoSuchKey"):
        inputs.read_content(InputObject("b", "k", "k.out"), "None", CALLER)


def test_an_input_without_objects_is_refused_in_the_words_of_aws(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (
        'No S3 objects found under S3 URL "s3://{0}/in/" given in input data source. Please ensure '
        "that the bucket exists in the selected region (us-east-1), that objects exist under that "
        'S3 prefix, and that the role "arn:role" has "s3:ListBucket" permissions on bucket "{0}".'
    )
    for name in ("b", "missing"):
        assert inputs.refusal_of_empty(f"s3://{name}/in/", CALLER) == words.format(name)
    bucket.objects["in/a.csv"] = b""
    assert inputs.refusal_of_empty("s3://b/in/", CALLER) is None
    assert "is no S3 address" in str(inputs.refusal_of_empty("b/in/", CALLER))

    def need(self: Caller, action: str, resource: str, given: Any) -> None:
        assert (action, resource, given) == (
            "s3:ListBucket",
            "arn:aws:s3:::b",
            {"s3:prefix": "in/"},
        )
        raise NotAllowed("no")

    monkeypatch.setattr(Caller, "need", need)
    assert inputs.refusal_of_empty("s3://b/in/", CALLER) == words.format("b")
