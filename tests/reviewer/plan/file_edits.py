"""Edits of dev's file on a deployed environment, each with its verdict and why that is right."""

from dataclasses import dataclass
from typing import Any

from tests.reviewer.plan.files import Settings

_KEY = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012"
_THERE = {
    "subnet_ids": ["subnet-11111111", "subnet-22222222"],
    "security_group_ids": ["sg-11111111"],
}
EXPORT_IN_USE = "aws/aws-cdk#7602: Export cannot be deleted as it is in use"
NAMED = "convox/rack#2941: a custom-named resource requires replacing"
SCALED = "docs endpoint-scaling-update: the update fails for a target of auto scaling"


@dataclass(frozen=True)
class FileEdit:
    """`before` and `after` are laid over dev's file; `kind` is the verdict on `at`."""

    before: Settings
    after: Settings
    exit_code: int
    kind: str
    at: str
    why: str


def _churn(**settings: Any) -> Settings:
    return {"models": {"churn": settings}}


def _private(zones: int = 3, **network: Any) -> Settings:
    return {"network": {"mode": "private", "availability_zones": zones, **network}}


_FIXED = _churn(endpoint={"scaling": {"max_instances": 1}})
_REACHED: Settings = {
    "package_index": "https://pypi.example.com/simple",
    "pull_through": "ecr-public",
}
_BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
_BOUNDED = {"platform": {"permissions_boundary": _BOUNDARY}}
_RETAINED = {"platform": {"removal": "retain"}}
_NOTEBOOK, _CONFIG = "Workbench/Workbench", "Inference-churn/Endpoint/Config"
_MACHINE = "Training-churn/Workflow/Machine"
_CHEAPER = _churn(endpoint={"instance_type": "ml.c5.large"})

FILE_EDITS: dict[str, FileEdit] = {
    "managed to private": FileEdit({}, _private(), 4, "refused", _NOTEBOOK, NAMED),
    "private to managed": FileEdit(_private(), {}, 4, "refused", _NOTEBOOK, NAMED),
    "managed to an existing network": FileEdit(
        {}, {"existing": {"network": _THERE}}, 4, "refused", _NOTEBOOK, NAMED
    ),
    "a zone less": FileEdit(_private(3), _private(2), 4, "refused", "Network", EXPORT_IN_USE),
    "a zone more": FileEdit(
        _private(2), _private(3), 3, "added", "Network/Network/Subnet3", "its endpoints bill"
    ),
    "other addresses": FileEdit(
        _private(),
        _private(cidr="10.9.0.0/16"),
        4,
        "refused",
        "Network",
        "aws/aws-cdk#5304: Export cannot be updated as it is in use",
    ),
    "no capture": FileEdit(
        {},
        _churn(endpoint={"capture": {"percent": 0}}),
        3,
        "replaced",
        _CONFIG,
        "every property of an EndpointConfig is create-only; its bucket stays an export",
    ),
    "less capture": FileEdit(
        {},
        _churn(endpoint={"capture": {"percent": 10}}),
        3,
        "replaced",
        _CONFIG,
        "every property of an EndpointConfig is create-only, and its name is generated",
    ),
    "one host instead of two": FileEdit(
        {**_private(), **_churn(training={"instance_count": 2})},
        _private(),
        3,
        "in place",
        "Training-churn/Workflow/Machine",
        "the hosts' security group stays, and stays an export",
    ),
    "an existing key": FileEdit(
        {}, {"existing": {"key_arn": _KEY}}, 4, "refused", "Storage", EXPORT_IN_USE
    ),
    "an existing bucket for data": FileEdit(
        {}, {"existing": {"data_bucket": "there"}}, 4, "refused", "Storage", EXPORT_IN_USE
    ),
    "an existing bucket for artifacts": FileEdit(
        {}, {"existing": {"artifacts_bucket": "there"}}, 4, "refused", "Storage", EXPORT_IN_USE
    ),
    "an existing repository": FileEdit(
        {}, {"existing": {"repository": "ml/models"}}, 4, "refused", "Registry", EXPORT_IN_USE
    ),
    "another machine for a scaled endpoint": FileEdit({}, _CHEAPER, 3, "look", _CONFIG, SCALED),
    "another machine for an endpoint that is not scaled": FileEdit(
        _FIXED,
        _churn(endpoint={"instance_type": "ml.c5.xlarge", "scaling": {"max_instances": 1}}),
        3,
        "replaced",
        _CONFIG,
        "docs endpoint-scaling-update; another price",
    ),
    "another machine while scaling is switched off": FileEdit(
        {},
        _churn(endpoint={"instance_type": "ml.c5.large", "scaling": {"max_instances": 1}}),
        3,
        "look",
        _CONFIG,
        "the target is deregistered after the endpoint's update: " + SCALED,
    ),
    "scaling off": FileEdit(
        {}, _FIXED, 3, "removed", "Inference-churn/Endpoint/Scaling/Target", "it no longer scales"
    ),
    "scaling further": FileEdit(
        {},
        _churn(endpoint={"scaling": {"max_instances": 4}}),
        3,
        "in place",
        "Inference-churn/Endpoint/Scaling/Target",
        "it may cost more",
    ),
    "a smaller disk": FileEdit(
        {},
        {"workbench": {"volume_gb": 10}},
        4,
        "refused",
        _NOTEBOOK,
        "API reference UpdateNotebookInstance: you can't decrease the volume size",
    ),
    "a bigger disk": FileEdit(
        {}, {"workbench": {"volume_gb": 40}}, 3, "in place", _NOTEBOOK, "UpdateNotebookInstance"
    ),
    "a dearer notebook": FileEdit(
        {}, {"workbench": {"instance_type": "ml.m5.xlarge"}}, 3, "in place", _NOTEBOOK, "price"
    ),
    "an idle notebook stays longer": FileEdit(
        {},
        {"workbench": {"idle_minutes": 60}},
        3,
        "in place",
        "Workbench/Workbench/Lifecycle",
        "schema: OnStart is not create-only",
    ),
    "a tag": FileEdit(
        {},
        {"platform": {"tags": {"team": "ml"}}},
        0,
        "in place",
        "Inference-churn/Endpoint",
        "no resource of a stack keeps a value that an update writes again",
    ),
    "logs kept shorter": FileEdit(
        {},
        {"platform": {"log_retention_days": 7}},
        3,
        "in place",
        "Training-churn/Workflow/Machine/Logs",
        "older logs are deleted",
    ),
    "logs kept longer": FileEdit(
        {},
        {"platform": {"log_retention_days": 60}},
        0,
        "in place",
        "Training-churn/Workflow/Machine/Logs",
        "PutRetentionPolicy",
    ),
    "a schedule": FileEdit(
        {},
        _churn(training={"triggers": {"schedule": {"cron": "0 3 ? * SUN *"}}}),
        3,
        "added",
        "Training-churn/Schedule/Clock",
        "its role is new",
    ),
    "approval without a person": FileEdit(
        {}, _churn(gate={"approval": "automatic"}), 3, "in place", _MACHINE, "it may approve"
    ),
    "a lower gate": FileEdit(
        {}, _churn(gate={"minimum": 0.7}), 3, "in place", _MACHINE, "worse models pass"
    ),
    "fewer rounds": FileEdit(
        {},
        _churn(training={"hyperparameters": {"num_round": 50}}),
        3,
        "in place",
        _MACHINE,
        "UpdateStateMachine; running executions keep the old definition",
    ),
    "a boundary": FileEdit(
        {}, _BOUNDED, 0, "in place", "Registry/ImageBuild/Role", "PutRolePermissionsBoundary"
    ),
    "no boundary any more": FileEdit(
        _BOUNDED, {}, 3, "in place", "Registry/ImageBuild/Role", "nothing bounds it any more"
    ),
    "another boundary": FileEdit(
        _BOUNDED,
        {"platform": {"permissions_boundary": f"{_BOUNDARY}-wide"}},
        3,
        "in place",
        "Registry/ImageBuild/Role",
        "what either policy allows is in no template",
    ),
    "the image built inside": FileEdit(
        _private(**_REACHED),
        _private(**_REACHED, builds_inside=True),
        3,
        "in place",
        "Registry/ImageBuild",
        "UpdateProject; its role may do more",
    ),
    "the image built outside again": FileEdit(
        _private(**_REACHED, builds_inside=True),
        _private(**_REACHED),
        4,
        "refused",
        "Network",
        EXPORT_IN_USE,
    ),
    "kept after a removal": FileEdit(
        {}, _RETAINED, 0, "in place", "Storage/Data", "DeletionPolicy is an attribute"
    ),
    "no longer kept after a removal": FileEdit(
        _RETAINED, {}, 3, "in place", "Storage/Data", "its data is deleted with its stack"
    ),
    "a second model": FileEdit(
        {},
        {
            "models": {
                "fraud": {
                    "gate": {"metric": "auc", "minimum": 0.8},
                    "endpoint": {"instance_type": "ml.m5.large"},
                }
            }
        },
        3,
        "added",
        "Inference-fraud/Endpoint",
        "new roles",
    ),
}
