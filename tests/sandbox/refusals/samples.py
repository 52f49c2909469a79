"""Whole requests, of which a test changes what it is about."""

from __future__ import annotations

from typing import Any

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sample"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/sample:1"
Document = dict[str, Any]


def changed(sample: Any, path: str, value: Any) -> Any:
    """Return a copy of a request in which the member at `path` (`A.0.B`) is `value`."""
    name, _, rest = path.partition(".")
    if isinstance(sample, list):
        copy = list(sample)
        copy[int(name)] = changed(sample[int(name)], rest, value) if rest else value
        return copy
    inner = changed(sample.get(name, {}), rest, value) if rest else value
    return {**sample, name: inner}


def many(number: int, value: str = "x") -> dict[str, str]:
    """Return a map with `number` entries."""
    return {f"k{count}": value for count in range(number)}


TRAINING: Document = {
    "TrainingJobName": "sample",
    "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
    "RoleArn": ROLE,
    "OutputDataConfig": {"S3OutputPath": "s3://sample/output"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
}
PROCESSING: Document = {
    "ProcessingJobName": "sample",
    "AppSpecification": {"ImageUri": IMAGE},
    "RoleArn": ROLE,
    "ProcessingResources": {
        "ClusterConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 10,
        }
    },
}
TRANSFORM: Document = {
    "TransformJobName": "sample",
    "ModelName": "sample",
    "TransformInput": {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://sample/in"}}
    },
    "TransformOutput": {"S3OutputPath": "s3://sample/out"},
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
MODEL: Document = {
    "ModelName": "sample",
    "ExecutionRoleArn": ROLE,
    "PrimaryContainer": {"Image": IMAGE},
}
VARIANT: Document = {
    "VariantName": "AllTraffic",
    "ModelName": "sample",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 1,
}
CONFIGURATION: Document = {"EndpointConfigName": "sample", "ProductionVariants": [VARIANT]}
ENDPOINT: Document = {"EndpointName": "sample", "EndpointConfigName": "sample"}
NOTEBOOK: Document = {
    "NotebookInstanceName": "sample",
    "InstanceType": "ml.t3.medium",
    "RoleArn": ROLE,
}
SCHEDULE: Document = {
    "Name": "sample",
    "ScheduleExpression": "rate(1 hour)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:sample", "RoleArn": ROLE},
}
ALARM: Document = {
    "AlarmName": "sample",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "MetricName": "Errors",
    "Namespace": "Sample",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 0.0,
}
PROJECT: Document = {
    "name": "sample",
    "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2"},
    "artifacts": {"type": "NO_ARTIFACTS"},
    "environment": {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/standard:7.0",
        "computeType": "BUILD_GENERAL1_SMALL",
    },
    "serviceRole": ROLE,
}
BUDGET: Document = {
    "AccountId": ACCOUNT,
    "Budget": {
        "BudgetName": "sample",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "10", "Unit": "USD"},
    },
}
