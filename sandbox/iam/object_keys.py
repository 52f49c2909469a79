"""KMS keys of S3 objects: what a caller needs of them beside the right to the object.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

if TYPE_CHECKING:
    from sandbox.iam.policy_language.context_keys import Given
    from sandbox.state.stores import Document

_OWN_ALIAS = "alias/aws/s3"
_BY_KMS = ("aws:kms", "aws:kms:dsse")
# HeadObject decrypts nothing. A part is encrypted with what was decrypted of the upload's key.
_READING = frozenset({"GetObject", "SelectObjectContent"})
_WRITING = {
    "PutObject": ("kms:GenerateDataKey",),
    "CopyObject": ("kms:GenerateDataKey",),
    "CreateMultipartUpload": ("kms:GenerateDataKey",),
    "UploadPart": ("kms:GenerateDataKey", "kms:Decrypt"),
    "UploadPartCopy": ("kms:GenerateDataKey", "kms:Decrypt"),
    "CompleteMultipartUpload": ("kms:Decrypt",),
}


class KeyNeed(NamedTuple):
    """An action that is needed of a key, and the context keys of that call."""

    action: str
    key_arn: str
    given: Given


def needs(operation: str, params: Document) -> list[KeyNeed]:
    """Return what an operation of S3 needs of the keys of the objects that it names."""
    place = str(params.get("Bucket", "")), str(params.get("Key", ""))
    if operation in _READING:
        return _of_reading(*place, params.get("VersionId"))
    found = [need for action in _WRITING.get(operation, ()) for need in _of(action, *place, params)]
    if operation in ("CopyObject", "UploadPartCopy"):
        source, _, version = str(params.get("CopySource", "")).lstrip("/").partition("?versionId=")
        bucket, _, key = source.partition("/")
        found += _of_reading(bucket, key, version or None)
    return found


def _of_reading(bucket: str, key: str, version: str | None) -> list[KeyNeed]:
    found = _object(bucket, key, version)
    if found is None or found.encryption not in _BY_KMS:
        return []
    return _need("kms:Decrypt", bucket, key, found.kms_key_id)


def _of(action: str, bucket: str, key: str, params: Document) -> list[KeyNeed]:
    algorithm, key_id = params.get("ServerSideEncryption"), params.get("SSEKMSKeyId")
    default = _default(bucket)
    if (algorithm or default.get("SSEAlgorithm")) not in _BY_KMS:
        return []
    if not algorithm or algorithm == default.get("SSEAlgorithm"):
        key_id = key_id or default.get("KMSMasterKeyID")
    return _need(action, bucket, key, key_id)


def _need(action: str, bucket: str, key: str, key_id: Any) -> list[KeyNeed]:
    found = _bucket(bucket)
    # The policy of AWS's own key for S3 admits everybody whom S3 admits.
    if found is None or not key_id or str(key_id).endswith(_OWN_ALIAS):
        return []
    rule = (found.encryption or {}).get("Rule", {})
    what = bucket if rule.get("BucketKeyEnabled") else f"{bucket}/{key}"
    given: dict[str, str | tuple[str, ...]] = {
        "kms:ViaService": f"s3.{found.region_name}.amazonaws.com",
        "kms:EncryptionContextKeys": ("aws:s3:arn",),
        "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{what}",
    }
    return [KeyNeed(action, _arn(found, str(key_id)), given)]


def _arn(bucket: Any, key_id: str) -> str:
    """Return the ARN of a key that is named by its id, its alias or the ARN of either."""
    owner, region = bucket.account_id, bucket.region_name
    if key_id.startswith("arn:"):
        owner, region = key_id.split(":")[4], key_id.split(":")[3]
    name = key_id.rpartition(":")[2]
    if name.startswith("alias/"):
        keys = list(kms_backends[owner][region].keys.values())
        return next((str(one.arn) for one in keys if name in one.aliases), key_id)
    return f"arn:aws:kms:{region}:{owner}:key/{name.removeprefix('key/')}"


def _default(bucket: str) -> dict[str, Any]:
    encryption = getattr(_bucket(bucket), "encryption", None) or {}
    return dict(encryption.get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {}))


def _bucket(name: str) -> Any:
    partition, owner = s3_backends.bucket_accounts.get(name, ("", ""))
    return s3_backends[owner][partition].buckets.get(name) if owner else None


def _object(bucket: str, key: str, version: str | None) -> Any:
    found = _bucket(bucket)
    versions = found.keys.getlist(key, []) if found is not None else []
    for one in reversed(versions):
        if version is None or getattr(one, "version_id", None) == version:
            return one if hasattr(one, "encryption") else None
    return None
