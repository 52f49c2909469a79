"""Attributes of live resources as Fn::GetAtt gives them; the formats are those of AWS's ARNs.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import pytest

from cli.drift.resource_attributes import Location, attribute

HERE = Location("111122223333", "eu-west-1", "aws-cn")
_AT = "eu-west-1:111122223333"


@pytest.mark.parametrize(
    ("kind", "physical_id", "name", "value"),
    [
        ("CloudWatch::Alarm", "a", "Arn", f"arn:aws-cn:cloudwatch:{_AT}:alarm:a"),
        ("CodeBuild::Project", "a", "Arn", f"arn:aws-cn:codebuild:{_AT}:project/a"),
        ("EC2::SecurityGroup", "sg-1", "GroupId", "sg-1"),
        ("ECR::Repository", "a", "Arn", f"arn:aws-cn:ecr:{_AT}:repository/a"),
        (
            "ECR::Repository",
            "a",
            "RepositoryUri",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com/a",
        ),
        ("Events::Rule", "a", "Arn", f"arn:aws-cn:events:{_AT}:rule/a"),
        ("IAM::Role", "a", "Arn", "arn:aws-cn:iam::111122223333:role/a"),
        ("KMS::Key", "k", "Arn", f"arn:aws-cn:kms:{_AT}:key/k"),
        ("KMS::Key", "k", "KeyId", "k"),
        ("Logs::LogGroup", "/a", "Arn", f"arn:aws-cn:logs:{_AT}:log-group:/a:*"),
        ("S3::Bucket", "a", "Arn", "arn:aws-cn:s3:::a"),
        ("SNS::Topic", "arn:x:a", "TopicArn", "arn:x:a"),
        ("SNS::Topic", "arn:x:a", "TopicName", "a"),
        ("SQS::Queue", "https://x/1/a", "Arn", f"arn:aws-cn:sqs:{_AT}:a"),
        ("SQS::Queue", "https://x/1/a", "QueueName", "a"),
        ("SQS::Queue", "https://x/1/a", "QueueUrl", "https://x/1/a"),
        ("SageMaker::Endpoint", "arn:x/a", "EndpointName", "a"),
        ("SageMaker::EndpointConfig", "arn:x/a", "EndpointConfigName", "a"),
        ("SageMaker::Model", "arn:x/a", "ModelName", "a"),
        ("SageMaker::ModelPackageGroup", "arn:x/a", "ModelPackageGroupArn", "arn:x/a"),
        ("SageMaker::NotebookInstance", "arn:x/a", "NotebookInstanceName", "a"),
        (
            "SageMaker::NotebookInstanceLifecycleConfig",
            "arn:x/a",
            "NotebookInstanceLifecycleConfigName",
            "a",
        ),
        ("Scheduler::Schedule", "a", "Arn", f"arn:aws-cn:scheduler:{_AT}:schedule/default/a"),
        ("StepFunctions::StateMachine", "arn:x:a", "Arn", "arn:x:a"),
        ("StepFunctions::StateMachine", "arn:x:a", "Name", "a"),
        ("S3::Bucket", "a", "DomainName", None),
        ("S3::AccessPoint", "a", "Arn", None),
    ],
)
def test_an_attribute_is_worked_out_from_the_physical_id(
    kind: str, physical_id: str, name: str, value: str | None
) -> None:
    assert attribute(f"AWS::{kind}", physical_id, name, HERE) == value
