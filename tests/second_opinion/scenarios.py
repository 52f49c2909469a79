"""What calls of the three machines answer: each way through them, and each error at each Task."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.second_opinion.emulator import ACCOUNT, REGION
from tests.templates.states import State

Answers = dict[str, list[Any]]
_SAGEMAKER = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
_THIRD = f"{_SAGEMAKER}:model-package/kiban-dev-churn/3"
_SECOND = f"{_SAGEMAKER}:model-package/kiban-dev-churn/2"


@dataclass(frozen=True)
class Error:
    """An answer that is an error."""

    name: str
    cause: str = "it broke"


@dataclass(frozen=True)
class Scenario:
    """A run of one machine; each Task gives its answers in turn, the last one again and again."""

    machine: str
    name: str
    input: Any
    answers: Answers = field(default_factory=dict)


def _version(arn: str, **facts: str) -> dict[str, Any]:
    containers = [{"ModelDataUrl": "s3://artifacts/churn/training/old/output/model.tar.gz"}]
    return {
        "ModelPackageArn": arn,
        "CustomerMetadataProperties": facts,
        "InferenceSpecification": {"Containers": containers},
    }


def _listed(*arns: str) -> dict[str, Any]:
    rows = [{"ModelPackageArn": one, "ModelPackageVersion": int(one[-1])} for one in arns]
    return {"ModelPackageSummaryList": rows}


def _evaluated(**more: Any) -> dict[str, str]:
    metrics = {"auc": 0.91, "logloss": 0.25, "accuracy": 0.96}
    return {"Body": json.dumps({"rows": 57, "metrics": metrics, "signature_sha256": "ab", **more})}


def _found(*names: str) -> dict[str, Any]:
    """The objects of one channel."""
    keys = [{"Key": f"churn/2026-11-23/train/{name}", "Size": 9} for name in names]
    return {"Contents": keys, "IsTruncated": False}


def _read(body: str) -> dict[str, Any]:
    return {"Body": body, "ContentLength": len(body)}


_COLUMNS = json.dumps(
    {"format": 1, "features": [{"name": "a"}, {"name": "b", "categorical": True}]}
)
WORKFLOW: Answers = {
    "FindRows": [_found("rows.csv")],
    "ReadColumns": [_read(_COLUMNS)],
    "ReadRows": [_read("1,2,3\n0,4,5\n")],
    "RememberDataVersion": [{"Version": 1}],
    "LookUpDataVersion": [{"Parameter": {"Name": "newest", "Value": "2026-11-23"}}],
    "FindImage": [{"ImageDetails": [{"ImageDigest": "sha256:ab"}]}],
    "BuildImage": [{"Build": {"BuildStatus": "SUCCEEDED"}}],
    "FindChampion": [_listed()],
    "DescribeChampion": [_version(_SECOND)],
    "Train": [
        {
            "TrainingJobName": "churn-1",
            "ModelArtifacts": {"S3ModelArtifacts": "s3://artifacts/churn/model.tar.gz"},
        }
    ],
    "Evaluate": [{"ProcessingJobName": "churn-1"}],
    "ReadEvaluation": [_evaluated()],
    "Register": [{"ModelPackageArn": _THIRD}],
    "ExplainRefusal": [{"ModelPackageArn": _THIRD}],
    "Notify": [{"MessageId": "1"}],
    "NotifyFailure": [{"MessageId": "1"}],
}
_NO_IMAGE = Error("Ecr.ImageNotFoundException")
_STOPPED = Error("States.TaskFailed", '{"FailureReason": "AlgorithmError: no column", "a": 1}')
_NO_ROOM = Error("States.TaskFailed", '{"FailureReason": "CapacityError: try again"}')
_LIMITED = Error("States.TaskFailed", "Reason: exit status 75")
_CHAMPION = {"FindChampion": [_listed(_SECOND, _THIRD)]}


def _judged(**more: Any) -> Answers:
    return {**_CHAMPION, "ReadEvaluation": [_evaluated(**more)]}


WORKFLOWS: dict[str, Answers] = {
    "without-champion": {},
    "with-columns": {
        "FindRows": [_found("_columns.json", "rows.csv"), _found("rows.csv")],
        "ReadRows": [_read("1,2,red\n0,4,blue\n")],
    },
    "without-rows": {"FindRows": [_found("_columns.json")]},
    "rows-of-other-format": {"FindRows": [_found("rows.parquet")]},
    "rows-that-do-not-fit": {"ReadRows": [_read("1,2,3\n7,4,5\n")]},
    "rows-of-other-width": {"ReadRows": [_read("1,2,3\n0,4,5\n"), _read("1,2\n")]},
    "with-image-built": {"FindImage": [_NO_IMAGE]},
    "registry-waits": {"FindImage": [_NO_IMAGE], "BuildImage": [_LIMITED, {"Build": {}}]},
    "registry-never": {"FindImage": [_NO_IMAGE], "BuildImage": [_LIMITED]},
    "room-later": {"Train": [_NO_ROOM, *WORKFLOW["Train"]]},
    "room-never": {"Train": [_NO_ROOM]},
    "broken-training": {"Train": [_STOPPED]},
    "better": _judged(champion_metrics={"auc": 0.9}),
    "worse": _judged(champion_metrics={"auc": 0.95}),
    "incomparable": _judged(champion_error="no column a"),
    "other-columns": _judged(champion_error="no column a: ümlaut", changes_schema=True),
    "half-said": _judged(changes_schema=True),
    "unknown-field": _judged(label_error="x"),
    "not-compared": _judged(),
    "too-low": {"ReadEvaluation": [_evaluated(metrics={"auc": 0.5})]},
    "whole-number": {"ReadEvaluation": [_evaluated(metrics={"auc": 1.0})]},
    "no-metric": {"ReadEvaluation": [_evaluated(metrics={"logloss": 0.5})]},
}


def _stack(status: str, live: str, wanted: str = "") -> dict[str, Any]:
    outputs = [{"OutputKey": "EndpointConfigName", "OutputValue": wanted}] if wanted else []
    parameters = [("BootstrapVersion", "30"), ("ModelPackageArn", live)]
    return {
        "Stacks": [
            {
                "StackStatus": status,
                "Outputs": outputs,
                "Parameters": [
                    {"ParameterKey": key, "ParameterValue": value} for key, value in parameters
                ],
            }
        ]
    }


def _endpoint(status: str, config: str, reason: str = "") -> dict[str, Any]:
    more = {"FailureReason": reason} if reason else {}
    return {"EndpointConfigName": config, "EndpointStatus": status, **more}


_DEPLOYS = [_stack("CREATE_COMPLETE", _SECOND, "old"), _stack("UPDATE_IN_PROGRESS", _SECOND)]
_DONE = _stack("UPDATE_COMPLETE", _THIRD, "new")
_BACK = _stack("UPDATE_ROLLBACK_COMPLETE", _SECOND, "old")
_LIMIT = {**_BACK["Stacks"][0], "StackStatusReason": "ResourceLimitExceeded: no more"}
ROLLOUT: Answers = {
    "FindNewest": [_listed(_SECOND, _THIRD)],
    "LookAtStack": [*_DEPLOYS, _DONE],
    "LookBeforeUpdate": [_endpoint("InService", "old")],
    "UpdateStack": [{"StackId": "stack"}],
    "LookAtEndpoint": [_endpoint("Updating", "old"), _endpoint("InService", "new")],
    "ReadVersion": [_version(_THIRD, gate="passed")],
    "FindReason": [{"StackEvents": []}],
    "NotifyLive": [{"MessageId": "1"}],
    "NotifyWaiting": [{"MessageId": "1"}],
    "Reject": [{"ModelPackageArn": _THIRD}],
    "NotifyRejected": [{"MessageId": "1"}],
    "NotifyFailure": [{"MessageId": "1"}],
}
_ALARM = _endpoint("InService", "old", "an alarm went off: it was rolled back")
_LOST = _endpoint("InService", "old", "nobody knows why")
ROLLOUTS: dict[str, Answers] = {
    "deployed": {},
    "busy-endpoint": {
        "LookAtStack": [_DEPLOYS[0], *_DEPLOYS, _DONE],
        "LookBeforeUpdate": [_endpoint("Updating", "old"), _endpoint("InService", "old")],
    },
    "nothing-approved": {"FindNewest": [_listed()]},
    "live-already": {"LookAtStack": [_DONE]},
    "first": {"LookAtStack": [_stack("CREATE_COMPLETE", ""), _DONE]},
    "word-missing": {"ReadVersion": [_version(_THIRD, gate="refused: low", schema_change="a")]},
    "word-given": {"ReadVersion": [_version(_THIRD, gate="refused: low", despite_gate="yes")]},
    "rolled-back": {
        "FindNewest": [_listed(_SECOND, _THIRD), _listed(_THIRD), _listed()],
        "LookAtStack": [_DEPLOYS[0], _DONE],
        "LookAtEndpoint": [_ALARM],
    },
    "rolled-back-unknown": {"LookAtStack": [_DEPLOYS[0], _DONE], "LookAtEndpoint": [_LOST]},
    "stack-back": {"LookAtStack": [_DEPLOYS[0], _BACK]},
    "stack-back-limit": {"LookAtStack": [_DEPLOYS[0], {"Stacks": [_LIMIT]}]},
    "stuck": {"LookAtStack": [_stack("UPDATE_ROLLBACK_FAILED", _SECOND)]},
    "broken": {"LookAtStack": [_stack("ROLLBACK_COMPLETE", "")]},
    "no-update": {
        "UpdateStack": [
            Error("CloudFormation.CloudFormationException", "No updates are to be performed.")
        ],
    },
    "busy": {
        "UpdateStack": [
            Error("CloudFormation.CloudFormationException", "stack is UPDATE_IN_PROGRESS"),
            {"StackId": "stack"},
        ],
    },
}
_MARKER = {"bucket": {"name": "data"}, "object": {"key": "churn/v1/_READY", "version-id": "7"}}
_LATER = {"bucket": {"name": "data"}, "object": {"key": "churn/v1/_READY", "sequencer": "0A"}}
_DEEP = {"bucket": {"name": "data"}, "object": {"key": "churn/v1/deep/_READY"}}
INTAKE: Answers = {
    "TrainOnData": [{"ExecutionArn": "arn"}],
    "TrainOnAlarm": [{"ExecutionArn": "arn"}],
}
INTAKES: dict[str, Any] = {
    "data": {"source": "aws.s3", "detail": _MARKER},
    "unversioned": {"source": "aws.s3", "detail": _LATER},
    "deep": {"source": "aws.s3", "detail": _DEEP},
    "alarm": {"source": "aws.cloudwatch", "id": "e-1", "detail": {"alarmName": "churn-drift"}},
    "other": {"source": "aws.ec2"},
}


def ways() -> Iterator[Scenario]:
    """Each way through each machine."""
    person = {"Reason": "person", "DataVersion": "2026-11-23"}
    yield Scenario("workflow", "newest-version", {}, WORKFLOW)
    for name, answers in WORKFLOWS.items():
        yield Scenario("workflow", name, person, {**WORKFLOW, **answers})
    for name, answers in ROLLOUTS.items():
        yield Scenario("rollout", name, {"Reason": "sweep"}, {**ROLLOUT, **answers})
    for name, event in INTAKES.items():
        yield Scenario("intake", name, event, INTAKE)


def failures(way: Scenario, definition: State, visited: set[str]) -> Iterator[Scenario]:
    """That way, once for each error that a visited Task may give, and one nobody foresees."""
    for state in sorted(visited & way.answers.keys()):
        for name in _errors(definition["States"][state]):
            answers = {**way.answers, state: [Error(name)]}
            word = name.replace(".", "-")
            yield replace(way, name=f"{state}-{word}", answers=answers)


def _errors(state: State) -> list[str]:
    caught = [name for rule in state.get("Catch", []) for name in rule["ErrorEquals"]]
    retried = [rule["ErrorEquals"][0] for rule in state.get("Retry", [])]
    named = [name for name in (*caught, *retried) if name != "States.ALL"]
    return list(dict.fromkeys([*named, "Unforeseen"]))
