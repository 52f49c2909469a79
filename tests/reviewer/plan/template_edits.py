"""Edits of prod's templates, each with the verdict on what it changes and why that is right."""

from dataclasses import dataclass
from typing import Any

from reviewer.assembly import SynthesisedStack
from tests.reviewer.conftest import only
from tests.reviewer.planted import BUCKET, LOGS, Change, body, properties, setting

_NOTEBOOK = "AWS::SageMaker::NotebookInstance"
_GROUP = "AWS::SageMaker::ModelPackageGroup"
_CONFIG = "AWS::SageMaker::EndpointConfig"
_MACHINE = "AWS::StepFunctions::StateMachine"
_NAMED = "convox/rack#2941"


@dataclass(frozen=True)
class TemplateEdit:
    """`change` is made to one stack of what is proposed; `kind` is the verdict on `at`."""

    stack: str
    change: Change
    exit_code: int
    kind: str
    at: str
    why: str


def _of_type(kind: str, part: str, other: str) -> Change:
    return lambda stack: only(stack, kind, part).body.update(Type=other)


def _renamed_variant(stack: SynthesisedStack) -> None:
    properties(stack, _CONFIG)["ProductionVariants"][0]["VariantName"] = "Other"


def _added(logical_id: str, kind: str, **values: Any) -> Change:
    return lambda stack: stack.template["Resources"].update(
        {logical_id: {"Type": kind, "Properties": values}}
    )


TEMPLATE_EDITS: dict[str, TemplateEdit] = {
    "another platform of the notebook": TemplateEdit(
        "Workbench",
        setting(_NOTEBOOK, "", "PlatformIdentifier", "notebook-al2-v3"),
        4,
        "refused",
        "Workbench/Workbench",
        f"create-only in the registry, and {_NAMED}",
    ),
    "another subnet of the notebook": TemplateEdit(
        "Workbench",
        setting(_NOTEBOOK, "", "SubnetId", "subnet-1"),
        4,
        "refused",
        "Workbench/Workbench",
        f"create-only in the registry, and {_NAMED}",
    ),
    "another description of the group": TemplateEdit(
        "Training-churn",
        setting(_GROUP, "", "ModelPackageGroupDescription", "Other words"),
        4,
        "refused",
        "Training-churn/Versions",
        f"create-only in the registry, and {_NAMED}",
    ),
    "another name of the group": TemplateEdit(
        "Training-churn",
        setting(_GROUP, "", "ModelPackageGroupName", "other"),
        3,
        "data lost",
        "Training-churn/Versions",
        "replaced under a new name; the versions are in the old group",
    ),
    "an express machine": TemplateEdit(
        "Training-churn",
        setting(_MACHINE, "Intake", "StateMachineType", "EXPRESS"),
        4,
        "refused",
        "Training-churn/Intake/Machine",
        f"create-only in the registry, and {_NAMED}",
    ),
    "another name of the log group": TemplateEdit(
        "Inference-churn",
        setting(LOGS, "Model", "LogGroupName", "/aws/sagemaker/Endpoints/other"),
        3,
        "data lost",
        "Inference-churn/Model/Logs",
        "create-only in the registry; it holds data",
    ),
    "another name of the bucket": TemplateEdit(
        "Storage",
        setting(BUCKET, "Data", "BucketName", "other"),
        4,
        "refused",
        "Storage",
        "linz/geostore#630: its export is updated while it is in use",
    ),
    "a key for signing": TemplateEdit(
        "Storage",
        setting("AWS::KMS::Key", "", "KeyUsage", "SIGN_VERIFY"),
        4,
        "refused",
        "Storage/Key",
        "docs AWS::KMS::Key: the update request fails",
    ),
    "a topic that becomes a queue": TemplateEdit(
        "Monitoring",
        _of_type("AWS::SNS::Topic", "", "AWS::SQS::Queue"),
        4,
        "refused",
        "Monitoring/Topic",
        "aws/aws-sam-cli#6786: Update of resource type is not permitted",
    ),
    "another name of a scaled variant": TemplateEdit(
        "Inference-churn",
        _renamed_variant,
        4,
        "refused",
        "Inference-churn/Endpoint/Config",
        "docs endpoint-scaling-update",
    ),
    "another disk of the instances": TemplateEdit(
        "Inference-churn",
        setting(_CONFIG, "", "ProductionVariants/0/VolumeSizeInGB", 50),
        3,
        "replaced",
        "Inference-churn/Endpoint/Config",
        "every property is create-only, the name is generated",
    ),
    "another endpoint service": TemplateEdit(
        "Network",
        setting("AWS::EC2::VPCEndpoint", "Endpoints/Logs", "VpcEndpointType", "Gateway"),
        3,
        "replaced",
        "Network/Network/Endpoints/Logs",
        "create-only in the registry",
    ),
    "the tenancy of the network": TemplateEdit(
        "Network",
        setting("AWS::EC2::VPC", "", "InstanceTenancy", "dedicated"),
        3,
        "look",
        "Network/Network",
        "conditionally create-only in the registry",
    ),
    "another traffic in the flow log": TemplateEdit(
        "Network",
        setting("AWS::EC2::FlowLog", "", "TrafficType", "REJECT"),
        3,
        "replaced",
        "Network/Network/FlowLogs",
        "create-only in the registry",
    ),
    "another path of a role": TemplateEdit(
        "Training-churn",
        setting("AWS::IAM::Role", "JobRole", "Path", "/other/"),
        3,
        "replaced",
        "Training-churn/JobRole",
        "create-only in the registry; its ARN is exported, and no stack uses that",
    ),
    "a property that no schema knows": TemplateEdit(
        "Storage",
        setting(BUCKET, "Data", "Novelty", "on"),
        3,
        "look",
        "Storage/Data",
        "unknown means look",
    ),
    "a condition": TemplateEdit(
        "Inference-churn",
        lambda stack: stack.template["Conditions"].update(
            HasModel={"Fn::Equals": [{"Ref": "ModelPackageArn"}, "x"]}
        ),
        3,
        "look",
        "Inference-churn",
        "docs conditions: what becomes false is deleted",
    ),
    "a bucket that no longer stays": TemplateEdit(
        "Storage",
        body(BUCKET, "Data", UpdateReplacePolicy="Delete"),
        3,
        "in place",
        "Storage/Data",
        "its data goes with a replacement",
    ),
    "a new alarm": TemplateEdit(
        "Inference-churn",
        _added("New", "AWS::CloudWatch::Alarm", EvaluationPeriods=1),
        0,
        "added",
        "Inference-churn/New",
        "nothing is touched",
    ),
}
