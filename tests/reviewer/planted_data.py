"""Dangerous changes of data, networks, identities and builds, and what each has to be called."""

from tests.reviewer.planted import BUCKET, Planted, setting

_LOG, _KEY, _ROLE = "AWS::EC2::FlowLog", "AWS::KMS::Key", "AWS::IAM::Role"
_BUILD, _REPOSITORY = "AWS::CodeBuild::Project", "AWS::ECR::Repository"

DANGEROUS_DATA: dict[str, Planted] = {
    "key disabled": Planted(
        "Storage", setting(_KEY, "", "Enabled", False), "key-disabled", "Storage/Key"
    ),
    "flow logs of refused packets only": Planted(
        "Network",
        setting(_LOG, "", "TrafficType", "REJECT"),
        "flow-logs-narrowed",
        "Network/Network/FlowLogs",
    ),
    "access log elsewhere": Planted(
        "Storage",
        setting(BUCKET, "Data", "LoggingConfiguration/DestinationBucketName", "elsewhere"),
        "log-target-changed",
        "Storage/Data",
    ),
    "longer sessions": Planted(
        "Training-churn",
        setting(_ROLE, "JobRole", "MaxSessionDuration", 43200),
        "sessions-longer",
        "Training-churn/JobRole",
    ),
    "builds in another image": Planted(
        "Registry",
        setting(_BUILD, "", "Environment/Image", "elsewhere/image:1"),
        "build-image-changed",
        "Registry/ImageBuild",
    ),
    "repository emptied when it is deleted": Planted(
        "Registry",
        setting(_REPOSITORY, "", "EmptyOnDelete", True),
        "emptied-on-deletion",
        "Registry/Repository",
    ),
}
