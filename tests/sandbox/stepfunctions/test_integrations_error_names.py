"""The names by which a Catch knows an error of an AWS SDK integration."""

import pytest
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
)

from sandbox.stepfunctions import integrations


@pytest.mark.parametrize(
    ("service", "prefix"),
    [
        ("applicationautoscaling", "ApplicationAutoScaling"),
        ("cloudformation", "CloudFormation"),
        ("cloudwatch", "CloudWatch"),
        ("cloudwatchlogs", "CloudWatchLogs"),
        ("codebuild", "CodeBuild"),
        ("dynamodb", "DynamoDb"),
        ("ecr", "Ecr"),
        ("eventbridge", "EventBridge"),
        ("s3", "S3"),
        ("sagemaker", "SageMaker"),
        ("sagemakerruntime", "SageMakerRuntime"),
        ("sfn", "Sfn"),
        ("sns", "Sns"),
        ("sqs", "Sqs"),
        ("ssm", "Ssm"),
    ],
)
def test_an_error_of_the_sdk_has_the_prefix_that_a_catch_names(
    service: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {**state_task_service_aws_sdk._SERVICE_ERROR_NAMES, **integrations._ERROR_PREFIXES}
    monkeypatch.setattr(state_task_service_aws_sdk, "_SERVICE_ERROR_NAMES", known)
    sdk = state_task_service_aws_sdk.StateTaskServiceAwsSdk

    name = sdk._normalise_exception_name(
        sdk._normalise_service_error_name(service), ClientError({"Error": {"Code": "Any"}}, "Call")
    )

    assert name == f"{prefix}.{prefix}Exception"
