"""Downloads and uploads between S3 and folders: prefixes, single objects, tar.gz archives."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from moto.s3.models import s3_backends

from sandbox.state import clients, context

if TYPE_CHECKING:
    from sandbox.iam.callers import Caller


_S3 = re.compile(r"s3://([^/]+)(?:/(.*))?", re.DOTALL)
_OF_PATH = re.compile(r"https://s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com/([^/]+)(?:/(.*))?", re.DOTALL)
_OF_HOST = re.compile(
    r"https://([a-z0-9.-]+?)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:/(.*))?", re.DOTALL
)


class TransferError(Exception):
    """Data that cannot be moved; the text is one line and fits a FailureReason."""


def s3(region: str, bucket: str = "") -> Any:
    """Return the sandbox's S3 client of `region`, of the account that owns `bucket`.

    Whether a role may do what it asks for is judged before.
    """
    _, owner = s3_backends.bucket_accounts.get(bucket, ("", clients.ACCOUNT))
    return clients.client("s3", url=context.current().url, region=region, account=owner)


def split(uri: str) -> tuple[str, str]:
    """Return bucket and key of an address; raises TransferError for anything else.

    SageMaker takes `s3://bucket/key` and both forms of `https://`, with the bucket in the path or
    in the name of the host:
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
    """
    found = _S3.fullmatch(uri) or _OF_PATH.fullmatch(uri) or _OF_HOST.fullmatch(uri)
    if not found:
        raise TransferError(f"ClientError: {uri!r} is no S3 address; use s3://bucket/key")
    return found[1], unquote(found[2] or "") if uri.startswith("https:") else found[2] or ""


def join(uri: str, name: str) -> str:
    """Return the address of `name` below the prefix `uri`."""
    return f"{uri.rstrip('/')}/{name}"


def download(uri: str, folder: Path, caller: Caller) -> int:
    """Copy every object whose key starts with `uri` below `folder`; return how many there were.

    Raises NotAllowed when the role of `caller` may not list the bucket or read an object.
    """
    bucket, prefix = split(uri)
    caller.need("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": prefix})
    storage, count = s3(caller.region, bucket), 0
    try:
        for page in storage.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for key in (entry["Key"] for entry in page.get("Contents", [])):
                if key.endswith("/"):
                    continue
                caller.need_object("s3:GetObject", bucket, key)
                target = _inside(folder, key[len(prefix) :].lstrip("/") or Path(key).name)
                target.parent.mkdir(parents=True, exist_ok=True)
                storage.download_file(bucket, key, str(target))
                count += 1
    except storage.exceptions.NoSuchBucket:
        return 0
    return count


def require(uri: str, folder: Path, caller: Caller) -> None:
    """Copy as `download` does; raises TransferError in AWS's words when nothing is there."""
    if not download(uri, folder, caller):
        bucket, _ = split(uri)
        raise TransferError(
            f'ClientError: Data download failed:No S3 objects found under S3 URL "{uri}" given in '
            f"input data source. Please ensure that the bucket {bucket} exists in the selected "
            f"region ({caller.region}) and that objects exist under that S3 prefix."
        )


def upload(folder: Path, uri: str, caller: Caller) -> int:
    """Copy every file of `folder` below the prefix `uri`; return how many there were."""
    bucket, prefix = split(uri)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in files:
        key = join(prefix, path.relative_to(folder).as_posix()).lstrip("/")
        upload_file(path, bucket, key, caller)
    return len(files)


def upload_file(path: Path, bucket: str, key: str, caller: Caller) -> None:
    """Put one file; raises NotAllowed when the role may not."""
    caller.need_object("s3:PutObject", bucket, key)
    s3(caller.region, bucket).upload_file(str(path), bucket, key)


def upload_archive(folder: Path, uri: str, caller: Caller) -> None:
    """Put the contents of `folder` as one .tar.gz at `uri`; an empty folder puts nothing."""
    entries = sorted(folder.iterdir())
    if not entries:
        return
    bucket, key = split(uri)
    caller.need_object("s3:PutObject", bucket, key)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for entry in entries:
            archive.add(entry, entry.name)
    buffer.seek(0)
    s3(caller.region, bucket).upload_fileobj(buffer, bucket, key)


def download_archive(uri: str, folder: Path, caller: Caller) -> None:
    """Unpack the .tar.gz at `uri` into `folder`; raises TransferError when it cannot."""
    bucket, key = split(uri)
    caller.need_object("s3:GetObject", bucket, key)
    storage = s3(caller.region, bucket)
    buffer = io.BytesIO()
    try:
        storage.download_fileobj(bucket, key, buffer)
        buffer.seek(0)
        with tarfile.open(fileobj=buffer) as archive:
            archive.extractall(folder, filter="data")
    except storage.exceptions.ClientError:
        raise TransferError(
            f"Could not find model data at {uri}; train and register the model again"
        ) from None
    except (tarfile.TarError, OSError, EOFError) as error:
        raise TransferError(f"Failed to extract model data archive {uri}: {error}") from None


def _inside(folder: Path, name: str) -> Path:
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise TransferError(f"ClientError: key {name!r} points outside its folder; rename it")
    return target
