"""Input objects of a transform job: those of a prefix or manifest, their content, their outputs."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from sandbox.iam.callers import NotAllowed
from sandbox.s3 import transfers

if TYPE_CHECKING:
    from sandbox.iam.callers import Caller
    from sandbox.state.stores import Document


class InputError(Exception):
    """An input that cannot be read; the text is one line."""


class InputObject(NamedTuple):
    """An object to transform, and the name of its output below S3OutputPath."""

    bucket: str
    key: str
    output: str

    @property
    def shown(self) -> str:
        """Its name in the data log."""
        return f"{self.bucket}/{self.key}"


def find_objects(source: Document, caller: Caller) -> list[InputObject]:
    """Return the objects of an S3DataSource, by key; raises InputError or NotAllowed."""
    uri = source["S3Uri"]
    if source["S3DataType"] == "ManifestFile":
        return _listed_in(_read(*transfers.split(uri), caller))
    bucket, prefix = transfers.split(uri)
    keys = [key for key in _keys(bucket, prefix, caller) if not key.endswith("/")]
    return [InputObject(bucket, key, f"{_below(prefix, key)}.out") for key in keys]


def _keys(bucket: str, prefix: str, caller: Caller) -> list[str]:
    caller.need("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": prefix})
    storage = transfers.s3(caller.region, bucket)
    pages = storage.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    try:
        return sorted(entry["Key"] for page in pages for entry in page.get("Contents", []))
    except storage.exceptions.NoSuchBucket:
        return []


def _below(prefix: str, key: str) -> str:
    """Return the part of `key` that its output keeps.

    It is what follows the prefix; of a key that the prefix ends in, its last part is whole. The
    guide has `input1.csv.out` for `input1.csv`; what the API reference shows for a key two folders
    below its prefix is not what public notebooks find (aws/amazon-sagemaker-examples#347, #1048).
    """
    rest = key[len(prefix) :]
    return rest.lstrip("/") if rest.startswith("/") else key[prefix.rfind("/") + 1 :]


def _listed_in(manifest: bytes) -> list[InputObject]:
    """Return what a manifest lists; botocore's model of TransformS3DataSource has its format."""
    try:
        first, *names = json.loads(manifest)
        bucket, prefix = transfers.split(first["prefix"])
        if not all(isinstance(name, str) for name in names):
            raise ValueError("it lists what is no key")
    except (ValueError, TypeError, KeyError, transfers.TransferError) as error:
        raise InputError(
            f'the manifest is no JSON list of a "prefix" and keys: {" ".join(str(error).split())}'
        ) from None
    return [InputObject(bucket, prefix + name, f"{name.lstrip('/')}.out") for name in names]


def read_content(entry: InputObject, compression: str, caller: Caller) -> bytes:
    """Return the content of an object, decompressed; raises InputError or NotAllowed."""
    content = _read(entry.bucket, entry.key, caller)
    if compression != "Gzip":
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"Failed to decompress the object with Gzip: {error}") from None


def _read(bucket: str, key: str, caller: Caller) -> bytes:
    caller.need_object("s3:GetObject", bucket, key)
    try:
        found: Any = transfers.s3(caller.region, bucket).get_object(Bucket=bucket, Key=key)
        content: bytes = found["Body"].read()
    except ClientError as error:
        raise InputError(f"Failed to read s3://{bucket}/{key}: {error}") from None
    return content


def refusal_of_empty(uri: str, caller: Caller) -> str | None:
    """Return AWS's words against a prefix without objects, or one the role may not list; else None.

    aws/amazon-sagemaker-examples#2414
    """
    try:
        bucket, prefix = transfers.split(uri)
    except transfers.TransferError as error:
        return str(error)
    try:
        if _keys(bucket, prefix, caller):
            return None
    except NotAllowed:
        pass
    return (
        f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that '
        f"the bucket exists in the selected region ({caller.region}), that objects exist under "
        f'that S3 prefix, and that the role "{caller.role_arn}" has "s3:ListBucket" permissions on '
        f'bucket "{bucket}".'
    )
