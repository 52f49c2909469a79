"""Properties of live resources where a template leaves them out."""

from typing import Any

# AWS's own defaults; what stands in neither this table nor a template is expected to be empty,
# off or absent. Each is the default that the API reference of its service names.
DEFAULTS: dict[str, dict[str, Any]] = {
    "AWS::CloudWatch::Alarm": {"ActionsEnabled": True, "TreatMissingData": "missing"},
    "AWS::CodeBuild::Project": {"TimeoutInMinutes": 60},
    "AWS::EC2::SecurityGroup": {"SecurityGroupEgress": ["-1 0.0.0.0/0"]},
    "AWS::EC2::VPC": {"EnableDnsSupport": True},
    "AWS::EC2::FlowLog": {"TrafficType": "ALL"},
    "AWS::ECR::Repository": {"ImageTagMutability": "MUTABLE"},
    "AWS::Events::Rule": {"State": "ENABLED"},
    "AWS::IAM::Role": {"MaxSessionDuration": 3600},
    "AWS::KMS::Key": {"Enabled": True},
    "AWS::SQS::Queue": {"MessageRetentionPeriod": 345_600},
    "AWS::SageMaker::NotebookInstance": {
        "DirectInternetAccess": "Enabled",
        "RootAccess": "Enabled",
        "VolumeSizeInGB": 5,
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "1"},
    },
    "AWS::Scheduler::Schedule": {"State": "ENABLED", "ScheduleExpressionTimezone": "UTC"},
    "AWS::StepFunctions::StateMachine": {"LoggingConfiguration": {"Level": "OFF"}},
}
