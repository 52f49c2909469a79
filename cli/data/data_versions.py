"""Data versions in the data bucket: listed, checked, and uploaded with the marker last."""

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from boto3.s3.transfer import TransferConfig

from cli.environments.environment import Environment
from cli.terminal.errors import WrongInput
from cli.terminal.name_suggestions import nearest_first
from config.outputs import DATA_BUCKET_NAME
from config.s3_layout import READY_MARKER, data_version_prefix, model_prefix
from config.stack_names import STORAGE

# A part of 8 MB for each thread is in memory.
_TRANSFER = TransferConfig(max_concurrency=4)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@dataclass(frozen=True)
class DataVersion:
    """One version of a model's data in the bucket."""

    name: str
    bytes: int
    files: int
    arrived: datetime | None

    @property
    def is_ready(self) -> bool:
        """True when the marker of the version is there."""
        return self.arrived is not None


def new_version_name() -> str:
    """Return the time in UTC as the name of a version."""
    return datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")


def list_versions(env: Environment, model: str) -> list[DataVersion]:
    """Return every version of the model's data, newest last; the unfinished ones first."""
    bucket = env.output(STORAGE, DATA_BUCKET_NAME)
    found: dict[str, DataVersion] = {}
    pages = env.aws("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=model_prefix(model)):
        for item in page.get("Contents", []):
            _, version, *rest = item["Key"].split("/")
            old = found.get(version, DataVersion(version, 0, 0, None))
            if rest == [READY_MARKER]:
                new = DataVersion(version, old.bytes, old.files, item["LastModified"])
            else:
                new = DataVersion(version, old.bytes + item["Size"], old.files + 1, old.arrived)
            found[version] = new
    beginning = datetime.min.replace(tzinfo=UTC)
    return sorted(found.values(), key=lambda version: (version.arrived or beginning, version.name))


def require_ready(env: Environment, model: str, version: str) -> None:
    """Raise WrongInput unless this version of the data is in the bucket and complete."""
    names = [item.name for item in list_versions(env, model) if item.is_ready]
    if version not in names:
        listed = ", ".join(nearest_first(version, names)[:8]) or "none yet"
        raise WrongInput(f"{model}: no complete data version {version!r}; there is {listed}")


def check_version_name(version: str) -> None:
    """Raise WrongInput unless `version` can be part of an object's key."""
    if not _NAME.fullmatch(version):
        raise WrongInput(
            f"--version: {version!r} is not a version; use letters, digits, '.', '_', '-', "
            "63 at most"
        )


def check_is_new(env: Environment, model: str, version: str) -> None:
    """Raise WrongInput when the bucket has an object of this version."""
    bucket = env.output(STORAGE, DATA_BUCKET_NAME)
    prefix = data_version_prefix(model, version)
    if env.aws("s3").list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)["KeyCount"]:
        raise WrongInput(
            f"{model}: data version {version!r} exists and stays as it is; choose another --version"
        )


def upload_version(
    env: Environment,
    model: str,
    version: str,
    files: Mapping[str, BinaryIO],
    on_bytes: Callable[[int], None],
) -> str:
    """Upload a version's files by their names in it, then its marker; return its S3 URI.

    After an error or an interruption every object of it is removed, the marker first.
    """
    bucket = env.output(STORAGE, DATA_BUCKET_NAME)
    s3 = env.aws("s3")
    prefix = data_version_prefix(model, version)
    keys = {f"{prefix}{name}": content for name, content in files.items()}
    marker = f"{prefix}{READY_MARKER}"
    try:
        for key, content in keys.items():
            s3.upload_fileobj(content, bucket, key, Callback=on_bytes, Config=_TRANSFER)
        s3.put_object(Bucket=bucket, Key=marker, Body=b"")
    except BaseException:
        for key in (marker, *keys):
            with contextlib.suppress(Exception):
                s3.delete_object(Bucket=bucket, Key=key)
        raise
    return f"s3://{bucket}/{prefix}"
