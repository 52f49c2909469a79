"""The lifecycle scripts as an instance gets them: out of the template, references filled in."""

from collections.abc import Mapping
from typing import Any

HOOKS = ("OnCreate", "OnStart")


def final_scripts(template: Mapping[str, Any]) -> dict[str, str]:
    """Text of each hook's script; what only a deployment knows becomes a plausible value."""
    [config] = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::SageMaker::NotebookInstanceLifecycleConfig"
    ]
    return {hook: _text(config[hook][0]["Content"]["Fn::Base64"]) for hook in HOOKS}


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Fn::Join": [delimiter, items]}:
            return str(delimiter).join(_text(item) for item in items)
        case {"Ref": "AWS::AccountId"}:
            return "111122223333"
        case {"Ref": "AWS::Region"}:
            return "us-east-1"
        case {"Fn::GetAtt": [str(role), "Arn"]}:
            return f"arn:aws:iam::111122223333:role/{role}"
        case _:
            return "kiban-test-storage-data"
