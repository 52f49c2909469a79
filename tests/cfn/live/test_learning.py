from typing import Any

import pytest

from cfn.live.readers import READERS
from tests.cfn.live.answers import Answers, read

ARN = "arn:aws:sagemaker:us-east-1:111122223333:"
TARGET = "endpoint/churn/variant/A|sagemaker:variant:DesiredInstanceCount|sagemaker"
POLICY_ARN = (
    "arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:1:resource/sagemaker/"
    "endpoint/churn/variant/A:policyName/by-invocations:createdBy/2"
)


def test_an_endpoint_is_read_by_the_name_in_its_arn() -> None:
    aws = Answers({"describe_endpoint": {"EndpointConfigName": "churn-2", "Other": 1}})

    found = READERS["AWS::SageMaker::Endpoint"](aws, f"{ARN}endpoint/churn")

    assert found == {"EndpointConfigName": "churn-2"}
    assert aws.asked == [("sagemaker", "describe_endpoint", {"EndpointName": "churn"})]


LISTED: list[tuple[str, str, str, str, dict[str, Any]]] = [
    (
        "AWS::SageMaker::EndpointConfig",
        "list_endpoint_configs",
        "EndpointConfig",
        "describe_endpoint_config",
        {"KmsKeyId": "k"},
    ),
    (
        "AWS::SageMaker::Model",
        "list_models",
        "Model",
        "describe_model",
        {"ExecutionRoleArn": "r", "EnableNetworkIsolation": True},
    ),
    (
        "AWS::SageMaker::NotebookInstanceLifecycleConfig",
        "list_notebook_instance_lifecycle_configs",
        "NotebookInstanceLifecycleConfig",
        "describe_notebook_instance_lifecycle_config",
        {"OnCreate": [], "OnStart": [{"Content": "eA=="}]},
    ),
]


@pytest.mark.parametrize(("kind", "listing", "thing", "describe", "settings"), LISTED)
def test_a_name_is_looked_up_by_an_arn_on_every_page_until_it_is_found(
    kind: str, listing: str, thing: str, describe: str, settings: dict[str, Any]
) -> None:
    def page(name: str, **more: str) -> dict[str, Any]:
        item = {f"{thing}Arn": f"{ARN}{name.lower()}", f"{thing}Name": name}
        return {"ResponseMetadata": {}, "Items": [item], **more}

    pages = [page("Other", NextToken="two"), page("Mine", NextToken="three"), page("Last")]
    aws = Answers({listing: pages, describe: {**settings, "Unread": 1}})

    assert READERS[kind](aws, f"{ARN}mine") == settings
    assert aws.asked == [
        ("sagemaker", listing, {"MaxResults": 100}),
        ("sagemaker", listing, {"MaxResults": 100, "NextToken": "two"}),
        ("sagemaker", describe, {f"{thing}Name": "Mine"}),
    ]


def test_an_arn_on_no_page_does_not_exist() -> None:
    with pytest.raises(LookupError, match=f"{ARN}mine does not exist"):
        read("AWS::SageMaker::Model", f"{ARN}mine", list_models={"Models": []})


def test_a_model_package_group_without_a_policy_has_none() -> None:
    kind, about = "AWS::SageMaker::ModelPackageGroup", {"ModelPackageGroupDescription": "churn"}

    alone = read(kind, f"{ARN}x/churn", describe_model_package_group=about)
    shared = read(
        kind,
        f"{ARN}x/churn",
        describe_model_package_group=about,
        get_model_package_group_policy={"ResourcePolicy": '{"Statement": []}'},
    )

    assert alone == {**about, "ModelPackageGroupPolicy": None}
    assert shared == {**about, "ModelPackageGroupPolicy": {"Statement": []}}


def test_a_notebook_instance_is_read_in_the_words_of_a_template() -> None:
    same = {
        "InstanceType": "ml.t3.medium",
        "RoleArn": "r",
        "RootAccess": "Disabled",
        "DirectInternetAccess": "Disabled",
        "SubnetId": "subnet-1",
        "KmsKeyId": "k",
        "VolumeSizeInGB": 5,
        "DefaultCodeRepository": None,
        "AdditionalCodeRepositories": None,
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
        "PlatformIdentifier": "notebook-al2023-v1",
    }
    renamed = {"NotebookInstanceLifecycleConfigName": "start", "SecurityGroups": ["sg-1"]}

    kind, arn = "AWS::SageMaker::NotebookInstance", f"{ARN}notebook-instance/lab"

    assert read(kind, arn, describe_notebook_instance={**same, **renamed, "Url": "u"}) == {
        **same,
        "LifecycleConfigName": "start",
        "SecurityGroupIds": ["sg-1"],
    }
    assert "PlatformIdentifier" not in read(kind, arn, describe_notebook_instance=renamed)


@pytest.mark.parametrize(
    ("suspended", "read_as"),
    [
        ({}, None),
        ({"DynamicScalingInSuspended": False}, None),
        ({"DynamicScalingInSuspended": True}, {"DynamicScalingInSuspended": True}),
    ],
)
def test_a_scalable_target_is_read_with_its_scheduled_actions(
    suspended: dict[str, bool], read_as: dict[str, bool] | None
) -> None:
    target = {"MinCapacity": 1, "MaxCapacity": 4, "SuspendedState": suspended}
    action = {"ScheduledActionName": "morning", "Schedule": "cron(0 7 * * ? *)"}
    aws = Answers(
        {
            "describe_scalable_targets": {"ScalableTargets": [target]},
            "describe_scheduled_actions": {"ScheduledActions": [{**action, "CreationTime": 1}]},
        }
    )

    assert READERS["AWS::ApplicationAutoScaling::ScalableTarget"](aws, TARGET) == {
        "MinCapacity": 1,
        "MaxCapacity": 4,
        "ScheduledActions": [action],
        "SuspendedState": read_as,
    }
    resource, dimension, namespace = TARGET.split("|")
    where = {"ServiceNamespace": namespace, "ScalableDimension": dimension}
    assert aws.asked[0][2] == {"ResourceIds": [resource], **where}
    assert aws.asked[1][2] == {"ResourceId": resource, **where}


def test_a_scaling_policy_is_that_of_its_arn_among_those_of_its_name() -> None:
    def policy(arn: str, target: int) -> dict[str, Any]:
        tracking = {"TargetValue": target}
        kind = {"PolicyType": "TargetTrackingScaling"}
        return {"PolicyARN": arn, **kind, "TargetTrackingScalingPolicyConfiguration": tracking}

    found = {"ScalingPolicies": [policy("arn:other", 1), policy(POLICY_ARN, 2)]}
    aws = Answers({"describe_scaling_policies": found})

    assert READERS["AWS::ApplicationAutoScaling::ScalingPolicy"](aws, POLICY_ARN) == {
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 2},
    }
    assert aws.asked[0][2] == {"ServiceNamespace": "sagemaker", "PolicyNames": ["by-invocations"]}


def test_every_setting_of_an_alarm_is_read() -> None:
    # What a person may change on the page of an alarm in the console.
    edited = {
        "AlarmActions": ["a"],
        "OKActions": ["o"],
        "InsufficientDataActions": ["i"],
        "ActionsEnabled": False,
        "Threshold": 5.0,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "breaching",
        "MetricName": "Errors",
        "Namespace": "N",
        "Period": 60,
        "Statistic": "Sum",
        "ExtendedStatistic": "p99",
        "Dimensions": [{"Name": "n", "Value": "v"}],
    }
    answer = {"MetricAlarms": [{**edited, "StateValue": "OK"}]}

    assert read("AWS::CloudWatch::Alarm", "late", describe_alarms=answer) == edited


def test_a_build_project_is_read_with_its_build_in_the_words_of_a_template() -> None:
    project = {
        "serviceRole": "r",
        "encryptionKey": "k",
        "timeoutInMinutes": 30,
        "environment": {"type": "LINUX_CONTAINER", "privilegedMode": True},
        "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        "name": "image",
    }
    answer = {"projects": [project]}

    assert read("AWS::CodeBuild::Project", "image", batch_get_projects=answer) == {
        "ServiceRole": "r",
        "EncryptionKey": "k",
        "TimeoutInMinutes": 30,
        "Environment": {"Type": "LINUX_CONTAINER", "PrivilegedMode": True},
        "Source": {"Type": "NO_SOURCE", "BuildSpec": "version: 0.2"},
    }


def test_a_dashboard_is_read_as_the_document_it_is() -> None:
    answer = {"DashboardBody": '{"widgets": []}'}

    found = read("AWS::CloudWatch::Dashboard", "board", get_dashboard=answer)

    assert found == {"DashboardBody": {"widgets": []}}


def test_a_budget_is_one_of_the_callers_account() -> None:
    aws = Answers(
        {
            "get_caller_identity": {"Account": "111122223333"},
            "describe_budget": {"Budget": {"BudgetName": "month"}},
        }
    )

    assert READERS["AWS::Budgets::Budget"](aws, "month") == {"Budget": {"BudgetName": "month"}}
    assert aws.asked[1][2] == {"AccountId": "111122223333", "BudgetName": "month"}


@pytest.mark.parametrize(
    ("kind", "identity", "operation", "answer"),
    [
        (
            "AWS::ApplicationAutoScaling::ScalableTarget",
            TARGET,
            "describe_scalable_targets",
            {"ScalableTargets": []},
        ),
        (
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            POLICY_ARN,
            "describe_scaling_policies",
            {"ScalingPolicies": [{"PolicyARN": "arn:other"}]},
        ),
        ("AWS::CloudWatch::Alarm", "late", "describe_alarms", {"MetricAlarms": []}),
        ("AWS::CodeBuild::Project", "image", "batch_get_projects", {"projects": []}),
    ],
)
def test_what_an_answer_leaves_out_does_not_exist(
    kind: str, identity: str, operation: str, answer: dict[str, Any]
) -> None:
    with pytest.raises(LookupError, match="does not exist"):
        read(kind, identity, **{operation: answer})
