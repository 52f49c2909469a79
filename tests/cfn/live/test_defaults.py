from typing import Any

import pytest

from cfn.live.differences import differences

# As the API describes a resource that was made without these settings, by its API reference.
AS_MADE: list[tuple[str, str, Any, Any]] = [
    ("AWS::CloudWatch::Alarm", "ActionsEnabled", True, False),
    ("AWS::CloudWatch::Alarm", "TreatMissingData", "missing", "breaching"),
    ("AWS::CodeBuild::Project", "TimeoutInMinutes", 60, 61),
    ("AWS::EC2::SecurityGroup", "SecurityGroupEgress", ["-1 0.0.0.0/0"], []),
    ("AWS::EC2::VPC", "EnableDnsSupport", True, False),
    ("AWS::EC2::FlowLog", "TrafficType", "ALL", "REJECT"),
    ("AWS::ECR::Repository", "ImageTagMutability", "MUTABLE", "IMMUTABLE"),
    ("AWS::Events::Rule", "State", "ENABLED", "DISABLED"),
    ("AWS::IAM::Role", "MaxSessionDuration", 3_600, 43_200),
    ("AWS::KMS::Key", "Enabled", True, False),
    ("AWS::SQS::Queue", "MessageRetentionPeriod", "345600", "60"),
    ("AWS::SageMaker::NotebookInstance", "DirectInternetAccess", "Enabled", "Disabled"),
    ("AWS::SageMaker::NotebookInstance", "RootAccess", "Enabled", "Disabled"),
    ("AWS::SageMaker::NotebookInstance", "VolumeSizeInGB", 5, 6),
    ("AWS::Scheduler::Schedule", "State", "ENABLED", "DISABLED"),
    ("AWS::Scheduler::Schedule", "ScheduleExpressionTimezone", "UTC", "Asia/Tokyo"),
]


@pytest.mark.parametrize(("kind", "name", "made", "other"), AS_MADE)
def test_what_aws_sets_by_itself_is_no_difference(
    kind: str, name: str, made: Any, other: Any
) -> None:
    assert list(differences(kind, {}, {name: made})) == []
    (one,) = differences(kind, {}, {name: other})
    assert (one.path, one.actual, one.is_left_out) == (name, other, True)


@pytest.mark.parametrize(
    ("kind", "name", "member", "made"),
    [
        (
            "AWS::SageMaker::NotebookInstance",
            "InstanceMetadataServiceConfiguration",
            "MinimumInstanceMetadataServiceVersion",
            "1",
        ),
        ("AWS::StepFunctions::StateMachine", "LoggingConfiguration", "Level", "OFF"),
    ],
)
def test_what_aws_sets_inside_a_setting_is_expected_beside_what_a_template_says(
    kind: str, name: str, member: str, made: str
) -> None:
    assert list(differences(kind, {}, {name: {member: made}})) == []
    assert list(differences(kind, {name: {"Own": 1}}, {name: {"Own": 1, member: made}})) == []
    (one,) = differences(kind, {name: {"Own": 1}}, {name: {"Own": 1, member: "other"}})
    assert (one.path, one.expected, one.actual) == (f"{name}/{member}", made, "other")


def test_a_setting_of_a_template_goes_before_what_aws_sets() -> None:
    kind, name = "AWS::StepFunctions::StateMachine", "LoggingConfiguration"

    assert list(differences(kind, {name: {"Level": "ALL"}}, {name: {"Level": "ALL"}})) == []
