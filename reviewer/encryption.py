"""KMS key that encrypts what a resource holds, wherever its type keeps that setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfn.catalogue import row
from cfn.values import at, mapping, mappings
from reviewer.resolver import Resolver

if TYPE_CHECKING:
    from reviewer.assembly import Resource


def encrypted_with(item: Resource, resolver: Resolver) -> str:
    """The key, `AWS's own key` where none of ours is named, empty where nothing lies at rest."""
    if item.type == "AWS::S3::Bucket":
        return _bucket(item, resolver)
    if item.type == "AWS::KMS::Key":
        return "is the key" + (", rotated yearly" if _rotates(item) else ", **not rotated**")
    path = row(item.type).key
    if not path:
        return ""
    value = at(item.properties, path)
    return resolver.text(item.stack, value) if value else "AWS's own key"


def _bucket(item: Resource, resolver: Resolver) -> str:
    path = "BucketEncryption/ServerSideEncryptionConfiguration"
    for rule in mappings(at(item.properties, path)):
        chosen = mapping(rule.get("ServerSideEncryptionByDefault"))
        if "KMSMasterKeyID" in chosen:
            return resolver.text(item.stack, chosen["KMSMasterKeyID"])
        if chosen.get("SSEAlgorithm") == "AES256":
            return "S3's own key (AES256)"
    return "AWS's own key"


def _rotates(item: Resource) -> bool:
    return item.properties.get("EnableKeyRotation") is True
