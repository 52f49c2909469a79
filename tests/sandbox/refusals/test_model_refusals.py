"""Requests that break a constraint of an API's model are refused in its words, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.refusals.conftest import Call
from tests.sandbox.refusals.samples import (
    ALARM,
    BUDGET,
    CONFIGURATION,
    ENDPOINT,
    MODEL,
    NOTEBOOK,
    PROCESSING,
    PROJECT,
    ROLE,
    SCHEDULE,
    TRAINING,
    TRANSFORM,
    VARIANT,
    changed,
    many,
)

LONGER, LESS = "length less than or equal to", "value less than or equal to"
MORE = "value greater than or equal to"
NAME = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
_VARIANT = "ProductionVariants.0"
_MAP = {"Key": "k", "Value": "v"}
_DEPLOYMENT = "DeploymentConfig.BlueGreenUpdatePolicy"
_BLUE = {
    "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0},
    "MaximumExecutionTimeoutInSeconds": 599,
}
_DOMAIN = {
    "DomainName": "sample",
    "AuthMode": "IAM",
    "DefaultUserSettings": {"ExecutionRole": ROLE},
    "VpcId": "vpc-1",
    "SubnetIds": [f"subnet-{number}" for number in range(11)],
}
_TUNING = {
    "HyperParameterTuningJobName": "x" * 33,
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "ResourceLimits": {"MaxParallelTrainingJobs": 1},
    },
}
_RANGES = [{"Name": f"r{number}", "MinValue": "1", "MaxValue": "2"} for number in range(31)]
_SUBSCRIBER = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}
_NOTIFIED = {
    "Notification": {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 80.0,
    },
    "Subscribers": [_SUBSCRIBER] * 12,
}
_METRIC = {
    "PolicyName": "sample",
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/sample/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 1.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "Misspelt"},
    },
}
_STACK = {"StackName": "sample", "TemplateBody": "x" * 51_201}
_ONE = "1 validation error detected: "

# Row, operation, parameters, and what the answer says.
SAGEMAKER: list[tuple[str, str, dict[str, Any], str]] = [
    (
        *("R57", "update_endpoint"),
        changed(ENDPOINT, "DeploymentConfig.RollingUpdatePolicy.MaximumBatchSize.Value", 0),
        "'deploymentConfig.rollingUpdatePolicy.maximumBatchSize.value' failed to satisfy "
        f"constraint: Member must have {MORE} 1",
    ),
    ("R58", "update_endpoint", changed(ENDPOINT, _DEPLOYMENT, _BLUE), f"have {MORE} 600"),
    (
        *("R58", "update_endpoint"),
        changed(
            ENDPOINT,
            "DeploymentConfig.AutoRollbackConfiguration.Alarms",
            [{"AlarmName": "a"}] * 11,
        ),
        f"have {LONGER} 10",
    ),
    (
        *("R58", "update_endpoint"),
        changed(ENDPOINT, _DEPLOYMENT, {"TrafficRoutingConfiguration": {"Type": "CANARY"}}),
        "Value null at 'deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration."
        "waitIntervalInSeconds' failed to satisfy constraint: Member must not be null",
    ),
    (
        *("R69", "create_endpoint_config"),
        changed(CONFIGURATION, f"{_VARIANT}.InstanceType", "ml.t3.medium"),
        f"{_ONE}Value 'ml.t3.medium' at 'productionVariants.1.member.instanceType' failed to "
        "satisfy constraint: Member must satisfy enum value set: [ml.",
    ),
    (
        *("R71", "create_endpoint_config"),
        changed(CONFIGURATION, f"{_VARIANT}.VolumeSizeInGB", 513),
        f"have {LESS} 512",
    ),
    (
        *("R72", "create_endpoint_config"),
        changed(CONFIGURATION, f"{_VARIANT}.ModelDataDownloadTimeoutInSeconds", 59),
        f"have {MORE} 60",
    ),
    (
        *("R73", "create_endpoint_config"),
        changed(CONFIGURATION, "ProductionVariants", [VARIANT] * 11),
        f"'productionVariants' failed to satisfy constraint: Member must have {LONGER} 10",
    ),
    (
        *("R73", "create_endpoint_config"),
        changed(CONFIGURATION, f"{_VARIANT}.InitialVariantWeight", -1.0),
        f"have {MORE} 0",
    ),
    ("R73", "create_model", changed(MODEL, "Containers", [{"Image": "i"}] * 16), f"{LONGER} 15"),
    (
        *("R75", "create_endpoint_config"),
        changed(
            CONFIGURATION,
            f"{_VARIANT}.ServerlessConfig",
            {"MemorySizeInMB": 7168, "MaxConcurrency": 201},
        ),
        f"have {LESS} 6144; Value '201' at "
        "'productionVariants.1.member.serverlessConfig.maxConcurrency' failed to satisfy "
        f"constraint: Member must have {LESS} 200",
    ),
    (
        *("R88", "create_endpoint"),
        changed(ENDPOINT, "EndpointName", "a_b"),
        f"{_ONE}Value 'a_b' at 'endpointName' failed to satisfy constraint: Member must satisfy "
        f"regular expression pattern: {NAME}",
    ),
    ("R88", "create_training_job", changed(TRAINING, "TrainingJobName", "-a"), NAME),
    ("R88", "create_endpoint", changed(ENDPOINT, "EndpointName", "a" * 64), f"{LONGER} 63"),
    (
        *("R89", "create_model"),
        changed(MODEL, "PrimaryContainer.Environment", many(101)),
        f"have {LONGER} 100",
    ),
    (
        *("R89", "create_model"),
        changed(MODEL, "PrimaryContainer.Environment", many(1, "x" * 1025)),
        "at 'primaryContainer.environment' failed to satisfy constraint: Map value must satisfy "
        f"constraint: [Member must have {LONGER} 1024",
    ),
    (
        *("R92", "create_model"),
        changed(MODEL, "ExecutionRoleArn", "a-name-without-a-colon"),
        "Value 'a-name-without-a-colon' at 'executionRoleArn' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: arn:aws[a-z\-]*:iam::\d{12}:role/?",
    ),
    (
        *("R97", "create_model"),
        changed(MODEL, "PrimaryContainer.ModelDataUrl", "http://sample/model.tar.gz"),
        "regular expression pattern: (https|s3)://([^/]+)/?(.*)",
    ),
    (
        *("R101", "create_training_job"),
        changed(TRAINING, "ResourceConfig.InstanceType", "ml.m5.tiny"),
        "'resourceConfig.instanceType' failed to satisfy constraint: Member must satisfy enum",
    ),
    (
        *("R107", "create_training_job"),
        changed(TRAINING, "HyperParameters", many(101)),
        f"'hyperParameters' failed to satisfy constraint: Member must have {LONGER} 100",
    ),
    (
        *("R107", "create_training_job"),
        changed(TRAINING, "HyperParameters", many(1, "x" * 2501)),
        f"Map value must satisfy constraint: [Member must have {LONGER} 2500",
    ),
    (
        *("R107", "create_training_job"),
        changed(TRAINING, "HyperParameters", {"k" * 257: "x"}),
        f"Map keys must satisfy constraint: [Member must have {LONGER} 256",
    ),
    (
        *("R108", "create_training_job"),
        changed(TRAINING, "Environment", many(1, "x" * 513)),
        f"[Member must have {LONGER} 512",
    ),
    (
        *("R108", "create_processing_job"),
        changed(PROCESSING, "Environment", many(1, "x" * 257)),
        f"[Member must have {LONGER} 256",
    ),
    (
        *("R108", "create_transform_job"),
        changed(TRANSFORM, "Environment", many(17)),
        f"Member must have {LONGER} 16",
    ),
    (
        *("R109", "create_training_job"),
        changed(
            TRAINING,
            "InputDataConfig",
            [{"ChannelName": f"c{n}", "DataSource": {}} for n in range(21)],
        ),
        f"have {LONGER} 20",
    ),
    (
        *("R109", "create_training_job"),
        changed(
            TRAINING,
            "AlgorithmSpecification.MetricDefinitions",
            [{"Name": "n", "Regex": "(.*)"}] * 41,
        ),
        f"have {LONGER} 40",
    ),
    (
        *("R109", "create_processing_job"),
        changed(PROCESSING, "AppSpecification.ContainerArguments", ["x" * 257]),
        f"'appSpecification.containerArguments' failed to satisfy constraint: Member must satisfy "
        f"constraint: [Member must have {LONGER} 256",
    ),
    ("R109", "create_model", changed(MODEL, "Tags", [_MAP] * 51), f"have {LONGER} 50"),
    (
        *("R109", "create_training_job"),
        changed(TRAINING, "ResourceConfig.KeepAlivePeriodInSeconds", 21_601),
        f"have {LESS} 21600",
    ),
    (
        *("R109", "create_training_job"),
        changed(TRAINING, "RetryStrategy.MaximumRetryAttempts", 31),
        f"have {LESS} 30",
    ),
    (
        *("R110", "create_model"),
        changed(MODEL, "VpcConfig", {"SecurityGroupIds": [], "Subnets": ["subnet-1"]}),
        f"{_ONE}Value '[]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member "
        "must have length greater than or equal to 1",
    ),
    (
        *("R110", "create_model"),
        changed(MODEL, "VpcConfig", {"SecurityGroupIds": ["sg-1"] * 6, "Subnets": ["s-1"] * 17}),
        "2 validation errors detected",
    ),
    (
        *("R121", "create_transform_job"),
        changed(TRANSFORM, "ModelClientConfig", {"InvocationsTimeoutInSeconds": 3601}),
        f"have {LESS} 3600",
    ),
    (
        *("R121", "create_transform_job"),
        changed(TRANSFORM, "ModelClientConfig", {"InvocationsMaxRetries": 4}),
        f"have {LESS} 3",
    ),
    ("R122", "create_hyper_parameter_tuning_job", _TUNING, f"have {LONGER} 32"),
    (
        *("R124", "create_hyper_parameter_tuning_job"),
        changed(
            _TUNING,
            "HyperParameterTuningJobConfig.ParameterRanges.IntegerParameterRanges",
            _RANGES,
        ),
        f"have {LONGER} 30",
    ),
    (
        *("R134", "create_notebook_instance_lifecycle_config"),
        {
            "NotebookInstanceLifecycleConfigName": "sample",
            "OnStart": [{"Content": "x" * 16_385}],
        },
        f"'onStart.1.member.content' failed to satisfy constraint: Member must have {LONGER} 16384",
    ),
    (
        *("R139", "create_notebook_instance"),
        changed(NOTEBOOK, "AdditionalCodeRepositories", [f"r{n}" for n in range(4)]),
        f"have {LONGER} 3",
    ),
    ("R139", "create_notebook_instance", changed(NOTEBOOK, "VolumeSizeInGB", 4), f"{MORE} 5"),
    ("R141", "create_domain", _DOMAIN, f"{_ONE}Value '[subnet-0, "),
]
OTHERS: list[tuple[str, str, str, dict[str, Any], str, str]] = [
    (
        *("R28", "cloudformation", "create_stack", _STACK, "ValidationError"),
        f"at 'templateBody' failed to satisfy constraint: Member must have {LONGER} 51200",
    ),
    (
        *("R148", "sagemaker-runtime", "invoke_endpoint"),
        *({"EndpointName": "sample", "Body": b"x" * 6_291_457}, "ValidationError"),
        f"{_ONE}Value at 'body' failed to satisfy constraint: Member must have {LONGER} 6291456",
    ),
    (
        *("R151", "sagemaker-runtime", "invoke_endpoint_async"),
        {"EndpointName": "sample", "InputLocation": "s3://b/k", "RequestTTLSeconds": 59},
        *("ValidationError", f"have {MORE} 60"),
    ),
    (
        *("R159", "sagemaker-runtime", "invoke_endpoint"),
        {"EndpointName": "sample", "Body": b"1", "CustomAttributes": "x" * 1025},
        *(
            "ValidationError",
            f"'customAttributes' failed to satisfy constraint: Member must have {LONGER} 1024",
        ),
    ),
    (
        *("R159", "sagemaker-runtime", "invoke_endpoint"),
        {"EndpointName": "sample", "Body": b"1", "InferenceId": "x" * 65},
        *("ValidationError", f"have {LONGER} 64"),
    ),
    (
        *("R169", "application-autoscaling", "put_scaling_policy", _METRIC),
        *("ValidationException", "Member must satisfy enum value set: ["),
    ),
    (
        *("R183", "stepfunctions", "start_execution"),
        {"stateMachineArn": "arn:aws:states:x", "input": "x" * 262_145},
        *("ValidationException", f"{_ONE}Value at 'input' failed to satisfy constraint: Member"),
    ),
    (
        *("R186", "stepfunctions", "create_state_machine"),
        {"name": "x" * 81, "definition": "x" * 1_048_577, "roleArn": ROLE},
        *("ValidationException", "2 validation errors detected: "),
    ),
    (
        *("R193", "events", "put_rule", {"Name": "x" * 65, "EventPattern": "x" * 4097}),
        *("ValidationException", "2 validation errors detected: "),
    ),
    (
        *("R193", "events", "put_targets"),
        {"Rule": "r", "Targets": [{"Id": "t", "Arn": ROLE, "Input": "x" * 8193}]},
        *("ValidationException", f"have {LONGER} 8192"),
    ),
    (
        *("R203", "scheduler", "create_schedule", changed(SCHEDULE, "Name", "x" * 65)),
        *("ValidationException", f"have {LONGER} 64"),
    ),
    (
        *("R203", "scheduler", "create_schedule"),
        changed(
            SCHEDULE,
            "Target.RetryPolicy",
            {"MaximumRetryAttempts": 186, "MaximumEventAgeInSeconds": 59},
        ),
        *("ValidationException", f"have {LESS} 185"),
    ),
    (
        *("R216", "iam", "create_role"),
        {"RoleName": "x" * 65, "AssumeRolePolicyDocument": "{}", "MaxSessionDuration": 3599},
        *(
            "ValidationError",
            f"at 'roleName' failed to satisfy constraint: Member must have {LONGER} 64",
        ),
    ),
    (
        *("R222", "kms", "schedule_key_deletion", {"KeyId": "k", "PendingWindowInDays": 6}),
        *("ValidationException", f"have {MORE} 7"),
    ),
    (
        *("R235", "ecr", "create_repository", {"repositoryName": "Upper"}),
        *("InvalidParameterException", "Invalid parameter at 'repositoryName' failed to satisfy "),
    ),
    (
        *("R235", "ecr", "put_lifecycle_policy"),
        {"repositoryName": "sample", "lifecyclePolicyText": "{}"},
        *("InvalidParameterException", "length greater than or equal to 100"),
    ),
    (
        *("R241", "codebuild", "create_project", changed(PROJECT, "timeoutInMinutes", 2161)),
        *("InvalidInputException", f"have {LESS} 2160"),
    ),
    (
        *("R253", "cloudwatch", "put_metric_alarm", changed(ALARM, "AlarmName", "x" * 256)),
        *("ValidationError", f"have {LONGER} 255"),
    ),
    (
        *("R253", "cloudwatch", "put_metric_alarm"),
        changed(ALARM, "AlarmActions", [f"arn:aws:sns:us-east-1:1:t{n}" for n in range(6)]),
        *(
            "ValidationError",
            f"'alarmActions' failed to satisfy constraint: Member must have {LONGER} 5",
        ),
    ),
    (
        *("R260", "budgets", "create_budget"),
        changed(BUDGET, "NotificationsWithSubscribers", [_NOTIFIED]),
        *("InvalidParameterException", f"have {LONGER} 11"),
    ),
    (
        *("R260", "budgets", "create_budget", changed(BUDGET, "Budget.BudgetName", "a:b")),
        *("InvalidParameterException", "at 'budget.budgetName' failed to satisfy constraint"),
    ),
]


@pytest.mark.parametrize(
    ("row", "operation", "params", "words"), SAGEMAKER, ids=[case[0] for case in SAGEMAKER]
)
def test_sagemaker_refuses_what_its_model_does_not_allow(
    refusal: Call, row: str, operation: str, params: dict[str, Any], words: str
) -> None:
    code, message = refusal("sagemaker", operation, **params)

    assert (code, words in message) == ("ValidationException", True), (row, message[:400])


@pytest.mark.parametrize(
    ("row", "service", "operation", "params", "code", "words"),
    OTHERS,
    ids=[case[0] for case in OTHERS],
)
def test_a_service_refuses_what_its_model_does_not_allow(
    refusal: Call,
    row: str,
    service: str,
    operation: str,
    params: dict[str, Any],
    code: str,
    words: str,
) -> None:
    told, message = refusal(service, operation, **params)

    assert (told, words in message) == (code, True), (row, message[:400])
