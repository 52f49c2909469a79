"""Which key encrypts what a resource holds, wherever its type keeps that setting."""

from typing import Any

from reviewer.assembly import Resource
from reviewer.values import Speller

# Where CloudFormation keeps the key of each type; only what is listed here holds data at rest.
_KEYS: dict[str, tuple[str, ...]] = {
    "AWS::CodeBuild::Project": ("EncryptionKey",),
    "AWS::ECR::Repository": ("EncryptionConfiguration", "KmsKey"),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::SageMaker::EndpointConfig": ("KmsKeyId",),
    "AWS::SageMaker::NotebookInstance": ("KmsKeyId",),
    "AWS::StepFunctions::StateMachine": ("EncryptionConfiguration", "KmsKeyId"),
}


def encrypted_with(item: Resource, speller: Speller) -> str:
    """The key, `AWS's own key` where none of ours is named, empty where nothing lies at rest."""
    if item.type == "AWS::S3::Bucket":
        return _bucket(item, speller)
    if item.type == "AWS::KMS::Key":
        return "is the key" + (", rotated yearly" if _rotates(item) else ", **not rotated**")
    if item.type not in _KEYS:
        return ""
    value: Any = item.properties
    for key in _KEYS[item.type]:
        value = value.get(key, {}) if isinstance(value, dict) else {}
    return speller.text(item.stack, value) if value else "AWS's own key"


def _bucket(item: Resource, speller: Speller) -> str:
    found = item.properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    for rule in found:
        chosen = rule.get("ServerSideEncryptionByDefault", {})
        if "KMSMasterKeyID" in chosen:
            return speller.text(item.stack, chosen["KMSMasterKeyID"])
        if chosen.get("SSEAlgorithm") == "AES256":
            return "S3's own key (AES256)"
    return "AWS's own key"


def _rotates(item: Resource) -> bool:
    return item.properties.get("EnableKeyRotation") is True
