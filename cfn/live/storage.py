"""Readers of what keeps data: buckets, keys, log groups, image repositories."""

from typing import Any

from cfn.live.calls import Call, Properties, Reader, capitalised, chosen, document

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def bucket(call: Call, name: str) -> Properties:
    """Read a bucket: every setting is a call of its own."""

    def setting(operation: str) -> Any:
        return call("s3", operation, {"Bucket": name}, or_none=True)

    call("s3", "head_bucket", {"Bucket": name})
    block = setting("get_public_access_block").get("PublicAccessBlockConfiguration", {})
    logging = setting("get_bucket_logging").get("LoggingEnabled", {})
    told = setting("get_bucket_notification_configuration")
    cors = setting("get_bucket_cors").get("CORSRules")
    website = setting("get_bucket_website").get("IndexDocument")
    copied = setting("get_bucket_replication").get("ReplicationConfiguration")
    return {
        "VersioningConfiguration": {"Status": setting("get_bucket_versioning").get("Status")},
        "PublicAccessBlockConfiguration": {key: block.get(key, False) for key in _BLOCKS},
        "OwnershipControls": setting("get_bucket_ownership_controls").get("OwnershipControls"),
        "BucketEncryption": _encryption(setting("get_bucket_encryption")),
        "LifecycleConfiguration": _lifecycle(setting("get_bucket_lifecycle_configuration")),
        "LoggingConfiguration": {
            "DestinationBucketName": logging.get("TargetBucket"),
            "LogFilePrefix": logging.get("TargetPrefix"),
        },
        "NotificationConfiguration": _notifications(told),
        "CorsConfiguration": cors,
        "WebsiteConfiguration": website,
        "ReplicationConfiguration": copied,
    }


def _encryption(answer: Any) -> Any:
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return {
        "ServerSideEncryptionConfiguration": [
            {
                "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
                "ServerSideEncryptionByDefault": rule.get("ApplyServerSideEncryptionByDefault"),
            }
            for rule in rules
        ]
    }


def _lifecycle(answer: Any) -> Any:
    rules = [_lifecycle_rule(rule) for rule in answer.get("Rules", [])]
    return {"Rules": rules} if rules else None


def _lifecycle_rule(rule: Any) -> Properties:
    expires, old = rule.get("Expiration", {}), rule.get("NoncurrentVersionExpiration", {})
    return {
        "Id": rule.get("ID"),
        "Status": rule.get("Status"),
        "Prefix": rule.get("Filter", {}).get("Prefix") or rule.get("Prefix"),
        "ExpirationInDays": expires.get("Days"),
        "ExpiredObjectDeleteMarker": expires.get("ExpiredObjectDeleteMarker"),
        "NoncurrentVersionExpiration": {"NoncurrentDays": old.get("NoncurrentDays")},
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
    }


def _notifications(answer: Any) -> Any:
    others = {
        key: value for key, value in answer.items() if key.endswith("Configurations") and value
    }
    to_events = {"EventBridgeEnabled": True} if "EventBridgeConfiguration" in answer else None
    return {"EventBridgeConfiguration": to_events, **others}


def bucket_policy(call: Call, name: str) -> Properties:
    """Read the policy of a bucket."""
    return {"PolicyDocument": document(call("s3", "get_bucket_policy", {"Bucket": name})["Policy"])}


def key(call: Call, name: str) -> Properties:
    """Read a key; one that is disabled or about to be deleted is not enabled."""
    found = call("kms", "describe_key", {"KeyId": name})["KeyMetadata"]
    rotation = call("kms", "get_key_rotation_status", {"KeyId": name})
    policy = call("kms", "get_key_policy", {"KeyId": name, "PolicyName": "default"})
    return {
        **chosen(found, "Description", "Enabled"),
        "EnableKeyRotation": rotation["KeyRotationEnabled"],
        "KeyPolicy": document(policy["Policy"]),
    }


def log_group(call: Call, name: str) -> Properties:
    """Read a log group; the call finds by prefix."""
    groups = call("logs", "describe_log_groups", {"logGroupNamePrefix": name})["logGroups"]
    found = next((one for one in groups if one["logGroupName"] == name), None)
    if found is None:
        raise LookupError(f"{name} does not exist")
    return {"RetentionInDays": found.get("retentionInDays"), "KmsKeyId": found.get("kmsKeyId")}


def repository(call: Call, name: str) -> Properties:
    """Read an image repository."""
    found = call("ecr", "describe_repositories", {"repositoryNames": [name]})["repositories"][0]
    named: dict[str, Any] = {"repositoryName": name}
    lifecycle = call("ecr", "get_lifecycle_policy", named, or_none=True)
    policy = call("ecr", "get_repository_policy", named, or_none=True)
    return {
        "ImageTagMutability": found["imageTagMutability"],
        "ImageScanningConfiguration": capitalised(found.get("imageScanningConfiguration")),
        "LifecyclePolicy": {"LifecyclePolicyText": document(lifecycle.get("lifecyclePolicyText"))},
        "RepositoryPolicyText": document(policy.get("policyText")),
    }


READERS: dict[str, Reader] = {
    "AWS::ECR::Repository": repository,
    "AWS::KMS::Key": key,
    "AWS::Logs::LogGroup": log_group,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
}
