"""One sample of every resource type that Kiban deploys: first properties, changed properties."""

from __future__ import annotations

import json

from tests.sandbox.engine.network_samples import NETWORK
from tests.sandbox.engine.sample import BUCKET, POLICY, Neighbours, Sample

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/somebody"
LETTERS = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:letters"
GRANT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
KEEP_TEN = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "any",
                    "countType": "imageCountMoreThan",
                    "countNumber": 10,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)
STATES = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}'


TOPIC: Neighbours = {"Topic": ("AWS::SNS::Topic", {})}
QUEUE: Neighbours = {"Queue": ("AWS::SQS::Queue", {})}
ALARM = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "Invocations",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "Statistic": "Sum",
    "ComparisonOperator": "GreaterThanThreshold",
}
TARGET = {
    "ResourceId": "endpoint/churn/variant/main",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "ServiceNamespace": "sagemaker",
    "MinCapacity": 1,
    "MaxCapacity": 4,
}
TRACKED = {
    "TargetValue": 10,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
}
TRACK = {
    "PolicyName": "track",
    "PolicyType": "TargetTrackingScaling",
    "ScalingTargetId": {"Ref": "Target"},
    "TargetTrackingScalingPolicyConfiguration": TRACKED,
}
ACTION = {
    "ScheduledActionName": "night",
    "Schedule": "cron(0 0 * * ? *)",
    "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 1},
}
BUDGET = {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": 10, "Unit": "USD"}}
WHEN = {"FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": LETTERS, "RoleArn": ROLE}}
PROJECT = {
    "ServiceRole": ROLE,
    "Artifacts": {"Type": "NO_ARTIFACTS"},
    "Source": {"Type": "S3", "Location": "bucket/source.zip"},
    "Environment": {
        "Type": "LINUX_CONTAINER",
        "Image": "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
        "ComputeType": "BUILD_GENERAL1_SMALL",
        "PrivilegedMode": "true",
    },
}
NOTEBOOK = {"InstanceType": "ml.t3.medium", "RoleArn": ROLE, "VolumeSizeInGB": 20}

SAMPLES = [
    *NETWORK,
    Sample("AWS::ApplicationAutoScaling::ScalableTarget", TARGET, {"ScheduledActions": [ACTION]}),
    Sample(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        TRACK,
        {"PolicyName": "other"},
        replaces=True,
        beside={"Target": ("AWS::ApplicationAutoScaling::ScalableTarget", TARGET)},
    ),
    Sample(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        TRACK,
        {"TargetTrackingScalingPolicyConfiguration": {**TRACKED, "ScaleInCooldown": 600}},
        beside={"Target": ("AWS::ApplicationAutoScaling::ScalableTarget", TARGET)},
    ),
    Sample("AWS::Budgets::Budget", {"Budget": BUDGET}, {"Budget": {**BUDGET, "TimeUnit": "DAILY"}}),
    Sample("AWS::CDK::Metadata", {"Analytics": "one"}, {"Analytics": "two"}),
    Sample("AWS::CloudWatch::Alarm", ALARM, {"Threshold": 2}),
    Sample(
        "AWS::CloudWatch::CompositeAlarm",
        {"AlarmRule": "TRUE", "AlarmName": "a"},
        {"AlarmRule": "NOT TRUE"},
    ),
    Sample(
        "AWS::CloudWatch::Dashboard",
        {"DashboardBody": '{"widgets":[]}'},
        {"DashboardBody": '{"widgets":[],"start":"-PT1H"}'},
    ),
    Sample("AWS::CodeBuild::Project", PROJECT, {"TimeoutInMinutes": 30}),
    Sample(
        "AWS::ECR::Repository",
        {
            "ImageTagMutability": "IMMUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": True},
            "LifecyclePolicy": {"LifecyclePolicyText": KEEP_TEN},
            "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": ROLE},
        },
        {"ImageTagMutability": "MUTABLE", "RepositoryPolicyText": POLICY},
    ),
    Sample(
        "AWS::Events::Rule",
        {"EventPattern": {"source": ["aws.s3"]}, "Targets": [{"Id": "T", "Arn": LETTERS}]},
        {"State": "DISABLED", "Targets": []},
    ),
    Sample(
        "AWS::IAM::ManagedPolicy",
        {"PolicyDocument": GRANT, "Roles": [{"Ref": "Role"}]},
        {"PolicyDocument": {**GRANT, "Id": "new"}},
        beside={"Role": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": TRUST})},
    ),
    Sample(
        "AWS::IAM::OIDCProvider",
        {"Url": "https://gitlab.com", "ClientIdList": ["https://gitlab.com"]},
        {"Url": "https://token.actions.githubusercontent.com"},
        replaces=True,
    ),
    Sample(
        "AWS::IAM::OIDCProvider",
        {"Url": "https://gitlab.example.com", "ClientIdList": ["one"]},
        {"ClientIdList": ["another"]},
    ),
    Sample(
        "AWS::IAM::Policy",
        {"PolicyName": "inline", "PolicyDocument": GRANT, "Roles": [{"Ref": "Role"}]},
        {"PolicyName": "other"},
        beside={"Role": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": TRUST})},
    ),
    Sample(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": TRUST,
            "ManagedPolicyArns": [{"Ref": "Policy"}],
            "Policies": [{"PolicyName": "inline", "PolicyDocument": GRANT}],
        },
        {"Policies": [], "Description": "x"},
        beside={"Policy": ("AWS::IAM::ManagedPolicy", {"PolicyDocument": GRANT})},
    ),
    Sample(
        "AWS::KMS::Alias",
        {"AliasName": "alias/one", "TargetKeyId": {"Ref": "Key"}},
        {"TargetKeyId": {"Fn::GetAtt": ["Other", "Arn"]}},
        beside={
            "Key": ("AWS::KMS::Key", {"KeyPolicy": POLICY}),
            "Other": ("AWS::KMS::Key", {"KeyPolicy": POLICY}),
        },
    ),
    Sample(
        "AWS::KMS::Key",
        {"KeyPolicy": POLICY, "EnableKeyRotation": True},
        {"Description": "all data", "KeyPolicy": {**POLICY, "Id": "new"}},
    ),
    Sample("AWS::Logs::LogGroup", {"RetentionInDays": 7}, {"RetentionInDays": 30}),
    Sample("AWS::S3::Bucket", {}, {"VersioningConfiguration": {"Status": "Enabled"}}),
    Sample(
        "AWS::S3::BucketPolicy",
        {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": POLICY},
        {"PolicyDocument": {**POLICY, "Id": "new"}},
        beside=BUCKET,
    ),
    Sample(
        "AWS::SNS::Subscription",
        {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": "a@example.com"},
        {"Endpoint": "b@example.com"},
        replaces=True,
        beside=TOPIC,
    ),
    Sample("AWS::SNS::Topic", {"DisplayName": "one"}, {"DisplayName": "two"}),
    Sample(
        "AWS::SNS::TopicPolicy",
        {"Topics": [{"Ref": "Topic"}], "PolicyDocument": POLICY},
        {"PolicyDocument": {**POLICY, "Id": "new"}},
        beside=TOPIC,
    ),
    Sample("AWS::SQS::Queue", {"VisibilityTimeout": 10}, {"VisibilityTimeout": "20"}),
    Sample(
        "AWS::SQS::QueuePolicy",
        {"Queues": [{"Ref": "Queue"}], "PolicyDocument": POLICY},
        {"PolicyDocument": {**POLICY, "Id": "new"}},
        beside=QUEUE,
    ),
    Sample("AWS::SSM::Parameter", {"Type": "String", "Value": "one"}, {"Value": "two"}),
    Sample(
        "AWS::SageMaker::ModelPackageGroup",
        {"ModelPackageGroupName": "kiban-churn"},
        {"ModelPackageGroupPolicy": POLICY},
    ),
    Sample("AWS::SageMaker::NotebookInstance", NOTEBOOK, {"VolumeSizeInGB": 30}),
    Sample(
        "AWS::SageMaker::NotebookInstanceLifecycleConfig",
        {"OnStart": [{"Content": {"Fn::Base64": "echo one"}}]},
        {"OnStart": [{"Content": {"Fn::Base64": "echo two"}}]},
    ),
    Sample(
        "AWS::Scheduler::Schedule",
        {**WHEN, "ScheduleExpression": "rate(1 hour)"},
        {"ScheduleExpression": "rate(2 hours)"},
    ),
    Sample("AWS::Scheduler::ScheduleGroup", {}, {"Name": "other"}, replaces=True),
    Sample(
        "AWS::StepFunctions::StateMachine",
        {"DefinitionString": STATES, "RoleArn": ROLE},
        {"DefinitionString": STATES.replace("Done", "End")},
    ),
]
