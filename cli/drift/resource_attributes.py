"""Attributes of live resources that Fn::GetAtt gives, worked out from their physical ids."""

from collections.abc import Callable
from dataclasses import dataclass

from cfn.live.calls import last_part
from config.outputs import REPOSITORY_URI


@dataclass(frozen=True)
class Location:
    """Where a stack is."""

    account: str
    region: str
    partition: str

    def arn(self, service: str, rest: str) -> str:
        """Return an ARN of this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{rest}"


_Attribute = Callable[[str, Location], str]


def _named(service: str, prefix: str) -> _Attribute:
    return lambda name, here: here.arn(service, f"{prefix}{name}")


def _same(name: str, _: Location) -> str:
    return name


def _last(name: str, _: Location) -> str:
    return last_part(name)


def _after_colon(name: str, _: Location) -> str:
    return name.rpartition(":")[2]


_OF_TYPE: dict[str, dict[str, _Attribute]] = {
    "AWS::CloudWatch::Alarm": {"Arn": _named("cloudwatch", "alarm:")},
    "AWS::CodeBuild::Project": {"Arn": _named("codebuild", "project/")},
    "AWS::EC2::SecurityGroup": {"GroupId": _same},
    "AWS::ECR::Repository": {
        "Arn": _named("ecr", "repository/"),
        REPOSITORY_URI: lambda name, here: (
            f"{here.account}.dkr.ecr.{here.region}.amazonaws.com/{name}"
        ),
    },
    "AWS::Events::Rule": {"Arn": _named("events", "rule/")},
    "AWS::IAM::Role": {
        "Arn": lambda name, here: f"arn:{here.partition}:iam::{here.account}:role/{name}"
    },
    "AWS::KMS::Key": {"Arn": _named("kms", "key/"), "KeyId": _same},
    "AWS::Logs::LogGroup": {"Arn": lambda name, here: here.arn("logs", f"log-group:{name}:*")},
    "AWS::S3::Bucket": {"Arn": lambda name, here: f"arn:{here.partition}:s3:::{name}"},
    "AWS::SNS::Topic": {"TopicArn": _same, "TopicName": _after_colon},
    "AWS::SQS::Queue": {
        "Arn": lambda url, here: here.arn("sqs", last_part(url)),
        "QueueName": _last,
        "QueueUrl": _same,
    },
    "AWS::SageMaker::Endpoint": {"EndpointName": _last},
    "AWS::SageMaker::EndpointConfig": {"EndpointConfigName": _last},
    "AWS::SageMaker::Model": {"ModelName": _last},
    "AWS::SageMaker::ModelPackageGroup": {"ModelPackageGroupArn": _same},
    "AWS::SageMaker::NotebookInstance": {"NotebookInstanceName": _last},
    "AWS::SageMaker::NotebookInstanceLifecycleConfig": {
        "NotebookInstanceLifecycleConfigName": _last
    },
    "AWS::Scheduler::Schedule": {"Arn": _named("scheduler", "schedule/default/")},
    "AWS::StepFunctions::StateMachine": {"Arn": _same, "Name": _after_colon},
}


def attribute(kind: str, physical_id: str, name: str, here: Location) -> str | None:
    """Return one attribute of a resource; None for one that the id does not tell."""
    found = _OF_TYPE.get(kind, {}).get(name)
    return None if found is None else found(physical_id, here)
