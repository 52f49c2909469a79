"""Changes by hand of a deployed environment, each made through the API of its service."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.cli.drift.workshop import Workshop

_PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


@dataclass(frozen=True)
class Plant:
    """`change` is made to the first resource of `type` whose id holds `part`; `path` tells it."""

    type: str
    part: str
    change: Callable[[Workshop, str], object]
    path: str


def _public(workshop: Workshop, bucket: str) -> None:
    s3 = workshop.aws("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    policy["Statement"].append({**_PUBLIC, "Resource": f"arn:aws:s3:::{bucket}/*"})
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def _opened_key(workshop: Workshop, key: str) -> None:
    kms = workshop.aws("kms")
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    stranger = {"AWS": "arn:aws:iam::444455556666:root"}
    policy["Statement"].append(
        {"Effect": "Allow", "Principal": stranger, "Action": "kms:Decrypt", "Resource": "*"}
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))


def _new_version(workshop: Workshop, arn: str) -> None:
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    workshop.aws("iam").create_policy_version(
        PolicyArn=arn, PolicyDocument=document, SetAsDefault=True
    )


def _inline(workshop: Workshop, role: str) -> None:
    allowed = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    workshop.aws("iam").put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=document)


def _attached(workshop: Workshop, role: str) -> None:
    iam = workshop.aws("iam")
    allowed = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    policy = iam.create_policy(PolicyName="by-hand", PolicyDocument=document)["Policy"]
    iam.attach_role_policy(RoleName=role, PolicyArn=policy["Arn"])


def _trusting(workshop: Workshop, role: str) -> None:
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    workshop.aws("iam").update_assume_role_policy(RoleName=role, PolicyDocument=document)


def _without_actions(workshop: Workshop, name: str) -> None:
    _changed_alarm(workshop, name, AlarmActions=[])


def _changed_alarm(workshop: Workshop, name: str, **changes: Any) -> None:
    cloudwatch = workshop.aws("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    members = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    settings = {key: value for key, value in found.items() if key in members}
    cloudwatch.put_metric_alarm(**{**settings, **changes})


def _redefined(workshop: Workshop, arn: str) -> None:
    definition = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    workshop.aws("stepfunctions").update_state_machine(stateMachineArn=arn, definition=definition)


def _rescheduled(workshop: Workshop, name: str) -> None:
    scheduler = workshop.aws("scheduler")
    found = scheduler.get_schedule(Name=name)
    names = ("Name", "FlexibleTimeWindow", "Target", "ScheduleExpression")
    settings = {key: found[key] for key in names}
    scheduler.update_schedule(**settings, State="DISABLED")


def _opened_group(workshop: Workshop, group: str) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    workshop.aws("ec2").authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{**rule, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )


def _route_out(workshop: Workshop, table: str) -> None:
    ec2 = workshop.aws("ec2")
    vpc = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def _scaled_further(workshop: Workshop, identity: str) -> None:
    resource, dimension, namespace = identity.split("|")
    workshop.aws("application-autoscaling").register_scalable_target(
        ServiceNamespace=namespace, ResourceId=resource, ScalableDimension=dimension, MaxCapacity=99
    )


def _other_config(workshop: Workshop, arn: str) -> None:
    name = arn.rpartition("/")[2]
    sagemaker = workshop.aws("sagemaker")
    live = sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"]
    config = sagemaker.describe_endpoint_config(EndpointConfigName=live)
    sagemaker.create_endpoint_config(
        EndpointConfigName="by-hand", ProductionVariants=config["ProductionVariants"]
    )
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName="by-hand")
    workshop.wait_for_endpoint(name)


def _s3(operation: str, **arguments: Any) -> Callable[[Workshop, str], object]:
    return lambda workshop, bucket: getattr(workshop.aws("s3"), operation)(
        Bucket=bucket, **arguments
    )


_CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
_BUCKET, _ALARM, _ROLE = "AWS::S3::Bucket", "AWS::CloudWatch::Alarm", "AWS::IAM::Role"
_MACHINE, _RULE = "AWS::StepFunctions::StateMachine", "AWS::Events::Rule"
_REPOSITORY, _NOTEBOOK = "AWS::ECR::Repository", "AWS::SageMaker::NotebookInstance"

PLANTS: dict[str, Plant] = {
    "bucket policy": Plant("AWS::S3::BucketPolicy", "Data", _public, "PolicyDocument"),
    "public access": Plant(
        _BUCKET, "Data", _s3("delete_public_access_block"), "PublicAccessBlockConfiguration"
    ),
    "versioning": Plant(
        _BUCKET,
        "Artifacts",
        _s3("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
        "VersioningConfiguration/Status",
    ),
    "bucket encryption": Plant(
        _BUCKET, "Monitoring", _s3("delete_bucket_encryption"), "BucketEncryption"
    ),
    "cors, which no template sets": Plant(
        _BUCKET, "Logs", _s3("put_bucket_cors", CORSConfiguration=_CORS), "CorsConfiguration"
    ),
    "expiry": Plant(
        _BUCKET, "Monitoring", _s3("delete_bucket_lifecycle"), "LifecycleConfiguration"
    ),
    "access log": Plant(
        _BUCKET, "Data", _s3("put_bucket_logging", BucketLoggingStatus={}), "LoggingConfiguration"
    ),
    "events of a bucket": Plant(
        _BUCKET,
        "Data",
        _s3("put_bucket_notification_configuration", NotificationConfiguration={}),
        "NotificationConfiguration",
    ),
    "key rotation": Plant(
        "AWS::KMS::Key",
        "",
        lambda it, key: it.aws("kms").disable_key_rotation(KeyId=key),
        "EnableKeyRotation",
    ),
    "key policy": Plant("AWS::KMS::Key", "", _opened_key, "KeyPolicy"),
    "a managed policy": Plant("AWS::IAM::ManagedPolicy", "JobRole", _new_version, "PolicyDocument"),
    "an inline policy, which no template sets": Plant(_ROLE, "JobRole", _inline, "Policies"),
    "another policy of a role": Plant(_ROLE, "JobRole", _attached, "ManagedPolicyArns"),
    "trust": Plant(_ROLE, "JobRole", _trusting, "AssumeRolePolicyDocument"),
    "repository mutability": Plant(
        _REPOSITORY,
        "",
        lambda it, name: it.aws("ecr").put_image_tag_mutability(
            repositoryName=name, imageTagMutability="MUTABLE"
        ),
        "ImageTagMutability",
    ),
    "scan of images": Plant(
        _REPOSITORY,
        "",
        lambda it, name: it.aws("ecr").put_image_scanning_configuration(
            repositoryName=name, imageScanningConfiguration={"scanOnPush": False}
        ),
        "ImageScanningConfiguration/ScanOnPush",
    ),
    "alarm actions": Plant(_ALARM, "Undelivered", _without_actions, "AlarmActions"),
    "actions switched off, which no template sets": Plant(
        _ALARM,
        "Undelivered",
        lambda it, name: it.aws("cloudwatch").disable_alarm_actions(AlarmNames=[name]),
        "ActionsEnabled",
    ),
    "threshold": Plant(
        _ALARM, "Undelivered", lambda it, name: _changed_alarm(it, name, Threshold=99), "Threshold"
    ),
    "log retention": Plant(
        "AWS::Logs::LogGroup",
        "Workflow",
        lambda it, name: it.aws("logs").put_retention_policy(logGroupName=name, retentionInDays=1),
        "RetentionInDays",
    ),
    "a log group": Plant(
        "AWS::Logs::LogGroup",
        "Intake",
        lambda it, name: it.aws("logs").delete_log_group(logGroupName=name),
        "",
    ),
    "machine of the notebook": Plant(
        _NOTEBOOK, "", lambda it, arn: it.notebook(arn), "InstanceType"
    ),
    "state machine definition": Plant(_MACHINE, "Rollout", _redefined, "DefinitionString"),
    "rule disabled": Plant(
        _RULE, "DataArrived", lambda it, name: it.aws("events").disable_rule(Name=name), "State"
    ),
    "targets of a rule": Plant(
        _RULE, "Rollout", lambda it, name: it.without_targets(name), "Targets"
    ),
    "nightly stop": Plant("AWS::Scheduler::Schedule", "NightlyStop", _rescheduled, "State"),
    "queue retention": Plant(
        "AWS::SQS::Queue", "", Workshop.shorter_queue, "MessageRetentionPeriod"
    ),
    "topic policy": Plant(
        "AWS::SNS::TopicPolicy", "", lambda it, _: it.opened_topic(), "PolicyDocument"
    ),
    "time of a build": Plant(
        "AWS::CodeBuild::Project",
        "",
        lambda it, name: it.aws("codebuild").update_project(name=name, timeoutInMinutes=400),
        "TimeoutInMinutes",
    ),
    "security group": Plant(
        "AWS::EC2::SecurityGroup", "Jobs", _opened_group, "SecurityGroupIngress"
    ),
    "a route, which is no property of the table": Plant(
        "AWS::EC2::RouteTable", "", _route_out, "Routes"
    ),
}
# On a stack of their own, as nothing serves in an environment without a model.
SERVING_PLANTS: dict[str, Plant] = {
    "scaling limits": Plant(_TARGET, "", _scaled_further, "MaxCapacity"),
    "endpoint config": Plant("AWS::SageMaker::Endpoint", "", _other_config, "EndpointConfigName"),
}
