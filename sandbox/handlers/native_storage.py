"""Handler of S3 buckets: one call creates them, each setting is another call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.handlers.resource import (
    ResourceError,
    StackResource,
    changed,
    keep_identity,
    refuse_named_replacement,
)

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws

# property -> (operation, argument); the argument gets the property as it stands
_SETTINGS = {
    "PublicAccessBlockConfiguration": (
        "put_public_access_block",
        "PublicAccessBlockConfiguration",
    ),
    "VersioningConfiguration": ("put_bucket_versioning", "VersioningConfiguration"),
    "OwnershipControls": ("put_bucket_ownership_controls", "OwnershipControls"),
}


class Bucket:
    """An S3 bucket with the settings that moto keeps."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the bucket and apply its settings."""
        resource.name = (
            resource.name
            or resource.properties.get("BucketName")
            or resource.generated_name(lowercase=True)
        )
        if "BucketName" in resource.properties and _exists(aws, resource.name):
            # S3 in us-east-1 would answer its owner with the bucket that is there.
            raise ResourceError(
                f"Resource of type 'AWS::S3::Bucket' with identifier '{resource.name}' already "
                "exists."
            )
        arguments: dict[str, Any] = {"Bucket": resource.name}
        if aws.region != "us-east-1":
            arguments["CreateBucketConfiguration"] = {"LocationConstraint": aws.region}
        aws.call("s3", "create_bucket", arguments)
        resource.physical_id = resource.name
        self._apply(aws, resource, set(resource.properties))

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Apply the changed settings; another name is another bucket."""
        names = changed(new, old)
        if "BucketName" in names:
            refuse_named_replacement(new, "BucketName", old.properties)
            self.create(aws, new)
            return True
        keep_identity(new, old)
        self._apply(aws, new, names)
        return False

    def adopt(self, aws: Aws, resource: StackResource, identifier: str) -> None:
        """Take the bucket called `identifier` into the stack, as it is."""
        aws.call("s3", "head_bucket", {"Bucket": identifier})
        resource.name = resource.physical_id = identifier
        self._apply(aws, resource, set())

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete the bucket; S3 refuses one that holds objects."""
        aws.forget("s3", "delete_bucket", {"Bucket": resource.physical_id})

    def _apply(self, aws: Aws, resource: StackResource, names: set[str]) -> None:
        bucket, region = resource.physical_id, aws.region
        resource.attributes.update(
            Arn=f"arn:aws:s3:::{bucket}",
            DomainName=f"{bucket}.s3.amazonaws.com",
            RegionalDomainName=f"{bucket}.s3.{region}.amazonaws.com",
            DualStackDomainName=f"{bucket}.s3.dualstack.{region}.amazonaws.com",
            WebsiteURL=f"http://{bucket}.s3-website-{region}.amazonaws.com",
        )
        for name in sorted(names & set(resource.properties)):
            value = resource.properties[name]
            if name in _SETTINGS:
                operation, argument = _SETTINGS[name]
                aws.call("s3", operation, {"Bucket": bucket, argument: value})
            elif name in _TRANSLATED:
                _TRANSLATED[name](aws, bucket, value)


def _encryption(aws: Aws, bucket: str, value: dict[str, Any]) -> None:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        }
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    arguments = {"Bucket": bucket, "ServerSideEncryptionConfiguration": {"Rules": rules}}
    aws.call("s3", "put_bucket_encryption", arguments)


def _notifications(aws: Aws, bucket: str, value: dict[str, Any]) -> None:
    others = sorted(set(value) - {"EventBridgeConfiguration"})
    if others:
        raise ResourceError(
            f"sandbox: bucket notification {', '.join(others)} is not emulated; "
            "use EventBridgeConfiguration and an EventBridge rule"
        )
    configuration: dict[str, Any] = {"EventBridgeConfiguration": {}}
    arguments = {"Bucket": bucket, "NotificationConfiguration": configuration}
    aws.call("s3", "put_bucket_notification_configuration", arguments)


def _logging(aws: Aws, bucket: str, value: dict[str, Any]) -> None:
    names = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
    enabled = {names[key]: item for key, item in value.items() if key in names}
    enabled = {"TargetBucket": bucket, "TargetPrefix": "", **enabled}
    status = {"LoggingEnabled": enabled}
    aws.call("s3", "put_bucket_logging", {"Bucket": bucket, "BucketLoggingStatus": status})


def _lifecycle(aws: Aws, bucket: str, value: dict[str, Any]) -> None:
    rules = [_lifecycle_rule(index, rule) for index, rule in enumerate(value["Rules"])]
    arguments = {"Bucket": bucket, "LifecycleConfiguration": {"Rules": rules}}
    aws.call("s3", "put_bucket_lifecycle_configuration", arguments)


def _lifecycle_rule(index: int, rule: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ID": rule.get("Id", f"rule-{index}"),
        "Status": rule.get("Status", "Enabled"),
        "Filter": {"Prefix": rule.get("Prefix", "")},
    }
    expiration = {
        target: rule[source]
        for source, target in (
            ("ExpirationInDays", "Days"),
            ("ExpirationDate", "Date"),
            ("ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker"),
        )
        if source in rule
    }
    if expiration:
        result["Expiration"] = expiration
    if "AbortIncompleteMultipartUpload" in rule:
        result["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    old = rule.get("NoncurrentVersionExpiration")
    days = old["NoncurrentDays"] if old else rule.get("NoncurrentVersionExpirationInDays")
    if days is not None:
        result["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    if "Transitions" in rule:
        result["Transitions"] = [
            {"StorageClass": t["StorageClass"], "Days": t.get("TransitionInDays", 0)}
            for t in rule["Transitions"]
        ]
    return result


_TRANSLATED = {
    "BucketEncryption": _encryption,
    "NotificationConfiguration": _notifications,
    "LoggingConfiguration": _logging,
    "LifecycleConfiguration": _lifecycle,
}


def _exists(aws: Aws, bucket: str) -> bool:
    owned = aws.call("s3", "list_buckets", {}).get("Buckets", [])
    return any(one["Name"] == bucket for one in owned)
