"""Evaluates what a state says, with the evaluator the sandbox uses, for variables a test names."""

import json
from typing import Any

from sandbox.stepfunctions.queries import evaluate

UUID = "1f0c6a52-4c5e-4d33-9a5b-0d5d4a3f7e11"
SAMPLE: dict[str, Any] = {
    "dataVersion": "2026-11-23",
    "reason": "person",
    "runId": UUID,
    "capacityWaits": 0,
    "registryWaits": 0,
    "fallback": 0,
    "channel": "train",
    "columns": 0,
    "named": {"features": 0, "texts": []},
    "rows": {"key": "churn/2026-11-23/train/rows.csv", "isUnknown": False, "hasColumns": False},
    "head": {"columns": 3, "problem": ""},
    "champion": "",
    "trainingJobName": f"churn-{UUID}-00",
    "artifact": "s3://artifacts/churn/training/job/output/model.tar.gz",
    "evaluationJobName": f"churn-{UUID}-00",
    "evaluation": {"rows": 57, "metrics": {"auc": 0.9, "logloss": 0.2}},
    "refusal": "",
    "missing": "",
    "modelPackageArn": "arn:aws:sagemaker:us-east-1:111122223333:model-package/kiban-test-churn/3",
    "newest": "arn:aws:sagemaker:us-east-1:111122223333:model-package/kiban-test-churn/3",
    "attempted": "arn:aws:sagemaker:us-east-1:111122223333:model-package/kiban-test-churn/3",
    "live": "",
    "others": [{"ParameterKey": "BootstrapVersion", "UsePreviousValue": True}],
    "status": "UPDATE_COMPLETE",
    "why": "see its events",
    "wanted": "Config-2",
    "serving": "Config-2",
    "endpointStatus": "InService",
    "endpointReason": "",
    "token": "token",
    "updateToken": "token",
    "waits": 1,
    "told": "",
    "pauses": 0,
    "outcome": "unchanged",
    "failure": {"Error": "States.TaskFailed", "Cause": "{}"},
}
CONTEXT: dict[str, dict[str, Any]] = {
    "Execution": {
        "Id": "arn:aws:states:us-east-1:111122223333:execution:kiban-test-churn-workflow:run",
        "Name": "run",
        "RedriveCount": 0,
    },
    "State": {"RetryCount": 0},
}


def value(
    template: Any,
    *,
    states: dict[str, Any] | None = None,
    context: dict[str, Any] | None = None,
    **variables: Any,
) -> Any:
    """`template` with every expression in it evaluated; `states` adds to `$states`."""
    if isinstance(template, dict):
        return {
            key: value(item, states=states, context=context, **variables)
            for key, item in template.items()
        }
    if isinstance(template, list):
        return [value(item, states=states, context=context, **variables) for item in template]
    if not isinstance(template, str) or not template.startswith("{%"):
        return template
    known = {**SAMPLE, **variables}
    known["states"] = {"context": context or CONTEXT, **(states or {})}
    declared = "".join(f"${name} := {json.dumps(item)}; " for name, item in known.items())
    return evaluate(f"( {declared}{template.removeprefix('{%').removesuffix('%}')} )")


def decide(state: dict[str, Any], states: dict[str, Any] | None = None, **variables: Any) -> str:
    """Where a Choice state leads."""
    for rule in state["Choices"]:
        if value(rule["Condition"], states=states, **variables) is True:
            return str(rule["Next"])
    return str(state["Default"])
