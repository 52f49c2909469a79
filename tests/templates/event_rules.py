"""EventBridge rules of a model's stacks, and whether an event matches one."""

import json
from typing import Any

from moto.events.models import EventPattern

from tests.templates.model_stacks import Templates

ALARMS = {"triggers": {"alarms": ["churn-drift"]}}


def rules(stacks: Templates) -> dict[str, dict[str, Any]]:
    """Rules by their source."""
    found = [rule["Properties"] for rule in stacks.trained("AWS::Events::Rule")]
    return {rule["EventPattern"]["source"][0]: rule for rule in found}


def matches(rule: dict[str, Any], event: dict[str, Any]) -> bool:
    pattern = json.loads(json.dumps(rule["EventPattern"]))
    bucket = pattern["detail"].get("bucket")
    if bucket is not None:
        bucket["name"] = ["data"]
    return bool(EventPattern.load(json.dumps(pattern)).matches_event(event))
