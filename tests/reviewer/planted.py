"""Dangerous changes, each as somebody would make it, and what a review has to call it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reviewer.assembly import SynthesisedStack
from tests.reviewer.conftest import only

Change = Callable[[SynthesisedStack], object]


@dataclass(frozen=True)
class Planted:
    """One change to one stack, the rule that must notice it, and where."""

    stack: str
    change: Change
    rule: str
    at: str


def properties(stack: SynthesisedStack, kind: str, part: str = "") -> dict[str, Any]:
    return only(stack, kind, part).properties


def statements(stack: SynthesisedStack, kind: str, part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = properties(stack, kind, part)["PolicyDocument"]["Statement"]
    return found


def setting(kind: str, part: str, path: str, value: Any) -> Change:
    """A change that writes `value` at a path of properties; None takes the property away."""

    def change(stack: SynthesisedStack) -> None:
        *parents, last = path.split("/")
        place: Any = properties(stack, kind, part)
        for key in parents:
            place = place[int(key) if isinstance(place, list) else key]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


def gone(kind: str, part: str) -> Change:
    """A change that removes a resource."""
    return lambda stack: stack.template["Resources"].pop(only(stack, kind, part).logical_id)


def body(kind: str, part: str, **values: str) -> Change:
    """A change beside the properties, such as the deletion policy."""
    return lambda stack: only(stack, kind, part).body.update(values)


def allowing(kind: str, part: str, **statement: Any) -> Change:
    """A change that adds one allowing statement to a policy."""
    return lambda stack: statements(stack, kind, part).append({"Effect": "Allow", **statement})


def _without_tls(stack: SynthesisedStack) -> None:
    found = statements(stack, "AWS::S3::BucketPolicy", "Data")
    found[:] = [one for one in found if "aws:SecureTransport" not in str(one)]


def _key_opened(stack: SynthesisedStack) -> None:
    policy = properties(stack, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    root = {"AWS": "arn:aws:iam::444455556666:root"}
    policy.append({"Effect": "Allow", "Principal": root, "Action": "kms:Decrypt", "Resource": "*"})


def _trust(stack: SynthesisedStack) -> dict[str, Any]:
    found = properties(stack, "AWS::IAM::Role", "JobRole")["AssumeRolePolicyDocument"]
    statement: dict[str, Any] = found["Statement"][0]
    return statement


def _trust_widened(stack: SynthesisedStack) -> None:
    _trust(stack)["Principal"] = {"Service": ["sagemaker.amazonaws.com", "ec2.amazonaws.com"]}


def _open_ingress(stack: SynthesisedStack) -> None:
    rule = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    properties(stack, "AWS::EC2::SecurityGroup", "Jobs")["SecurityGroupIngress"] = [rule]


def redefined(old: str, new: str) -> Change:
    """A change of the first place where the workflow's definition says `old`."""

    def change(stack: SynthesisedStack) -> None:
        found = properties(stack, "AWS::StepFunctions::StateMachine", "Workflow")
        parts = found["DefinitionString"]["Fn::Join"][1]
        place = next(n for n, part in enumerate(parts) if isinstance(part, str) and old in part)
        parts[place] = parts[place].replace(old, new, 1)

    return change


def _shorter_capture(stack: SynthesisedStack) -> None:
    rules = properties(stack, "AWS::S3::Bucket", "Monitoring")["LifecycleConfiguration"]["Rules"]
    next(rule for rule in rules if rule["Id"] == "Capture-churn")["ExpirationInDays"] = 1


BUCKET, LOGS, ENDPOINT = "AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::SageMaker::Endpoint"
_ROUTING = "DeploymentConfig/BlueGreenUpdatePolicy/TrafficRoutingConfiguration"
_POWER = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::elsewhere/x"}
_STRANGER = {
    "Effect": "Allow",
    "Principal": {"AWS": "444455556666"},
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:us-east-1:111122223333:queue",
}
_ANYBODY = {"Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
_ENDPOINT_AT = "Inference-churn/Endpoint"

DANGEROUS: dict[str, Planted] = {
    "public bucket": Planted(
        "Storage",
        allowing("AWS::S3::BucketPolicy", "Data", **_ANYBODY),
        "open-to-anybody",
        "Storage/Data",
    ),
    "public access block off": Planted(
        "Storage",
        setting(BUCKET, "Data", "PublicAccessBlockConfiguration/BlockPublicPolicy", False),
        "public-access-block-off",
        "Storage/Data",
    ),
    "wildcard action": Planted(
        "Training-churn",
        allowing("AWS::IAM::ManagedPolicy", "JobRole", Action="s3:*", Resource="*"),
        "wildcard-action",
        "Training-churn/JobRole",
    ),
    "one more action": Planted(
        "Training-churn",
        allowing("AWS::IAM::ManagedPolicy", "JobRole", Action="iam:CreateUser", Resource="*"),
        "wildcard-resource",
        "Training-churn/JobRole",
    ),
    "retention removed": Planted(
        "Storage",
        body(BUCKET, "Data", DeletionPolicy="Delete", UpdateReplacePolicy="Delete"),
        "retention-removed",
        "Storage/Data",
    ),
    "canary off": Planted(
        "Inference-churn",
        setting(ENDPOINT, "", _ROUTING, {"Type": "ALL_AT_ONCE"}),
        "canary-off",
        _ENDPOINT_AT,
    ),
    "deployment config gone": Planted(
        "Inference-churn",
        setting(ENDPOINT, "", "DeploymentConfig", None),
        "canary-off",
        _ENDPOINT_AT,
    ),
    "rollback alarm gone": Planted(
        "Inference-churn",
        setting(ENDPOINT, "", "DeploymentConfig/AutoRollbackConfiguration/Alarms", []),
        "rollback-alarm-removed",
        _ENDPOINT_AT,
    ),
    "scale reset by every update": Planted(
        "Inference-churn",
        setting(ENDPOINT, "", "RetainAllVariantProperties", False),
        "scale-not-retained",
        _ENDPOINT_AT,
    ),
    "key policy opened": Planted("Storage", _key_opened, "resource-policy-opened", "Storage/Key"),
    "wider trust": Planted(
        "Training-churn", _trust_widened, "trust-widened", "Training-churn/JobRole"
    ),
    "trust condition dropped": Planted(
        "Training-churn",
        lambda stack: _trust(stack).pop("Condition"),
        "condition-dropped",
        "Training-churn/JobRole",
    ),
    "0.0.0.0/0 ingress": Planted(
        "Network", _open_ingress, "open-to-internet", "Network/Network/Jobs"
    ),
    "TLS no longer required": Planted("Storage", _without_tls, "refusal-dropped", "Storage/Data"),
    "versioning off": Planted(
        "Storage",
        setting(BUCKET, "Data", "VersioningConfiguration/Status", "Suspended"),
        "versioning-off",
        "Storage/Data",
    ),
    "log retention shortened": Planted(
        "Inference-churn",
        setting(LOGS, "Model", "RetentionInDays", 1),
        "log-retention-shortened",
        "Inference-churn/Model/Logs",
    ),
    "captures expire earlier": Planted(
        "Storage", _shorter_capture, "expiry-shortened", "Storage/Monitoring"
    ),
    "bucket encryption removed": Planted(
        "Storage",
        setting(BUCKET, "Data", "BucketEncryption", None),
        "encryption-removed",
        "Storage/Data",
    ),
    "queue encryption removed": Planted(
        "Training-churn",
        setting("AWS::SQS::Queue", "", "KmsMasterKeyId", None),
        "encryption-removed",
        "Training-churn/Undelivered",
    ),
    "key rotation off": Planted(
        "Storage",
        setting("AWS::KMS::Key", "", "EnableKeyRotation", False),
        "key-rotation-off",
        "Storage/Key",
    ),
    "alarm removed": Planted(
        "Inference-churn",
        gone("AWS::CloudWatch::Alarm", "Endpoint/Alarms/Idle"),
        "alarm-removed",
        "Inference-churn/Endpoint/Alarms/Idle",
    ),
    "alarm silenced": Planted(
        "Inference-churn",
        setting("AWS::CloudWatch::Alarm", "Endpoint/Alarms/Idle", "AlarmActions", None),
        "alarm-silenced",
        "Inference-churn/Endpoint/Alarms/Idle",
    ),
    "alarm rings later": Planted(
        "Inference-churn",
        setting("AWS::CloudWatch::Alarm", "Endpoint/Alarms/Errors", "Threshold", 50),
        "alarm-weakened",
        "Inference-churn/Endpoint/Alarms/Errors",
    ),
    "autoscaling maximum raised": Planted(
        "Inference-churn",
        setting("AWS::ApplicationAutoScaling::ScalableTarget", "", "MaxCapacity", 100),
        "cost-raised",
        "Inference-churn/Endpoint/Config",
    ),
    "fewer machines": Planted(
        "Inference-churn",
        setting("AWS::ApplicationAutoScaling::ScalableTarget", "", "MaxCapacity", 4),
        "scaling-maximum-lowered",
        "Inference-churn/Endpoint/Scaling/Target",
    ),
    "less captured": Planted(
        "Inference-churn",
        setting(
            "AWS::SageMaker::EndpointConfig", "", "DataCaptureConfig/InitialSamplingPercentage", 7
        ),
        "capture-less",
        "Inference-churn/Endpoint/Config",
    ),
    "dearer machine": Planted(
        "Workbench",
        setting("AWS::SageMaker::NotebookInstance", "", "InstanceType", "ml.p4d.24xlarge"),
        "machine-changed",
        "Workbench/Workbench",
    ),
    "notebook reaches the internet and is replaced": Planted(
        "Workbench",
        setting("AWS::SageMaker::NotebookInstance", "", "RootAccess", "Enabled"),
        "root-access",
        "Workbench/Workbench",
    ),
    "notebook replaced with its disk": Planted(
        "Workbench",
        setting("AWS::SageMaker::NotebookInstance", "", "PlatformIdentifier", "notebook-al2-v2"),
        "replaced",
        "Workbench/Workbench",
    ),
    "model may call out": Planted(
        "Inference-churn",
        setting("AWS::SageMaker::Model", "", "EnableNetworkIsolation", False),
        "isolation-off",
        "Inference-churn/Model",
    ),
    "training may call out": Planted(
        "Training-churn",
        redefined('"EnableNetworkIsolation":true', '"EnableNetworkIsolation":false'),
        "isolation-off",
        "Training-churn/Workflow/Machine",
    ),
    "gate lowered": Planted(
        "Training-churn",
        redefined("$value < 0.9 ?", "$value < 0.5 ?"),
        "gate-changed",
        "Training-churn/Workflow/Machine",
    ),
    "access log off": Planted(
        "Storage",
        setting(BUCKET, "Data", "LoggingConfiguration", None),
        "log-removed",
        "Storage/Data",
    ),
    "images change under their tag": Planted(
        "Registry",
        setting("AWS::ECR::Repository", "", "ImageTagMutability", "MUTABLE"),
        "mutable-tags",
        "Registry/Repository",
    ),
    "notebook removed with its disk": Planted(
        "Workbench",
        gone("AWS::SageMaker::NotebookInstance", ""),
        "data-removed",
        "Workbench/Workbench",
    ),
    "nightly stop removed": Planted(
        "Workbench",
        gone("AWS::Scheduler::Schedule", "NightlyStop"),
        "auto-stop-removed",
        "Workbench/Workbench/NightlyStop",
    ),
    "a policy of AWS attached": Planted(
        "Training-churn",
        lambda stack: properties(stack, "AWS::IAM::Role", "JobRole")["ManagedPolicyArns"].append(
            "arn:aws:iam::aws:policy/AdministratorAccess"
        ),
        "foreign-policy-attached",
        "Training-churn/JobRole",
    ),
    "an inline policy": Planted(
        "Training-churn",
        setting(
            "AWS::IAM::Role",
            "JobRole",
            "Policies",
            [{"PolicyName": "More", "PolicyDocument": {"Statement": [_POWER]}}],
        ),
        "permission-added",
        "Training-churn/JobRole",
    ),
    "bucket replicated to another account": Planted(
        "Storage",
        setting(BUCKET, "Data", "ReplicationConfiguration", {"Role": "arn", "Rules": []}),
        "replicated-elsewhere",
        "Storage/Data",
    ),
    "queue opened to another account": Planted(
        "Training-churn",
        lambda stack: statements(stack, "AWS::SQS::QueuePolicy", "").append(_STRANGER),
        "resource-policy-opened",
        "Training-churn/Undelivered",
    ),
    "endpoint policy removed": Planted(
        "Network",
        setting("AWS::EC2::VPCEndpoint", "Endpoints/S3", "PolicyDocument", None),
        "endpoint-policy-removed",
        "Network/Network/Endpoints/S3",
    ),
    "egress left to EC2's default": Planted(
        "Network",
        setting("AWS::EC2::SecurityGroup", "Interfaces", "SecurityGroupEgress", None),
        "egress-added",
        "Network/Network/Endpoints/Interfaces",
    ),
}

HARMLESS: dict[str, tuple[str, Change]] = {
    "another description": ("Storage", setting("AWS::KMS::Key", "", "Description", "The key")),
    "another tag": (
        "Storage",
        lambda stack: properties(stack, BUCKET, "Data")["Tags"].append({"Key": "a", "Value": "b"}),
    ),
    "an action less": (
        "Inference-churn",
        lambda stack: statements(stack, "AWS::IAM::ManagedPolicy", "Model").pop(),
    ),
    "the same statement again": (
        "Inference-churn",
        lambda stack: statements(stack, "AWS::IAM::ManagedPolicy", "Model").append(
            statements(stack, "AWS::IAM::ManagedPolicy", "Model")[0]
        ),
    ),
    "one more condition": (
        "Training-churn",
        lambda stack: _trust(stack)["Condition"]["StringEquals"].update({"aws:SourceOrgID": "o-1"}),
    ),
    "logs kept longer": ("Inference-churn", setting(LOGS, "Model", "RetentionInDays", 731)),
    "an alarm rings earlier": (
        "Inference-churn",
        setting("AWS::CloudWatch::Alarm", "Endpoint/Alarms/Errors", "Threshold", 0.5),
    ),
    "a smaller canary": (
        "Inference-churn",
        setting(ENDPOINT, "", f"{_ROUTING}/LinearStepSize/Value", 10),
    ),
    "another dashboard": (
        "Monitoring",
        setting("AWS::CloudWatch::Dashboard", "", "DashboardBody", "{}"),
    ),
}
