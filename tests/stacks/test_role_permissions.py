"""What every role of production may do, to what and on which condition: this and nothing else."""

import re
from typing import Any

import pytest

from tests.stacks.test_policies import listed
from tests.templates.assembly import Assembly, Resource
from tests.templates.model_stacks import flat

Calls = dict[str, set[str]]
"""Actions by the resource, which ends with the condition where there is one."""

STAGE = "kiban-prod"
# References as CloudFormation writes them, by the id of the construct.
_EXPORT = re.compile(r"<ExportsOutput(?:FnGetAtt|Ref)(\w+?)[0-9A-F]{8}[A-Za-z]*[0-9A-F]{8}>")
_REFERENCE = re.compile(r"<(\w+?)[0-9A-F]{8}(?:\.\w+)?>")
_ASSET = re.compile(r"<computed>(/[0-9a-f]{64}\.zip)?")

KEY = {"Key": "kms:Decrypt kms:GenerateDataKey"}
VOLUMES = {
    "Key": "kms:Decrypt kms:DescribeKey kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext",
    "Key if Bool kms:GrantIsForAWSResource true": "kms:CreateGrant",
}
PULL = "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer"
INTERFACES = {
    **dict.fromkeys(
        [
            "ec2:security-group/NetworkJobs",
            *(f"ec2:subnet/NetworkSubnet{number}" for number in (1, 2, 3)),
        ],
        "ec2:CreateNetworkInterface",
    ),
    "ec2:network-interface/*": (
        "ec2:CreateNetworkInterface ec2:CreateNetworkInterfacePermission "
        "ec2:DeleteNetworkInterface ec2:DeleteNetworkInterfacePermission"
    ),
}
# Inside a network, and signed in to the registry.
JOINED = (
    "ec2:DescribeDhcpOptions ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups "
    "ec2:DescribeSubnets ec2:DescribeVpcs ecr:GetAuthorizationToken"
)
LOGGED_AND_TRACED = (
    "logs:CreateLogDelivery logs:DeleteLogDelivery logs:DescribeLogGroups "
    "logs:DescribeResourcePolicies logs:GetLogDelivery logs:ListLogDeliveries "
    "logs:PutResourcePolicy logs:UpdateLogDelivery xray:GetSamplingRules xray:GetSamplingTargets "
    "xray:PutTelemetryRecords xray:PutTraceSegments"
)
NAMESPACE = "* if String{} cloudwatch:namespace /aws/sagemaker/{}"
BELOW = "{} if StringLike s3:prefix churn/{}*"
STATUS = " if StringEquals sagemaker:ModelApprovalStatus "
VERSIONS = (
    "sagemaker:model-package-group/kiban-prod-churn",
    "sagemaker:model-package/kiban-prod-churn/*",
)
JOB = "churn-426d172b-????-????-*"
LOGS = "logs:log-group:/aws/sagemaker/"
MACHINE = "states:stateMachine:kiban-prod-churn-"
STOP_NOTEBOOK = {
    "sagemaker:notebook-instance/kiban-prod-workbench": "sagemaker:StopNotebookInstance"
}


def each(names: tuple[str, ...], actions: str) -> dict[str, str]:
    return dict.fromkeys(names, actions)


def starts(machine: str) -> dict[str, str]:
    return {MACHINE + machine: "states:StartExecution"}


def log_groups(*kinds: str) -> dict[str, str]:
    """The account's log groups of jobs, by both names that CloudWatch Logs gives each."""
    names = tuple(f"{LOGS}{kind}{end}" for kind in kinds for end in ("", ":log-stream:"))
    return each(names, "logs:CreateLogGroup logs:DescribeLogStreams")


def log_streams(stream: str, *kinds: str) -> dict[str, str]:
    names = tuple(f"{LOGS}{kind}:log-stream:{stream}" for kind in kinds)
    return each(names, "logs:CreateLogStream logs:PutLogEvents")


def buckets(*names: str, below: str = "") -> dict[str, str]:
    """Buckets whose objects of the model are listed."""
    listing = tuple(BELOW.format(name, below) for name in names)
    return each(names, "s3:GetBucketLocation") | each(listing, "s3:ListBucket")


def run_of(kind: str) -> dict[str, str]:
    verbs = (f"sagemaker:{verb}{kind}Job" for verb in ("Create", "Describe", "Stop"))
    actions = " ".join([*verbs, "sagemaker:AddTags", "sagemaker:ListTags"])
    return {f"sagemaker:{kind.lower()}-job/{JOB}": actions}


MAY: dict[str, dict[str, str]] = {
    "NetworkFlowLogsRole": {
        "NetworkFlowLogs": "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents",
    },
    "ImageBuildRole": {
        **KEY,
        "*": "ecr:GetAuthorizationToken",
        "Repository": (
            "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:CompleteLayerUpload "
            "ecr:DescribeImages ecr:InitiateLayerUpload ecr:PutImage ecr:UploadLayerPart"
        ),
        "ImageBuildLogs": "logs:CreateLogStream logs:PutLogEvents",
        "s3:::assets": "s3:GetBucketAcl s3:GetBucketLocation",
        "s3:::assets/source.zip": "s3:GetObject s3:GetObjectVersion",
    },
    "ModelRole": {
        **KEY,
        **INTERFACES,
        **buckets("Artifacts", below="training/"),
        "*": JOINED,
        "Repository": PULL,
        "ModelLogs": "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents",
        "cloudwatch:alarm:kiban-prod-Inference-churn-Endpoint*": "cloudwatch:DescribeAlarms",
        NAMESPACE.format("Equals", "Endpoints"): "cloudwatch:PutMetricData",
        "Artifacts/churn/training/*": "s3:GetObject",
        "Monitoring": "s3:GetBucketLocation",
        "Monitoring/churn/capture/*": "s3:AbortMultipartUpload s3:PutObject",
    },
    "JobRole": {
        **VOLUMES,
        **INTERFACES,
        **buckets("Artifacts", "Data"),
        **log_groups("ProcessingJobs", "TrainingJobs"),
        **log_streams(JOB, "ProcessingJobs", "TrainingJobs"),
        "*": JOINED,
        "Repository": PULL,
        NAMESPACE.format("Like", "*Jobs"): "cloudwatch:PutMetricData",
        "Data/churn/*": "s3:GetObject",
        "Artifacts/churn/*": "s3:AbortMultipartUpload s3:GetObject s3:PutObject",
        "Artifacts/churn/checkpoints/*": "s3:DeleteObject",
    },
    "WorkflowMachineRole": {
        **VOLUMES,
        **buckets("Artifacts", "Data"),
        **run_of("Training"),
        **run_of("Processing"),
        **each(VERSIONS, "sagemaker:DescribeModelPackage sagemaker:ListModelPackages"),
        **each(
            tuple(f"{name}{STATUS}PendingManualApproval Rejected" for name in VERSIONS),
            "sagemaker:CreateModelPackage",
        ),
        **each(
            tuple(f"{name}{STATUS}Rejected" for name in VERSIONS), "sagemaker:UpdateModelPackage"
        ),
        **each(
            (
                "events:rule/StepFunctionsGetEventForCodeBuildStartBuildRule",
                "events:rule/StepFunctionsGetEventsForSageMakerProcessingJobsRule",
                "events:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule",
            ),
            "events:DescribeRule events:PutRule events:PutTargets",
        ),
        "*": f"ecr:GetAuthorizationToken {LOGGED_AND_TRACED}",
        "Repository": f"{PULL} ecr:DescribeImages",
        "ImageBuild": "codebuild:BatchGetBuilds codebuild:StartBuild codebuild:StopBuild",
        "JobRole if StringEquals iam:PassedToService sagemaker.amazonaws.com": "iam:PassRole",
        "Artifacts/churn/*": "s3:GetObject",
        "Data/churn/*": "s3:GetObject",
        "Topic": "sns:Publish",
        "ssm:parameter/newest-data/kiban-prod/churn": "ssm:GetParameter ssm:PutParameter",
    },
    "IntakeMachineRole": {**KEY, **starts("workflow"), "*": LOGGED_AND_TRACED},
    "IntakeEventsRole": {**KEY, **starts("intake")},
    "ScheduleClockRole": {**KEY, **starts("workflow"), "Undelivered": "sqs:SendMessage"},
    "RolloutMachineRole": {
        **KEY,
        **each(VERSIONS, "sagemaker:DescribeModelPackage sagemaker:ListModelPackages"),
        **each(
            tuple(f"{name}{STATUS}Rejected" for name in VERSIONS), "sagemaker:UpdateModelPackage"
        ),
        "*": LOGGED_AND_TRACED,
        "cloudformation:stack/kiban-prod-Inference-churn/*": (
            "cloudformation:DescribeStackEvents cloudformation:DescribeStacks "
            "cloudformation:UpdateStack"
        ),
        "sagemaker:endpoint/kiban-prod-churn": "sagemaker:DescribeEndpoint",
        "ssm:parameter/cdk-bootstrap/hnb659fds/version": "ssm:GetParameters",
        "Topic": "sns:Publish",
    },
    "RolloutEventsRole": {**KEY, **starts("rollout")},
    "RolloutSweepRole": {**KEY, **starts("rollout"), "Undelivered": "sqs:SendMessage"},
    "Experiments": {
        **VOLUMES,
        **INTERFACES,
        **buckets("Artifacts", "Data"),
        **log_groups("TrainingJobs"),
        **log_streams("churn-workbench-*", "TrainingJobs"),
        "*": JOINED,
        "Repository": PULL,
        NAMESPACE.format("Equals", "TrainingJobs"): "cloudwatch:PutMetricData",
        "Data/churn/*": "s3:GetObject",
        "Artifacts/churn/*": "s3:GetObject",
        "Artifacts/churn/workbench/*": "s3:AbortMultipartUpload s3:DeleteObject s3:PutObject",
    },
    "WorkbenchRole": {
        **KEY,
        **buckets("Artifacts", "Data"),
        **log_streams("kiban-prod-workbench/*", "NotebookInstances"),
        **each(
            (f"{LOGS}NotebookInstances", f"{LOGS}NotebookInstances:log-stream:"),
            "logs:CreateLogGroup",
        ),
        **each(
            (
                f"{LOGS}*Jobs*",
                f"{LOGS}Endpoints/kiban-prod-churn",
                f"{LOGS}Endpoints/kiban-prod-churn:log-stream:",
            ),
            "logs:DescribeLogStreams",
        ),
        **each(
            (
                f"{LOGS}*Jobs:log-stream:{JOB}",
                f"{LOGS}*Jobs:log-stream:churn-workbench-*",
                f"{LOGS}Endpoints/kiban-prod-churn:log-stream:*",
            ),
            "logs:GetLogEvents",
        ),
        **each(
            VERSIONS,
            "sagemaker:DescribeModelPackage sagemaker:DescribeModelPackageGroup "
            "sagemaker:ListModelPackages",
        ),
        **STOP_NOTEBOOK,
        "*": "cloudwatch:GetMetricData",
        "Experiments if StringEquals iam:PassedToService sagemaker.amazonaws.com": "iam:PassRole",
        "Data/churn/*": "s3:AbortMultipartUpload s3:GetObject s3:PutObject",
        "Artifacts/churn/*": "s3:GetObject",
        "sagemaker:endpoint/kiban-prod-churn": (
            "sagemaker:DescribeEndpoint sagemaker:InvokeEndpoint"
        ),
        f"sagemaker:training-job/{JOB}": "sagemaker:DescribeTrainingJob",
        "sagemaker:training-job/churn-workbench-*": (
            "sagemaker:DescribeTrainingJob sagemaker:StopTrainingJob"
        ),
        "states:execution:kiban-prod-churn-workflow:*": (
            "states:DescribeExecution states:GetExecutionHistory states:StopExecution"
        ),
        f"{MACHINE}workflow": "states:ListExecutions states:StartExecution",
    },
    "WorkbenchNightlyStopRole": STOP_NOTEBOOK,
}
# Its many conditions have tests of their own: tests/constructs_lib/notebook/test_experiments.py.
ELSEWHERE = {"WorkbenchRole": {"sagemaker:CreateTrainingJob"}}


def words(value: Any) -> str:
    """An ARN by the ids of constructs, without partition, region and account."""
    text = _REFERENCE.sub(r"\1", _EXPORT.sub(r"\1", flat(value)))
    text = _ASSET.sub(lambda found: "assets/source.zip" if found[1] else "assets", text)
    return text.removeprefix("arn:aws:").replace(":us-east-1:<AWS::AccountId>:", ":", 1)


def condition(statement: dict[str, Any]) -> str:
    found = [
        f"{operator} {key} {' '.join(map(words, listed(values)))}"
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]
    return f" if {' and '.join(found)}" if found else ""


def calls(assembly: Assembly, role: Resource) -> Calls:
    """What the policies of a role allow."""
    found: Calls = {}
    resources = assembly.templates()[role.stack]["Resources"]
    for policy in role.properties["ManagedPolicyArns"]:
        document = resources[policy["Ref"]]["Properties"]["PolicyDocument"]
        for statement in document["Statement"]:
            for resource in listed(statement["Resource"]):
                name = words(resource) + condition(statement)
                found.setdefault(name, set()).update(listed(statement["Action"]))
    return found


def roles(assembly: Assembly) -> dict[str, Resource]:
    """Roles of production, by their logical id without CloudFormation's hash."""
    return {
        role.logical_id[:-8]: role
        for role in assembly.resources("AWS::IAM::Role")
        if role.stack.startswith(f"{STAGE}-")
    }


def test_every_role_of_production_is_in_the_table(assembly: Assembly) -> None:
    assert roles(assembly).keys() == MAY.keys()


@pytest.mark.parametrize("role", MAY)
def test_a_role_may_do_exactly_this(role: str, assembly: Assembly) -> None:
    found = {
        name: actions - ELSEWHERE.get(role, set())
        for name, actions in calls(assembly, roles(assembly)[role]).items()
    }

    expected = {name: set(actions.split()) for name, actions in MAY[role].items()}
    assert {name: actions for name, actions in found.items() if actions} == expected
